//! [`Calls`]: the record of what was asked and answered.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;

use serde::Serialize;

use crate::Time;
use crate::wire::{Reply, Request, Service};

/// One call and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Call {
    /// When it reached the world.
    pub at: Time,
    /// The service: `ec2`, `sts`.
    pub service: &'static str,
    /// The operation.
    pub operation: String,
    /// The parameters as on the wire; `<secret>` stands for what is for the service alone.
    pub params: Vec<(String, String)>,
    /// `ok`, the error code, or `none` where no answer was made.
    pub outcome: String,
    /// The text of a refusal: the rule, in words. Empty where nothing was refused.
    pub message: String,
    /// What a fault did to it.
    pub fault: Option<&'static str>,
    /// The ids that stood in the way, where the refusal was about a dependency.
    pub blockers: Vec<String>,
    /// The request id of the answer.
    pub request_id: String,
}

/// Calls in the order in which they reached the world. They print one to a line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Calls(Vec<Call>);

impl Calls {
    /// How many calls there were of each operation.
    pub fn count_by_operation(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for call in &self.0 {
            *counts.entry(call.operation.clone()).or_default() += 1;
        }
        counts
    }

    /// The calls of one operation.
    pub fn of<'a>(&'a self, operation: &'a str) -> impl Iterator<Item = &'a Call> {
        self.0.iter().filter(move |call| call.operation == operation)
    }

    pub(super) fn record(
        &mut self,
        at: Time,
        request: &Request,
        reply: &Reply,
        fault: Option<&'static str>,
    ) {
        let mut call = Call::new(at, request, fault);
        reply.code().unwrap_or("ok").clone_into(&mut call.outcome);
        call.request_id.clone_from(&reply.request_id);
        if let Some(error) = reply.error() {
            call.message.clone_from(&error.message);
            call.blockers.clone_from(&error.blockers);
        }
        tracing::debug!(%call);
        self.0.push(call);
    }

    /// Says what a fault did to the last call.
    pub(super) fn note(&mut self, fault: &'static str) {
        if let Some(call) = self.0.last_mut() {
            call.fault = Some(fault);
        }
    }

    /// Records a call that never got an answer made for it.
    pub(super) fn record_broken(&mut self, at: Time, request: &Request, fault: &'static str) {
        let call = Call::new(at, request, Some(fault));
        tracing::debug!(%call);
        self.0.push(call);
    }
}

impl Call {
    fn new(at: Time, request: &Request, fault: Option<&'static str>) -> Self {
        Self {
            at,
            service: request.service.name(),
            operation: request.operation.clone(),
            params: request.shown_params(),
            outcome: "none".to_owned(),
            message: String::new(),
            fault,
            blockers: Vec::new(),
            request_id: String::new(),
        }
    }
}

impl Deref for Calls {
    type Target = [Call];

    fn deref(&self) -> &[Call] {
        &self.0
    }
}

impl fmt::Display for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|call| writeln!(f, "{call}"))
    }
}

/// Time, operation, parameters (long ones cut short), outcome; for a refusal also what stands in the
/// way and the rule in words.
impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LONGEST: usize = 60;
        write!(f, "{} ", self.at)?;
        if self.service != Service::Ec2.name() {
            write!(f, "{}:", self.service)?;
        }
        f.write_str(&self.operation)?;
        for (name, value) in &self.params {
            match value.char_indices().nth(LONGEST) {
                None => write!(f, " {name}={value}")?,
                Some((end, _)) => write!(f, " {name}={}..", &value[..end])?,
            }
        }
        write!(f, " -> {}", self.outcome)?;
        if !self.blockers.is_empty() {
            write!(f, " [{}]", self.blockers.join(" "))?;
        }
        if !self.message.is_empty() {
            write!(f, ": {}", self.message)?;
        }
        match self.fault {
            None => Ok(()),
            Some(fault) => write!(f, " ({fault})"),
        }
    }
}

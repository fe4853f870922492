//! [`World`]: the state machine.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::machinery::Machinery;
use super::schedule::Transition;
use crate::Time;
use crate::autoscaling::{self, AutoScaling};
use crate::ec2::{self, Ec2};
use crate::ecr;
use crate::elb::{self, Elb};
use crate::elbv2::{self, Elbv2};
use crate::iam::{self, Iam};
use crate::s3::{self, S3};
use crate::servicequotas;
use crate::settings::Settings;
use crate::ssm::{self, Ssm};
use crate::sts;
use crate::wire::{Answer, AwsError, Protocol, Reply, Request, Service};

/// Everything in one account and region at one time.
///
/// A clone is a snapshot: it can be compared, printed, kept as JSON, or given to
/// [`Mock::builder`](crate::Mock::builder) to go on from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct World {
    /// The time, as of the last call.
    pub now: Time,
    /// The number of the account.
    pub account: String,
    /// The region.
    pub region: String,
    /// The unique id of the user in whose name every call is made.
    pub user_id: String,
    /// What exists in Auto Scaling.
    #[serde(default)]
    pub autoscaling: AutoScaling,
    /// What exists in EC2.
    pub ec2: Ec2,
    /// What exists in Elastic Load Balancing, as far as it is classic.
    #[serde(default)]
    pub elb: Elb,
    /// What exists in Elastic Load Balancing, as far as it is not classic.
    #[serde(default)]
    pub elbv2: Elbv2,
    /// What exists in IAM.
    #[serde(default)]
    pub iam: Iam,
    /// What exists in S3.
    #[serde(default)]
    pub s3: S3,
    /// What exists in Systems Manager.
    #[serde(default)]
    pub ssm: Ssm,
    /// What makes it go.
    pub(crate) machinery: Machinery,
}

impl World {
    /// A fresh account: no default VPC, only what AWS itself puts there.
    pub fn fresh(seed: u64, settings: Settings) -> Self {
        let mut world = Self {
            now: Time::START,
            account: "123456789012".to_owned(),
            region: "eu-west-1".to_owned(),
            user_id: String::new(),
            autoscaling: AutoScaling::default(),
            ec2: Ec2::default(),
            elb: Elb::default(),
            elbv2: Elbv2::default(),
            iam: Iam::default(),
            s3: S3::default(),
            ssm: Ssm::default(),
            machinery: Machinery::new(seed, settings),
        };
        world.user_id = world.machinery.ids.unique("AIDA");
        ec2::furnish(&mut world);
        iam::furnish(&mut world);
        world
    }

    /// Handles a request at a time: first everything due by then happens, then the request.
    ///
    /// # Errors
    /// What AWS refuses.
    pub fn step(&mut self, now: Time, request: &Request) -> Answer {
        self.advance(now);
        let throttling = &self.machinery.settings.throttling;
        self.machinery.buckets.draw(throttling, self.now, request)?;
        if self.denies(&format!("{}:{}", request.service.scope(), request.operation)) {
            return Err(request.service.denied());
        }
        iam::authorize(self, request)?;
        self.perform(request)
    }

    /// Whether the account's organization denies an action to everybody.
    pub(crate) fn denies(&self, action: &str) -> bool {
        self.settings().switches.denied_actions.iter().any(|pattern| iam::fits(pattern, action))
    }

    /// Handles a request now, however often one may ask.
    pub(crate) fn perform(&mut self, request: &Request) -> Answer {
        match request.service {
            Service::AutoScaling => autoscaling::operate(self, request),
            Service::Ec2 => ec2::operate(self, request),
            Service::Ecr => ecr::operate(self, request),
            Service::Elb => elb::operate(self, request),
            Service::Elbv2 => elbv2::operate(self, request),
            Service::Iam => iam::operate(self, request),
            Service::S3 => s3::operate(self, request),
            Service::ServiceQuotas => servicequotas::operate(self, request),
            Service::Ssm => ssm::operate(self, request),
            Service::Sts => sts::operate(self, request),
        }
    }

    /// Handles a request and writes the answer as the service does, under a new request id.
    pub fn reply(&mut self, now: Time, request: &Request) -> Reply {
        let answer = self.step(now, request);
        self.write(request, answer)
    }

    /// Writes an answer to a request under a new request id.
    pub(crate) fn write(&mut self, request: &Request, answer: Answer) -> Reply {
        let request_id = self.machinery.ids.request_id();
        Reply::new(request.service, &request.operation, request_id, answer)
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.machinery.settings
    }

    /// The settings, to change while the world goes on.
    pub fn settings_mut(&mut self) -> &mut Settings {
        &mut self.machinery.settings
    }

    /// Lets a transition happen after some time.
    pub(crate) fn schedule(&mut self, after: std::time::Duration, transition: Transition) {
        self.machinery.schedule.add(self.now + after, transition);
    }
}

/// One line for each resource: service, kind, id, and its fields. Images everybody can use are
/// left out.
impl fmt::Display for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} account {} region {}", self.now, self.account, self.region)?;
        let resources = self.resources();
        for (service, tables) in fields(&resources) {
            for (table, things) in fields(tables) {
                let is_own = |thing: &Value| thing.get("is_public") != Some(&Value::Bool(true));
                for (id, thing) in fields(things).filter(|(_, thing)| is_own(thing)) {
                    writeln!(f, "{service}/{table}/{id} {thing}")?;
                }
            }
        }
        Ok(())
    }
}

fn fields(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// The refusal of an operation the simulator does not have.
pub(crate) fn unknown_operation(request: &Request) -> AwsError {
    let code = match request.service.protocol() {
        Protocol::Ec2 | Protocol::Query => "InvalidAction",
        Protocol::Json => "UnknownOperationException",
        Protocol::Rest => "NotImplemented",
    };
    AwsError::new(
        code,
        format!(
            "The action {} is not valid for this web service: the simulator does not have it",
            request.operation
        ),
    )
}

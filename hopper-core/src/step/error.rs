//! [`StepError`]: why a step failed, and whether it is known what it left.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a step failed.
///
/// One opaque type with predicates: what matters to the engine is whether another try may help
/// ([`class`](Self::class)) and whether it is certain that nothing was made
/// ([`is_refused`](Self::is_refused)).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StepError(Box<Inner>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Inner {
    message: String,
    class: Class,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    refused: bool,
    /// Whether the step had not even begun to act.
    #[serde(skip)]
    unstarted: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    operation: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

/// Whether another try may help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// The same call may work in a moment: a server's fault, a broken connection, something
    /// that is not visible yet.
    Transient,
    /// Too many calls: try again later, and more patiently.
    Throttled,
    /// Another try cannot help.
    Permanent,
    /// The step was asked to stop.
    Cancelled,
}

impl StepError {
    fn new(message: impl fmt::Display, class: Class) -> Self {
        Self(Box::new(Inner {
            message: message.to_string(),
            class,
            refused: false,
            unstarted: false,
            operation: None,
            code: None,
            request_id: None,
            hint: None,
        }))
    }

    /// An error that another try cannot mend.
    pub fn permanent(message: impl fmt::Display) -> Self {
        Self::new(message, Class::Permanent)
    }

    /// An error worth another try.
    pub fn transient(message: impl fmt::Display) -> Self {
        Self::new(message, Class::Transient)
    }

    /// The service asked for fewer calls.
    pub fn throttled(message: impl fmt::Display) -> Self {
        Self::new(message, Class::Throttled)
    }

    /// The step stopped because it was asked to.
    pub fn cancelled(message: impl fmt::Display) -> Self {
        Self::new(message, Class::Cancelled)
    }

    /// The same error, of another class.
    #[must_use]
    pub fn with_class(mut self, class: Class) -> Self {
        self.0.class = class;
        self
    }

    /// Says that the call was refused: it is certain that this call made nothing.
    ///
    /// From an [atomic](crate::Step::ATOMIC) step that means that nothing was made at all. Any
    /// other error leaves the outcome unknown, and the engine asks the step to
    /// [`find`](crate::Step::find) what was made.
    #[must_use]
    pub fn refused(mut self) -> Self {
        self.0.refused = true;
        self
    }

    /// Says that the step had not even begun to act.
    pub(crate) fn unstarted(mut self) -> Self {
        self.0.unstarted = true;
        self
    }

    /// The same error, as that of the step inside which the failed one ran: what an inner call
    /// left undone says nothing about what the outer step has done.
    pub(crate) fn of_outer(mut self) -> Self {
        (self.0.unstarted, self.0.refused) = (false, false);
        self
    }

    pub(crate) fn is_unstarted(&self) -> bool {
        self.0.unstarted
    }

    /// Every text in it.
    pub(crate) fn texts(&mut self) -> impl Iterator<Item = &mut String> {
        let Inner { message, operation, code, request_id, hint, .. } = &mut *self.0;
        let others = [operation, code, request_id, hint];
        std::iter::once(message).chain(others.into_iter().flatten())
    }

    /// Names the operation that failed, e.g. `CreateVpc`.
    #[must_use]
    pub fn with_operation(mut self, operation: impl Into<String>) -> Self {
        self.0.operation = Some(operation.into());
        self
    }

    /// Carries the service's error code, e.g. `VpcLimitExceeded`.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.0.code = Some(code.into());
        self
    }

    /// Carries the service's request id.
    #[must_use]
    pub fn with_request_id(mut self, id: impl Into<String>) -> Self {
        self.0.request_id = Some(id.into());
        self
    }

    /// Says what to do about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Whether another try may help.
    #[must_use]
    pub fn class(&self) -> Class {
        self.0.class
    }

    /// Whether it is certain that the failed call made nothing.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.0.refused
    }

    /// The operation that failed.
    #[must_use]
    pub fn operation(&self) -> Option<&str> {
        self.0.operation.as_deref()
    }

    /// The service's error code.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The service's request id.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }
}

/// `CreateVpc: VpcLimitExceeded: the maximum … (request id 4f1c); hint`
impl fmt::Display for StepError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in [&self.0.operation, &self.0.code].into_iter().flatten() {
            write!(f, "{part}: ")?;
        }
        f.write_str(&self.0.message)?;
        if let Some(id) = &self.0.request_id {
            write!(f, " (request id {id})")?;
        }
        match &self.0.hint {
            Some(hint) => write!(f, "; {hint}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for StepError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for StepError {}

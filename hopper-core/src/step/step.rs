//! [`Step`]: one action and the way back.

use crate::{Cx, Outputs, StepError};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{fmt, future::Future};

/// One action and the way back.
///
/// A step is a plain serde struct; its [`Input`](crate::Input) fields are what ties it to other
/// steps. Implementations write `async fn run`, `find` and `undo`.
///
/// ```
/// use hopper_core::prelude::*;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// struct Greeting {
///     to: Input<String>,
/// }
///
/// impl Step for Greeting {
///     const KIND: &'static str = "acme.greeting";
///     const ON_UNKNOWN: OnUnknown = OnUnknown::RunAgain;
///     type Env = ();
///     type Output = String;
///     async fn run(&self, _: &(), cx: &Cx) -> Result<String, StepError> {
///         Ok(format!("hello, {}", cx.get(&self.to)))
///     }
///     async fn find(&self, _: &(), _: &Cx) -> Result<Found<String>, StepError> {
///         Ok(Found::Absent)
///     }
///     async fn undo(&self, _: &(), _: &Cx, _: Made<'_, String>) -> Result<(), StepError> {
///         Ok(()) // nothing is left to take back
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a step",
    label = "not a step",
    note = "implement `hopper_core::Step` for it (KIND, Env, Output, run, find and undo), or \
            `hopper_core::Lookup` (KIND, Env, Output and look_up) if it only reads"
)]
pub trait Step: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// A stable name, e.g. `aws.ec2.vpc`: the journal keeps it, and a
    /// [`Registry`](crate::Registry) finds the step by it.
    const KIND: &'static str;
    /// What the engine does when it does not know whether the step has acted.
    const ON_UNKNOWN: OnUnknown = OnUnknown::Find;
    /// Whether the step makes one thing with one call, so that a [refused](StepError::refused)
    /// call means that nothing was made, and the engine need not look for it.
    const ATOMIC: bool = false;
    /// Whether the step only reads, so that there is nothing to find or to undo.
    const READS: bool = false;
    /// The fields (as they are serialized) that [`update`](Step::update) can change in place. By
    /// default none: a changed step has to be replaced.
    ///
    /// They are of the outermost level, or a part of such a field, e.g. `peer.cidr`: then the other
    /// parts of the field have to be replaced, and so has a part that comes or goes, such as
    /// another variant of an enum.
    const UPDATES: &'static [&'static str] = &[];
    /// The fields of the output that are other ones after an [`update`](Step::update): what uses
    /// them is expected to follow, and a [diff](crate::Plan::diff) says so beforehand.
    const RENEWS: &'static [&'static str] = &[];
    /// What the step acts with, e.g. a set of AWS clients.
    type Env: Clone + Send + Sync + 'static;
    /// What the step gives to others.
    type Output: Outputs;

    /// Acts.
    ///
    /// A step that makes several things, or makes one and then waits for it,
    /// [notes](Cx::note) each as soon as it exists.
    fn run(
        &self,
        env: &Self::Env,
        cx: &Cx,
    ) -> impl Future<Output = Result<Self::Output, StepError>> + Send;

    /// Looks for what an unfinished run of this step, with this [token](Cx::token), has made.
    ///
    /// Asked after a crash, a lost reply, a timeout or a panic, before the step is run again or
    /// undone. Where the world is eventually consistent it has the patience for it, counted from
    /// now: the last try may have acted a moment ago.
    fn find(
        &self,
        env: &Self::Env,
        cx: &Cx,
    ) -> impl Future<Output = Result<Found<Self::Output>, StepError>> + Send;

    /// Takes back what was made, whole or partly; what is already gone is success.
    fn undo(
        &self,
        env: &Self::Env,
        cx: &Cx,
        made: Made<'_, Self::Output>,
    ) -> impl Future<Output = Result<(), StepError>> + Send;

    /// Brings what this step made in line with its new fields, and returns what it gives now.
    ///
    /// Asked when a recipe has changed and all changed fields are among [`UPDATES`](Step::UPDATES).
    /// It does no harm when repeated, and takes nothing for granted: after a crash it is asked
    /// again, with half of the change in place. `output` is what the journal says the step gave
    /// before. `was` is there for one thing only: what the step had put there and does not want
    /// any more, a tag or a rule, is taken away, and nothing else is.
    /// When the recipe changed again before an update was finished, it is asked once for each of
    /// the earlier fields that may be in place.
    ///
    /// Should it be undone half-way, [`undo`](Step::undo) is asked with the new fields, and once
    /// more with each of the earlier ones.
    fn update(
        &self,
        env: &Self::Env,
        cx: &Cx,
        was: &Self,
        output: &Self::Output,
    ) -> impl Future<Output = Result<Self::Output, StepError>> + Send {
        let _ = (env, cx, was, output);
        async { Err(StepError::permanent("cannot be changed in place").unstarted()) }
    }

    /// How reality differs from the record. By default nothing is compared.
    fn check(
        &self,
        env: &Self::Env,
        cx: &Cx,
        output: &Self::Output,
    ) -> impl Future<Output = Result<Vec<Drift>, StepError>> + Send {
        let _ = (env, cx, output);
        async { Ok(Vec::new()) }
    }
}

/// What the engine does when it does not know whether a step has acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnUnknown {
    /// It asks the step to [`find`](Step::find) what was made.
    Find,
    /// It runs the step again, or undoes it: either does no harm when repeated.
    RunAgain,
    /// It stops and asks a person: the step can neither be found nor repeated. The plan says so.
    Stop,
}

/// What [`Step::find`] answers.
#[derive(Clone, Debug, PartialEq)]
pub enum Found<T> {
    /// Nothing was made.
    Absent,
    /// All of it was made: it is adopted as if the reply had arrived.
    Present(T),
    /// It was made and is not finished, but running again under the same token goes on with it,
    /// e.g. waits for a gateway whose id was [noted](Cx::note).
    Underway,
    /// Some of it was made, or what was made is unusable: it is undone before another try.
    Partly,
    /// What is there is somebody else's. The text says whose, and is shown to the user.
    Conflict(String),
}

/// What [`Step::undo`] has to take back.
#[derive(Debug, PartialEq)]
pub enum Made<'a, T> {
    /// All of it; this is the output.
    Done(&'a T),
    /// Some of it, or nobody knows: look at the [notes](Cx::noted), and by the token.
    Partly,
}

impl<'a, T> Made<'a, T> {
    /// The output, when the step was done.
    #[must_use]
    pub fn done(&self) -> Option<&'a T> {
        match self {
            Self::Done(output) => Some(output),
            Self::Partly => None,
        }
    }
}

impl<T> Clone for Made<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Made<'_, T> {}

/// One way in which reality differs from the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drift {
    /// What differs, e.g. `tags.Name` or `enableDnsHostnames`; empty when the thing is gone.
    pub field: String,
    /// What the record says.
    pub recorded: String,
    /// What is there.
    pub actual: String,
}

impl Drift {
    /// A field that differs.
    pub fn field(
        field: impl Into<String>,
        recorded: impl fmt::Display,
        actual: impl fmt::Display,
    ) -> Self {
        Self { field: field.into(), recorded: recorded.to_string(), actual: actual.to_string() }
    }

    /// The whole thing is gone.
    pub fn gone(what: impl fmt::Display) -> Self {
        Self::field("", what, "gone")
    }
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.field.as_str() {
            "" => write!(f, "{} is {}", self.recorded, self.actual),
            field => write!(f, "{field}: recorded {}, actual {}", self.recorded, self.actual),
        }
    }
}

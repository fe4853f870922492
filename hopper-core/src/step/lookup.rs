//! [`Lookup`]: a step that only reads.

use crate::{Cx, Found, Made, OnUnknown, Outputs, Step, StepError};
use serde::{Serialize, de::DeserializeOwned};
use std::future::Future;

/// A step that only reads: the newest image, the caller's account, a zone.
///
/// It has nothing to find, check or undo, so it asks for one function only.
/// The journal keeps what it read, so that a resumed run sees the same.
pub trait Lookup: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// As [`Step::KIND`].
    const KIND: &'static str;
    /// As [`Step::Env`].
    type Env: Clone + Send + Sync + 'static;
    /// As [`Step::Output`].
    type Output: Outputs;

    /// Reads.
    fn look_up(
        &self,
        env: &Self::Env,
        cx: &Cx,
    ) -> impl Future<Output = Result<Self::Output, StepError>> + Send;
}

#[diagnostic::do_not_recommend]
impl<L: Lookup> Step for L {
    const KIND: &'static str = <L as Lookup>::KIND;
    const ON_UNKNOWN: OnUnknown = OnUnknown::RunAgain;
    const READS: bool = true;
    type Env = <L as Lookup>::Env;
    type Output = <L as Lookup>::Output;

    async fn run(&self, env: &Self::Env, cx: &Cx) -> Result<Self::Output, StepError> {
        self.look_up(env, cx).await
    }

    async fn find(&self, _: &Self::Env, _: &Cx) -> Result<Found<Self::Output>, StepError> {
        Ok(Found::Absent)
    }

    async fn undo(
        &self,
        _: &Self::Env,
        _: &Cx,
        _: Made<'_, Self::Output>,
    ) -> Result<(), StepError> {
        Ok(())
    }
}

//! Steps that do nothing.

use hopper_core::{Cx, Found, Input, Made, OnUnknown, Step, StepError};
use serde::{Deserialize, Serialize};

/// Takes one input and gives it on.
#[derive(Serialize, Deserialize)]
pub(crate) struct Noop {
    pub(crate) former: Input<u64>,
}

impl Step for Noop {
    const KIND: &'static str = "bench.noop";
    const ON_UNKNOWN: OnUnknown = OnUnknown::RunAgain;
    type Env = ();
    type Output = u64;

    async fn run(&self, (): &(), cx: &Cx) -> Result<u64, StepError> {
        Ok(cx.get(&self.former) + 1)
    }

    async fn find(&self, (): &(), _: &Cx) -> Result<Found<u64>, StepError> {
        Ok(Found::Absent)
    }

    async fn undo(&self, (): &(), _: &Cx, _: Made<'_, u64>) -> Result<(), StepError> {
        Ok(())
    }
}

/// Takes two inputs and gives their sum on.
#[derive(Serialize, Deserialize)]
pub(crate) struct Join {
    pub(crate) a: Input<u64>,
    pub(crate) b: Input<u64>,
}

impl Step for Join {
    const KIND: &'static str = "bench.join";
    const ON_UNKNOWN: OnUnknown = OnUnknown::RunAgain;
    type Env = ();
    type Output = u64;

    async fn run(&self, (): &(), cx: &Cx) -> Result<u64, StepError> {
        Ok(cx.get(&self.a).wrapping_add(*cx.get(&self.b)))
    }

    async fn find(&self, (): &(), _: &Cx) -> Result<Found<u64>, StepError> {
        Ok(Found::Absent)
    }

    async fn undo(&self, (): &(), _: &Cx, _: Made<'_, u64>) -> Result<(), StepError> {
        Ok(())
    }
}

/// Fails, leaving nothing.
#[derive(Serialize, Deserialize)]
pub(crate) struct Refuse {
    pub(crate) former: Input<u64>,
}

impl Step for Refuse {
    const KIND: &'static str = "bench.refuse";
    const ON_UNKNOWN: OnUnknown = OnUnknown::RunAgain;
    type Env = ();
    type Output = u64;

    async fn run(&self, (): &(), _: &Cx) -> Result<u64, StepError> {
        Err(StepError::permanent("refused, so that all is undone").refused())
    }

    async fn find(&self, (): &(), _: &Cx) -> Result<Found<u64>, StepError> {
        Ok(Found::Absent)
    }

    async fn undo(&self, (): &(), _: &Cx, _: Made<'_, u64>) -> Result<(), StepError> {
        Ok(())
    }
}

//! An output that was not declared as one.

use hopper_core::prelude::*;

#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
struct Out {
    id: String,
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Thing {}

impl Step for Thing {
    const KIND: &'static str = "thing";
    type Env = ();
    type Output = Out;
    async fn run(&self, _: &(), _: &Cx) -> Result<Out, StepError> {
        Ok(Out { id: "x".into() })
    }
    async fn find(&self, _: &(), _: &Cx) -> Result<Found<Out>, StepError> {
        Ok(Found::Absent)
    }
    async fn undo(&self, _: &(), _: &Cx, _: Made<'_, Out>) -> Result<(), StepError> {
        Ok(())
    }
}

fn main() {}

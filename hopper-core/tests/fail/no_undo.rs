//! A step without a way back.

use hopper_core::prelude::*;

#[derive(serde::Serialize, serde::Deserialize)]
struct Thing {}

impl Step for Thing {
    const KIND: &'static str = "thing";
    type Env = ();
    type Output = ();
    async fn run(&self, _: &(), _: &Cx) -> Result<(), StepError> {
        Ok(())
    }
    async fn find(&self, _: &(), _: &Cx) -> Result<Found<()>, StepError> {
        Ok(Found::Absent)
    }
}

fn main() {}

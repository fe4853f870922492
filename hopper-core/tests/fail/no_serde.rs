//! A step that cannot be kept in a journal.

use hopper_core::prelude::*;

struct Thing {
    text: Input<String>,
}

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
    async fn undo(&self, _: &(), _: &Cx, _: Made<'_, ()>) -> Result<(), StepError> {
        Ok(())
    }
}

fn main() {}

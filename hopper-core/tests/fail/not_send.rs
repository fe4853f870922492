//! A step that cannot move between threads.

use hopper_core::prelude::*;

#[derive(serde::Serialize, serde::Deserialize)]
struct Thing {}

impl Step for Thing {
    const KIND: &'static str = "thing";
    type Env = ();
    type Output = ();
    async fn run(&self, _: &(), _: &Cx) -> Result<(), StepError> {
        let rc = std::rc::Rc::new(1);
        std::future::ready(()).await;
        drop(rc);
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

//! A serde type that is no step.

use hopper_core::prelude::*;

#[derive(serde::Serialize, serde::Deserialize)]
struct NotAStep;

fn main() {
    Workflow::new("x").step("nothing").does(NotAStep);
}

//! Waiting for something that refers to no step.

#[path = "../it/cloud.rs"]
mod cloud;

use cloud::*;
use hopper_core::prelude::*;

fn main() {
    let w = Workflow::new("x");
    w.step("gateway").after(&"vpc").does(Vpc { cidr: "10.0.0.0/16".into() });
}

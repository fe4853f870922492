//! A reference to a step that is added further below.

#[path = "../it/cloud.rs"]
mod cloud;

use cloud::*;
use hopper_core::prelude::*;

fn main() {
    let w = Workflow::new("x");
    w.step("gateway").does(Gateway { vpc: vpc.id() });
    let vpc = w.step("vpc").does(Vpc { cidr: "10.0.0.0/16".into() });
}

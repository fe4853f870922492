//! A value printed that exists only once the step has run.

#[path = "../it/cloud.rs"]
mod cloud;

use cloud::*;
use hopper_core::prelude::*;

fn main() {
    let w = Workflow::new("x");
    let vpc = w.step("vpc").does(Vpc { cidr: "10.0.0.0/16".into() });
    println!("made {}", vpc.id());
}

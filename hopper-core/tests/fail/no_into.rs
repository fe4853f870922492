//! A literal that was not turned into an input.

#[path = "../it/cloud.rs"]
mod cloud;

use cloud::*;
use hopper_core::prelude::*;

fn main() {
    Workflow::new("x").step("vpc").does(Vpc { cidr: "10.0.0.0/16" });
}

//! A gateway's id where a VPC's is wanted.

#[path = "../it/cloud.rs"]
mod cloud;

use cloud::*;
use hopper_core::prelude::*;

fn main() {
    let w = Workflow::new("x");
    let vpc = w.step("vpc").does(Vpc { cidr: "10.0.0.0/16".into() });
    let gateway = w.step("gateway").does(Gateway { vpc: vpc.id() });
    w.step("subnet").does(Subnet { vpc: gateway.id(), cidr: "10.0.0.0/24".into() });
}

//! A secret in a text, which everybody may see.

#[path = "../it/cloud.rs"]
mod cloud;

use cloud::*;
use hopper_core::prelude::*;

fn url(instance: &InstanceRefs) -> Input<String> {
    text!("https://admin:{}@{}", instance.password(), instance.address())
}

fn main() {}

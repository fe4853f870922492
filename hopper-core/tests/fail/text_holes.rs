//! More holes than arguments.

use hopper_core::prelude::*;

fn main() {
    text!("{}:{}", "host");
}

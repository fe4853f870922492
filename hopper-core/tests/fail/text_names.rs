//! A hole with a name, as `format!` has it.

use hopper_core::prelude::*;

fn main() {
    const HOST: &str = "host";
    text!("{HOST}:80");
}

//! An argument that is no text.

use hopper_core::prelude::*;

fn main() {
    text!("{}", vec![1, 2]);
}

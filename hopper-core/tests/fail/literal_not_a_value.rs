//! An input made of a type that cannot travel.

use hopper_core::prelude::*;

#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
struct Size(u32);

fn main() {
    let size: Input<Size> = Size(1).into();
}

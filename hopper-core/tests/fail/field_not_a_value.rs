//! An output with a field that cannot travel.

use hopper_core::prelude::*;

#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
struct Size(u32);

outputs! {
    struct DiskOut -> DiskRefs {
        size: Size,
    }
}

fn main() {}

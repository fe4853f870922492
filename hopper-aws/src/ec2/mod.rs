//! Steps on EC2: networks, addresses, keys and instances.

mod vpc;

pub use vpc::{Vpc, VpcOut, VpcRefs};

//! Instance types.

mod catalogue;
mod describe;
mod offering;

pub(crate) use catalogue::{InstanceType, named};
pub(crate) use describe::describe;
pub(crate) use offering::describe as describe_offerings;

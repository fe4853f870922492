//! Machines.

mod compare;
mod launch;
mod record;
mod remains;
mod step;

pub(super) use record::{ended, state};
pub(crate) use record::{is_ending, terminated};
#[cfg(feature = "autoscaling")]
pub(crate) use step::TERMINATED;
pub use step::{Instance, InstanceOut, InstanceRefs};

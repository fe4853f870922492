//! Machines.

mod compare;
mod launch;
mod record;
mod remains;
mod step;
mod terminate;

#[cfg(feature = "autoscaling")]
pub(crate) use record::is_ending;
pub(super) use record::{ended, state};
pub use step::{Instance, InstanceOut, InstanceRefs};
pub(crate) use terminate::{terminate, until_terminated};

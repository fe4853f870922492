//! Instance refreshes: replacing all instances of a group, one after the other.

mod record;
mod request;
mod step;

pub use record::{InstanceRefresh, RefreshStatus};
pub(super) use request::{cancel, describe, start};
pub(super) use step::{cancelled, forget, go_on, step};

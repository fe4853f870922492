//! Images.

mod attribute;
mod catalogue;
mod copy;
mod create;
mod describe;
mod name;
mod record;

pub(crate) use attribute::describe as describe_attribute;
pub(crate) use catalogue::furnish;
pub(crate) use copy::{copied, copy};
pub(crate) use create::{create, deregister, ended, register};
pub(crate) use describe::describe;
pub use record::Image;
pub(crate) use record::launchable;

//! Volumes.

mod attachment;
mod lifecycle;
mod record;

pub(crate) use attachment::{
    attach, attach_operation, attached, detach_operation, detached, of_instance, release,
};
pub(crate) use lifecycle::{create, created, delete, deleted, make, ready};
pub use record::{Volume, VolumeAttachment};

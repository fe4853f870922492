//! Launch configurations.

mod block_device;
mod create;
mod delete;
mod describe;
mod record;

pub use block_device::{BlockDeviceMapping, Ebs};
pub(super) use create::create;
pub(super) use delete::delete;
pub(super) use describe::describe;
pub use record::{LaunchConfiguration, MetadataOptions};

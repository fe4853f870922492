//! The Kubernetes API of a cluster, reached through its control plane's SSH.

mod access;
mod apply;
mod error;
mod tunnel;
mod wait;

pub use access::Access;
pub(crate) use apply::{apply, delete, objects_in};
pub(crate) use error::api;
pub(crate) use wait::{Look, until, within};

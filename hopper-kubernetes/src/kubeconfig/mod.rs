//! The kubeconfig on the workstation: a cluster is put into it beside all that is there, and taken
//! out again.
//!
//! The text is read and written anew, so comments and the order of keys are lost while the cluster
//! is in it; a file that nobody else has changed since comes back byte for byte from its backup.
//! Its entries themselves remember whose they are and what was kept, so that no journal is needed.

mod entry;
mod file;
mod memory;
mod merge;
mod rest;

pub use entry::Entry;
pub use file::{File, backup_of};
pub use merge::{Holder, KubeconfigError, holder, is_in, merged};
pub use rest::Rest;

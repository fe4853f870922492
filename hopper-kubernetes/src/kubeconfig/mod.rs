//! The kubeconfig on the workstation: a cluster is put into it beside all that is there, and taken
//! out again.
//!
//! The text is read and written anew, so comments and the order of keys are lost while the cluster
//! is in it; a file that nobody else has changed since comes back byte for byte from its backup.

mod entry;
mod file;
mod merge;

pub use entry::Entry;
pub use file::{File, Written, backup_of};
pub use merge::{Holder, KubeconfigError, holder, merged, without};

//! The programs hosts have.

mod call;
mod file;
mod identity;
mod kernel;
mod permission;
mod run;
mod search;
mod stream;
mod sum;
mod table;
mod text;
mod wrapper;

pub(super) use call::Call;
pub(super) use kernel::files as sysctl_files;
pub(super) use run::{found, run};

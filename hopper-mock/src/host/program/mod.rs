//! The programs hosts have.

mod apt;
mod call;
mod catalogue;
mod cloud_init;
pub(super) mod containerd;
mod curl;
pub(super) mod docker;
mod file;
mod identity;
mod internet;
mod jq;
mod kernel;
pub(super) mod kubeadm;
mod permission;
mod registry;
mod repository;
mod run;
mod search;
mod stream;
mod sum;
mod systemctl;
mod table;
mod tar;
mod text;
mod wrapper;

pub(super) use call::Call;
pub(super) use kernel::files as sysctl_files;
use kernel::is_on as is_sysctl_on;
pub(super) use run::{found, run};
pub(super) use systemctl::started_at_boot;

//! Launch templates.
//!
//! [`LaunchTemplateSpecification::resolve`] finds the version a request means, and
//! `LaunchRequest::from_template` launches from it.

mod change;
mod check;
mod create;
mod data;
mod describe;
mod describe_versions;
mod options;
mod show;
mod specification;
mod template;

pub(crate) use change::{delete, delete_versions, modify};
pub(crate) use create::{create, create_version, shown, version_shown};
pub use data::LaunchTemplateData;
pub(crate) use describe::describe;
pub(crate) use describe_versions::describe as describe_versions;
pub(crate) use options::{
    CpuCredits, CpuOptions, CreditSpecification, EnclaveOptions, HostnameType, Placement,
    ShutdownBehavior, Tenancy,
};
pub(crate) use specification::{LaunchTemplateSpecification, Resolved};
pub use template::{LaunchTemplate, LaunchTemplateVersion};

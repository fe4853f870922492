//! AWS IAM: one file for each kind of thing, and what they share.
//!
//! IAM itself sees every change at once. EC2 and Auto Scaling see instance profiles late: see
//! `propagation`.

mod access_key;
mod account_summary;
mod attachment;
mod authorize;
mod aws_managed;
mod call;
mod condition;
#[cfg(feature = "hosts")]
mod credentials;
mod document;
mod entity;
mod evaluation;
mod instance_profile;
mod login_profile;
mod name;
mod operations;
mod page;
mod policy;
mod policy_version;
pub(crate) mod propagation;
mod role;
mod role_policy;
mod role_update;
pub(crate) mod service_linked_role;
mod session;
mod simulate;
mod tables;
mod tag;
mod tagging;
mod user;

pub(crate) use authorize::authorize;
#[cfg(feature = "hosts")]
pub(crate) use credentials::{Credentials, role_of_instance};
#[cfg(feature = "hosts")]
pub(crate) use evaluation::Policies;
pub(crate) use evaluation::fits;
pub use instance_profile::InstanceProfile;
pub(crate) use operations::operate;
pub use policy::{Policy, PolicyVersion};
pub(crate) use propagation::profile_seen_by_ec2;
pub use role::Role;
pub(crate) use service_linked_role::ensure as ensure_service_linked_role;
pub(crate) use session::Session;
pub use tables::Iam;
pub(crate) use tables::{REGISTRY, furnish};
pub(crate) use user::CALLER;
pub use user::{AccessKey, LoginProfile, User};

//! Steps on IAM: who an instance is, and what it may do.

pub(crate) mod instance_profile;
pub(crate) mod own_role;
pub(crate) mod role;
mod role_policy;
mod role_policy_attachment;

pub use instance_profile::{InstanceProfile, InstanceProfileOut, InstanceProfileRefs};
pub use role::{Role, RoleOut, RoleRefs};
pub use role_policy::RolePolicy;
pub use role_policy_attachment::RolePolicyAttachment;

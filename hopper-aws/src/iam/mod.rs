//! Steps on IAM: who an instance is, and what it may do.

mod instance_profile;
mod own_role;
mod retag;
mod role;
mod role_policy;
mod role_policy_attachment;

pub use instance_profile::{InstanceProfile, InstanceProfileOut, InstanceProfileRefs};
pub use role::{Role, RoleOut, RoleRefs};
pub use role_policy::RolePolicy;
pub use role_policy_attachment::RolePolicyAttachment;

//! Auto Scaling groups, and the instances in them.

mod bounds;
mod create;
mod delete;
mod describe;
mod detach;
mod health;
mod instances;
mod lifecycle_hook;
mod lookup;
mod member;
mod options;
mod place;
mod record;
mod service_linked_role;
mod standby;
mod update;

pub(super) use bounds::set_desired_capacity;
pub(super) use create::create;
pub(super) use delete::{delete, vanish};
pub(super) use describe::describe;
pub(super) use detach::{detach, detached};
pub(super) use health::set_instance_health;
pub(super) use instances::{
    describe as describe_instances, protect as set_instance_protection,
    terminate as terminate_instance,
};
pub(super) use lifecycle_hook::describe as describe_lifecycle_hooks;
pub(super) use lookup::{by_arn, by_arn_mut, live, live_mut, member_mut, of_instance};
pub use member::{GroupInstance, LifecycleState};
pub use options::HealthCheckType;
pub(super) use place::choose as choose_subnet;
pub use record::AutoScalingGroup;
pub(super) use standby::{enter as enter_standby, exit as exit_standby};
pub(super) use update::update;

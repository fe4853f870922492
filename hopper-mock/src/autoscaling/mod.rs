//! Amazon EC2 Auto Scaling: launch configurations, groups, and what groups do by themselves.
//!
//! A group keeps as many instances as it is told to. Whenever something has changed, `scaling`
//! compares and begins launches and terminations; each of their stages is an `event` of the
//! world's schedule. The instances themselves are those of EC2, launched as `RunInstances`
//! launches them.

mod account_limits;
mod activity;
mod call;
mod error;
mod event;
mod filter;
mod group;
mod instance_refresh;
mod launch_configuration;
mod launch_source;
mod load_balancer;
mod operations;
mod page;
mod process;
mod scaling;
mod tables;
mod tags;
mod termination_policy;

pub use activity::{Activity, ActivityStatus};
pub(crate) use event::Event;
pub use group::{AutoScalingGroup, GroupInstance, HealthCheckType, LifecycleState};
pub use instance_refresh::{InstanceRefresh, RefreshStatus};
pub use launch_configuration::{BlockDeviceMapping, Ebs, LaunchConfiguration, MetadataOptions};
pub use launch_source::LaunchSource;
pub(crate) use operations::operate;
pub use process::Process;
pub(crate) use scaling::instance_left;
pub use tables::AutoScaling;
pub(crate) use tables::REGISTRY;

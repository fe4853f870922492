//! Steps on Auto Scaling: groups of instances, and what they launch.

mod activity;
pub(crate) mod auto_scaling_group;
mod consoles;
pub(crate) mod launch_configuration;
mod launch_source;
pub(crate) mod leftovers;

pub use auto_scaling_group::{AutoScalingGroup, AutoScalingGroupOut, AutoScalingGroupRefs};
pub use launch_configuration::{
    LaunchConfiguration, LaunchConfigurationOut, LaunchConfigurationRefs,
};
pub use launch_source::LaunchSource;

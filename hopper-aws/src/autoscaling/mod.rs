//! Steps on Auto Scaling: groups of instances, and what they launch.

mod activity;
mod auto_scaling_group;
mod launch_configuration;
mod launch_source;
mod leftovers;

pub use auto_scaling_group::{AutoScalingGroup, AutoScalingGroupOut, AutoScalingGroupRefs};
pub use launch_configuration::{
    LaunchConfiguration, LaunchConfigurationOut, LaunchConfigurationRefs,
};
pub use launch_source::LaunchSource;

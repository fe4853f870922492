//! Which handler answers which operation of Auto Scaling.

use super::call::Call;
use super::{
    account_limits, activity, group, instance_refresh, launch_configuration, load_balancer,
    process, tags, termination_policy,
};
use crate::wire::{Answer, Request};
use crate::world::{World, unknown_operation};

/// Answers a request to Auto Scaling.
pub(crate) fn operate(world: &mut World, request: &Request) -> Answer {
    let call = Call::new(world, request);
    match request.operation.as_str() {
        "CreateLaunchConfiguration" => call.run(launch_configuration::create),
        "DeleteLaunchConfiguration" => call.run(launch_configuration::delete),
        "DescribeLaunchConfigurations" => call.run(launch_configuration::describe),

        "CreateAutoScalingGroup" => call.run(group::create),
        "DeleteAutoScalingGroup" => call.run(group::delete),
        "DescribeAutoScalingGroups" => call.run(group::describe),
        "SetDesiredCapacity" => call.run(group::set_desired_capacity),
        "UpdateAutoScalingGroup" => call.run(group::update),

        "DescribeAutoScalingInstances" => call.run(group::describe_instances),
        "DetachInstances" => call.run(group::detach),
        "EnterStandby" => call.run(group::enter_standby),
        "ExitStandby" => call.run(group::exit_standby),
        "SetInstanceHealth" => call.run(group::set_instance_health),
        "SetInstanceProtection" => call.run(group::set_instance_protection),
        "TerminateInstanceInAutoScalingGroup" => call.run(group::terminate_instance),

        "ResumeProcesses" => call.run(process::resume),
        "SuspendProcesses" => call.run(process::suspend),

        "CreateOrUpdateTags" => call.run(tags::create_or_update),
        "DeleteTags" => call.run(tags::delete),
        "DescribeTags" => call.run(tags::describe),

        "AttachLoadBalancers" => call.run(load_balancer::attach),
        "DescribeLoadBalancers" => call.run(load_balancer::describe),
        "DetachLoadBalancers" => call.run(load_balancer::detach),

        "CancelInstanceRefresh" => call.run(instance_refresh::cancel),
        "DescribeInstanceRefreshes" => call.run(instance_refresh::describe),
        "StartInstanceRefresh" => call.run(instance_refresh::start),

        "DescribeAccountLimits" => call.run(account_limits::describe),
        "DescribeLifecycleHooks" => call.run(group::describe_lifecycle_hooks),
        "DescribeScalingActivities" => call.run(activity::describe),
        "DescribeTerminationPolicyTypes" => call.run(termination_policy::describe_types),
        _ => Err(unknown_operation(request)),
    }
}

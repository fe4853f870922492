//! The way of an instance into its group.

use std::time::Duration;

use super::super::activity::{self, ActivityStatus};
use super::super::{
    AutoScalingGroup, Event, GroupInstance, LifecycleState, group, instance_refresh, load_balancer,
};
use super::{GROUP_TAG, schedule, settle};
use crate::ec2::InstanceState;
use crate::wire::AwsError;
use crate::world::World;

/// A launch begins: the instance is there from now on, or the launch has failed.
pub(in crate::autoscaling) fn launch(world: &mut World, arn: &str, activity_id: &str) {
    let is_to_come = |activity: &activity::Activity| activity.is_launch_to_come();
    if !world.autoscaling.activities.get(activity_id).is_some_and(is_to_come) {
        return;
    }
    let Some(group) = group::by_arn(world, arn).cloned() else { return };
    match try_launch(world, &group, activity_id) {
        Err(error) => {
            let why = format!("{} Launching EC2 instance failed.", error.message);
            activity::end(world, activity_id, ActivityStatus::Failed, Some(why));
            try_later(world, arn);
        }
        Ok(member) => {
            let id = member.id.clone();
            if let Some(activity) = world.autoscaling.activities.get_mut(activity_id) {
                activity.status = ActivityStatus::InProgress;
                activity.description = format!("Launching a new EC2 instance: {id}");
                activity.instance_id = Some(id.clone());
            }
            if let Some(group) = group::by_arn_mut(world, arn) {
                group.instances.insert(id.clone(), member);
            }
            let latencies = &world.settings().latencies;
            let rest = latencies.group_instance_in_service.saturating_sub(latencies.group_launch);
            let after = rest.max(latencies.instance_running);
            schedule(world, after, Event::InService(arn.to_owned(), id));
        }
    }
}

fn try_launch(
    world: &mut World,
    group: &AutoScalingGroup,
    activity_id: &str,
) -> Result<GroupInstance, AwsError> {
    let subnet = group::choose_subnet(world, group)?.clone();
    let zone = subnet.availability_zone.clone();
    if let Some(activity) = world.autoscaling.activities.get_mut(activity_id) {
        activity.place = Some((subnet.id.clone(), zone.clone()));
    }
    if let Some(code) = world.doom("Launch") {
        return Err(AwsError::new(code.clone(), lack(&code, &zone)));
    }
    let mut tags = group.tags_to_propagate();
    tags.insert(GROUP_TAG.to_owned(), group.name.clone());
    let source = group.source.resolved(world);
    let id = source.launch(world, &subnet.id, tags)?;
    let instance_type = world.ec2.instances.get(&id).map(|launched| launched.instance_type.clone());
    Ok(GroupInstance {
        id,
        instance_type: instance_type.unwrap_or_default(),
        availability_zone: zone,
        subnet_id: subnet.id,
        state: LifecycleState::Pending,
        is_healthy: true,
        source,
        is_protected: group.new_instances_protected,
        launch_time: world.now,
        in_service_since: None,
        activity_id: activity_id.to_owned(),
    })
}

/// What EC2 says about a launch that somebody has doomed.
fn lack(code: &str, zone: &str) -> String {
    match code {
        "InsufficientInstanceCapacity" => format!(
            "We currently do not have sufficient capacity in the Availability Zone you requested \
             ({zone})."
        ),
        other => format!("{other}."),
    }
}

/// After a failure a group waits before it launches again, longer each time: AWS says no more
/// than that it backs off.
pub(super) fn try_later(world: &mut World, arn: &str) {
    const MOST_DOUBLINGS: u32 = 4;
    // Without a second between them, failures would never end where nothing takes any time.
    let wait = world.settings().latencies.group_launch_retry.max(Duration::from_secs(1));
    let now = world.now;
    let Some(group) = group::by_arn_mut(world, arn) else { return };
    if group.next_launch.is_some_and(|next| now < next) {
        return;
    }
    let after = wait * 2_u32.pow(group.n_failed_launches.min(MOST_DOUBLINGS));
    group.n_failed_launches += 1;
    group.next_launch = Some(now + after);
    schedule(world, after, Event::Retry(arn.to_owned()));
}

/// The time has come when a launched instance goes into service, if it runs.
pub(in crate::autoscaling) fn in_service(world: &mut World, arn: &str, id: &str) {
    let now = world.now;
    let state = world.ec2.instances.get(id).map(|instance| instance.state);
    let Some(group) = group::by_arn_mut(world, arn) else { return };
    let Some(member) = group.instances.get_mut(id) else { return };
    if member.state != LifecycleState::Pending {
        return;
    }
    match state {
        Some(InstanceState::Running) => {
            member.state = LifecycleState::InService;
            member.in_service_since = Some(now);
            let activity_id = member.activity_id.clone();
            group.n_failed_launches = 0;
            group.next_launch = None;
            activity::end(world, &activity_id, ActivityStatus::Successful, None);
            load_balancer::register(world, arn, id);
            settle(world, arn, "");
            instance_refresh::go_on(world, arn);
        }
        Some(InstanceState::Pending) => {
            let event = Event::InService(arn.to_owned(), id.to_owned());
            schedule(world, Duration::from_secs(1), event);
        }
        // The next health check sees to it.
        _ => {}
    }
}

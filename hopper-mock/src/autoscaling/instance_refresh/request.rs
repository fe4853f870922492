//! `StartInstanceRefresh`, `CancelInstanceRefresh` and `DescribeInstanceRefreshes`.

use serde::Deserialize;

use super::{InstanceRefresh, RefreshStatus};
use crate::autoscaling::error::{constraint, validation};
use crate::autoscaling::page::{self, Size, listed};
use crate::autoscaling::{AutoScalingGroup, Event, LifecycleState, group};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::{Transition, World};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(in crate::autoscaling) struct StartInstanceRefresh {
    auto_scaling_group_name: String,
    strategy: Option<String>,
    #[serde(default)]
    preferences: Preferences,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Preferences {
    min_healthy_percentage: Option<u32>,
    instance_warmup: Option<u32>,
    #[serde(default)]
    skip_matching: bool,
    scale_in_protected_instances: Option<String>,
}

/// Starts to replace the instances of a group, one after the other.
pub(in crate::autoscaling) fn start(world: &mut World, input: &StartInstanceRefresh) -> Answer {
    let group = group::live(world, &input.auto_scaling_group_name)?;
    let preferences = &input.preferences;
    one_of("strategy", input.strategy.as_deref().unwrap_or("Rolling"), &["Rolling"])?;
    let protected = preferences.scale_in_protected_instances.as_deref().unwrap_or("Wait");
    one_of("scaleInProtectedInstances", protected, &["Refresh", "Ignore", "Wait"])?;
    let min_healthy_percentage = preferences.min_healthy_percentage.unwrap_or(90);
    if 100 < min_healthy_percentage {
        let must = "Member must have value less than or equal to 100";
        return Err(constraint(min_healthy_percentage, "minHealthyPercentage", must));
    }
    if active(world, &group.arn, InstanceRefresh::is_blocking).is_some() {
        return Err(AwsError::new(
            "InstanceRefreshInProgress",
            "An Instance Refresh is already in progress and blocks the execution of this Instance \
             Refresh.",
        ));
    }
    let warmup = preferences.instance_warmup.or(group.default_instance_warmup);
    let instance_warmup = warmup.unwrap_or(group.health_check_grace_period);
    let remaining = to_replace(world, group, preferences.skip_matching, protected);
    let (group_name, group_arn) = group.names();
    let id = world.machinery.ids.uuid("instance-refresh");
    let refresh = InstanceRefresh {
        id: id.clone(),
        group_name,
        group_arn,
        status: RefreshStatus::Pending,
        status_reason: None,
        start_time: world.now,
        end_time: None,
        n_instances: remaining.len(),
        remaining,
        warm_at: None,
        is_replacing: false,
        waiting_since: None,
        instance_warmup,
        min_healthy_percentage,
        skips_matching: preferences.skip_matching,
        protected_instances: protected.to_owned(),
    };
    world.autoscaling.instance_refreshes.insert(id.clone(), refresh);
    let after = world.settings().latencies.group_launch;
    world.schedule(after, Transition::AutoScaling(Event::Refresh(id.clone())));
    Ok(Xml::new().text("InstanceRefreshId", id))
}

/// The instances a refresh replaces, the oldest first. Those in standby stay.
fn to_replace(
    world: &World,
    group: &AutoScalingGroup,
    skips_matching: bool,
    protected: &str,
) -> Vec<String> {
    let source = group.source.resolved(world);
    let mut members: Vec<_> = group
        .active()
        .filter(|member| !(skips_matching && member.source == source))
        .filter(|member| !(member.is_protected && protected == "Ignore"))
        .collect();
    members.sort_by_key(|member| (member.launch_time, &member.id));
    members.into_iter().map(|member| member.id.clone()).collect()
}

fn one_of(member: &str, value: &str, known: &[&str]) -> Result<(), AwsError> {
    if known.contains(&value) {
        return Ok(());
    }
    let must = format!("Member must satisfy enum value set: [{}]", known.join(", "));
    Err(constraint(value, member, &must))
}

/// The refresh of a group that is in some way active.
fn active<'a>(
    world: &'a World,
    arn: &str,
    is_active: impl Fn(&InstanceRefresh) -> bool,
) -> Option<&'a InstanceRefresh> {
    let mut refreshes = world.autoscaling.instance_refreshes.values();
    refreshes.find(|refresh| refresh.group_arn == arn && is_active(refresh))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(in crate::autoscaling) struct CancelInstanceRefresh {
    auto_scaling_group_name: String,
}

/// Lets a refresh replace no more instances.
pub(in crate::autoscaling) fn cancel(world: &mut World, input: &CancelInstanceRefresh) -> Answer {
    let group = group::live(world, &input.auto_scaling_group_name)?;
    let (name, arn) = group.names();
    let Some(refresh) = active(world, &arn, InstanceRefresh::is_active) else {
        return Err(AwsError::new(
            "ActiveInstanceRefreshNotFound",
            format!(
                "No in progress or pending Instance Refresh found for Auto Scaling group {name}"
            ),
        ));
    };
    let id = refresh.id.clone();
    if let Some(refresh) = world.autoscaling.instance_refreshes.get_mut(&id) {
        refresh.status = RefreshStatus::Cancelling;
        refresh.status_reason = Some("Cancelled due to user request.".to_owned());
    }
    let after = world.settings().latencies.group_launch;
    world.schedule(after, Transition::AutoScaling(Event::RefreshCancelled(id.clone())));
    Ok(Xml::new().text("InstanceRefreshId", id))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(in crate::autoscaling) struct DescribeInstanceRefreshes {
    auto_scaling_group_name: String,
    #[serde(default)]
    instance_refresh_ids: Vec<String>,
    max_records: Option<usize>,
    next_token: Option<String>,
}

/// Lists the refreshes of a group, the last one first.
pub(in crate::autoscaling) fn describe(
    world: &mut World,
    input: &DescribeInstanceRefreshes,
) -> Answer {
    let group = group::live(world, &input.auto_scaling_group_name)?;
    let ids = &input.instance_refresh_ids;
    let refreshes = world.autoscaling.instance_refreshes.values().filter(|refresh| {
        refresh.group_arn == group.arn && (ids.is_empty() || ids.contains(&refresh.id))
    });
    let mut refreshes: Vec<_> = refreshes
        .map(|refresh| {
            let age = i64::MAX - refresh.start_time.as_millis();
            (format!("{age:020} {}", refresh.id), refresh)
        })
        .collect();
    if let Some(id) = ids.iter().find(|id| !refreshes.iter().any(|(_, found)| found.id == **id)) {
        return Err(validation(format!("Instance refresh {id} not found")));
    }
    refreshes.sort_by(|(one, _), (other, _)| one.cmp(other));
    let size = Size { usual: 50, most: 100 };
    let token = input.next_token.as_deref();
    let (page, next) = page::cut(refreshes, size, input.max_records, token)?;
    Ok(listed("InstanceRefreshes", page.into_iter().map(InstanceRefresh::show), next))
}

impl AutoScalingGroup {
    /// Whether all instances it shall have are in service, and no other one is about to go.
    pub(super) fn is_calm(&self) -> bool {
        let n_in_service = self.active().filter(|m| m.state == LifecycleState::InService).count();
        Some(n_in_service) == usize::try_from(self.desired_capacity).ok()
            && n_in_service == self.active().count()
    }
}

//! [`step`]: how a refresh goes on from instance to instance.

use std::time::Duration;

use super::{InstanceRefresh, RefreshStatus};
use crate::autoscaling::{Event, Process, group, scaling};
use crate::world::{Transition, World};

/// How long a refresh waits for protected instances (documented: an hour).
const PATIENCE: Duration = Duration::from_secs(3600);

/// How often it looks at them meanwhile.
const LOOK: Duration = Duration::from_secs(60);

/// Something has changed in a group: its refresh goes on, if there is one.
pub(in crate::autoscaling) fn go_on(world: &mut World, arn: &str) {
    let mut refreshes = world.autoscaling.instance_refreshes.values();
    let active = refreshes
        .find(|refresh| refresh.group_arn == arn && refresh.status == RefreshStatus::InProgress);
    if let Some(id) = active.map(|refresh| refresh.id.clone()) {
        step(world, &id);
    }
}

/// Takes the next instance, if the last one is replaced and its replacement is warm.
pub(in crate::autoscaling) fn step(world: &mut World, id: &str) {
    let now = world.now;
    let Some(refresh) = world.autoscaling.instance_refreshes.get_mut(id) else { return };
    if !refresh.is_active() {
        return;
    }
    refresh.status = RefreshStatus::InProgress;
    let mut refresh = refresh.clone();
    let Some(group) = group::by_arn(world, &refresh.group_arn) else { return };
    if group.suspends(Process::InstanceRefresh) || !group.is_calm() {
        return;
    }
    if refresh.is_replacing {
        refresh.is_replacing = false;
        let warmup = Duration::from_secs(refresh.instance_warmup.into());
        refresh.warm_at = Some(now + warmup);
        schedule(world, warmup, id);
        return keep(world, refresh);
    }
    if refresh.warm_at.is_some_and(|warm_at| now < warm_at) {
        return;
    }
    refresh.remaining.retain(|instance| group.instances.contains_key(instance));
    let is_passed_over = |instance: &String| {
        refresh.protected_instances == "Wait" && group.instances[instance].is_protected
    };
    let next = refresh.remaining.iter().position(|instance| !is_passed_over(instance));
    match next {
        Some(at) => {
            let instance = refresh.remaining.remove(at);
            refresh.is_replacing = true;
            refresh.waiting_since = None;
            let arn = refresh.group_arn.clone();
            keep(world, refresh);
            let why = format!(
                "At {now} an instance was taken out of service in response to an instance refresh."
            );
            scaling::begin_termination(world, &arn, &instance, &why);
            scaling::settle(world, &arn, "");
        }
        None if refresh.remaining.is_empty() => {
            refresh.end(world, RefreshStatus::Successful, None);
        }
        None => wait(world, refresh),
    }
}

/// All instances that are left are protected.
fn wait(world: &mut World, mut refresh: InstanceRefresh) {
    let since = *refresh.waiting_since.get_or_insert(world.now);
    if PATIENCE <= world.now.since(since) {
        let why = "Instances are protected from scale in";
        return refresh.end(world, RefreshStatus::Failed, Some(why));
    }
    let id = refresh.id.clone();
    keep(world, refresh);
    schedule(world, LOOK, &id);
}

impl InstanceRefresh {
    fn end(mut self, world: &mut World, status: RefreshStatus, why: Option<&str>) {
        self.status = status;
        self.end_time = Some(world.now);
        self.status_reason = why.map(str::to_owned).or(self.status_reason);
        keep(world, self);
    }
}

fn keep(world: &mut World, refresh: InstanceRefresh) {
    world.autoscaling.instance_refreshes.insert(refresh.id.clone(), refresh);
}

fn schedule(world: &mut World, after: Duration, id: &str) {
    world.schedule(after, Transition::AutoScaling(Event::Refresh(id.to_owned())));
}

/// The cancelling is over.
pub(in crate::autoscaling) fn cancelled(world: &mut World, id: &str) {
    let refresh = world.autoscaling.instance_refreshes.get(id).cloned();
    if let Some(refresh) = refresh.filter(|refresh| refresh.status == RefreshStatus::Cancelling) {
        refresh.end(world, RefreshStatus::Cancelled, None);
    }
}

/// The refreshes of a group go with it.
pub(in crate::autoscaling) fn forget(world: &mut World, arn: &str) {
    world.autoscaling.instance_refreshes.retain(|_, refresh| refresh.group_arn != arn);
}

//! [`Process`]: what a group does by itself, and `SuspendProcesses` and `ResumeProcesses`.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::error::constraint;
use super::{group, instance_refresh, scaling};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::World;

/// A process of a group, which can be suspended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Process {
    /// Adding instances to load balancers.
    AddToLoadBalancer,
    /// Acting on alarms; the simulator has none.
    AlarmNotification,
    /// Moving instances so that every zone has as many.
    AZRebalance,
    /// Looking after the instances' health.
    HealthCheck,
    /// Replacing all instances, one after the other.
    InstanceRefresh,
    /// Launching instances.
    Launch,
    /// Replacing unhealthy instances.
    ReplaceUnhealthy,
    /// Acting at set times; the simulator has no schedules for groups.
    ScheduledActions,
    /// Terminating instances.
    Terminate,
}

impl Process {
    const ALL: [Self; 9] = [
        Self::AddToLoadBalancer,
        Self::AlarmNotification,
        Self::AZRebalance,
        Self::HealthCheck,
        Self::InstanceRefresh,
        Self::Launch,
        Self::ReplaceUnhealthy,
        Self::ScheduledActions,
        Self::Terminate,
    ];

    /// Its name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::AddToLoadBalancer => "AddToLoadBalancer",
            Self::AlarmNotification => "AlarmNotification",
            Self::AZRebalance => "AZRebalance",
            Self::HealthCheck => "HealthCheck",
            Self::InstanceRefresh => "InstanceRefresh",
            Self::Launch => "Launch",
            Self::ReplaceUnhealthy => "ReplaceUnhealthy",
            Self::ScheduledActions => "ScheduledActions",
            Self::Terminate => "Terminate",
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Processes {
    auto_scaling_group_name: String,
    #[serde(default)]
    scaling_processes: Vec<String>,
}

impl Processes {
    /// Those named, or all of them if none is.
    fn read(&self) -> Result<BTreeSet<Process>, AwsError> {
        if self.scaling_processes.is_empty() {
            return Ok(Process::ALL.into());
        }
        self.scaling_processes
            .iter()
            .map(|name| {
                let found = Process::ALL.into_iter().find(|process| process.name() == name);
                found.ok_or_else(|| {
                    let known = Process::ALL.map(Process::name).join(", ");
                    let must = format!("Member must satisfy enum value set: [{known}]");
                    constraint(name, "scalingProcesses", &must)
                })
            })
            .collect()
    }
}

/// Suspends processes of a group.
pub(super) fn suspend(world: &mut World, input: &Processes) -> Answer {
    let processes = input.read()?;
    let now = world.now;
    let group = group::live_mut(world, &input.auto_scaling_group_name)?;
    for process in processes {
        group.suspended.entry(process).or_insert(now);
    }
    Ok(Xml::new())
}

/// Resumes processes of a group, which then does what it has missed.
pub(super) fn resume(world: &mut World, input: &Processes) -> Answer {
    let processes = input.read()?;
    let group = group::live_mut(world, &input.auto_scaling_group_name)?;
    group.suspended.retain(|process, _| !processes.contains(process));
    let arn = group.arn.clone();
    scaling::check_all(world, &arn);
    scaling::settle(world, &arn, "");
    instance_refresh::go_on(world, &arn);
    Ok(Xml::new())
}

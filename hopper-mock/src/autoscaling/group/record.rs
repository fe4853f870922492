//! [`AutoScalingGroup`]: the record.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{GroupInstance, HealthCheckType};
use crate::Time;
use crate::autoscaling::{LaunchSource, Process};
use crate::wire::Xml;
use crate::world::{Kind, Resource, Tags, World};

/// A group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AutoScalingGroup {
    /// Its name.
    pub name: String,
    /// Its ARN, which no group of the same name has again.
    pub arn: String,
    /// When it was made.
    pub created_time: Time,
    /// What its instances are launched from.
    pub source: LaunchSource,
    /// The least instances it may have.
    pub min_size: u32,
    /// The most instances it may have.
    pub max_size: u32,
    /// How many it shall have.
    pub desired_capacity: u32,
    /// How many seconds it rests after an activity, where a request wants that.
    pub default_cooldown: u32,
    /// The zones its instances may be in.
    pub availability_zones: BTreeSet<String>,
    /// The subnets its instances may be in.
    pub subnet_ids: Vec<String>,
    /// The classic load balancers its instances work behind.
    pub load_balancer_names: BTreeSet<String>,
    /// Who says whether an instance is well.
    pub health_check_type: HealthCheckType,
    /// How many seconds a new instance may be unwell.
    pub health_check_grace_period: u32,
    /// How many seconds a refresh waits for a new instance to warm up.
    pub default_instance_warmup: Option<u32>,
    /// The ARN of the role in whose name it acts.
    pub service_linked_role: String,
    /// Which instances go first when it shrinks.
    pub termination_policies: Vec<String>,
    /// Whether new instances are protected when it shrinks.
    pub new_instances_protected: bool,
    /// Its instances by their ids.
    pub instances: BTreeMap<String, GroupInstance>,
    /// The processes that are suspended, and since when.
    pub suspended: BTreeMap<Process, Time>,
    /// Whether it is being deleted.
    pub is_deleting: bool,
    /// How many launches have failed since the last good one.
    pub n_failed_launches: u32,
    /// When it may launch again after a failure.
    pub next_launch: Option<Time>,
    /// The launch by which it moves an instance to another zone.
    pub rebalancing: Option<String>,
    /// Its tags.
    pub tags: Tags,
    /// The keys of those that its instances get too.
    pub propagated_tags: BTreeSet<String>,
}

impl AutoScalingGroup {
    /// Whether a process is suspended.
    pub(in crate::autoscaling) fn suspends(&self, process: Process) -> bool {
        self.suspended.contains_key(&process)
    }

    /// The instances that count towards the desired capacity.
    pub(in crate::autoscaling) fn active(&self) -> impl Iterator<Item = &GroupInstance> {
        self.instances.values().filter(|member| member.state.is_active())
    }

    /// Its name and its ARN.
    pub(in crate::autoscaling) fn names(&self) -> (String, String) {
        (self.name.clone(), self.arn.clone())
    }

    /// The tags its instances get.
    pub(in crate::autoscaling) fn tags_to_propagate(&self) -> Tags {
        let tags = self.tags.iter().filter(|(key, _)| self.propagated_tags.contains(*key));
        tags.map(|(key, value)| (key.clone(), value.clone())).collect()
    }

    /// How describes show one of its tags.
    pub(in crate::autoscaling) fn show_tag(&self, (key, value): (&String, &String)) -> Xml {
        Xml::new()
            .text("ResourceId", &self.name)
            .text("ResourceType", Self::KIND.name)
            .text("Key", key)
            .text("Value", value)
            .text("PropagateAtLaunch", self.propagated_tags.contains(key))
    }

    /// How describes show it.
    pub(super) fn show(&self, with_instances: bool) -> Xml {
        let suspended = self.suspended.iter().map(|(process, since)| {
            Xml::new()
                .text("ProcessName", process.name())
                .text("SuspensionReason", format!("User suspended at {since}"))
        });
        let instances = self.instances.values().filter(|_| with_instances);
        Xml::new()
            .text("AutoScalingGroupName", &self.name)
            .text("AutoScalingGroupARN", &self.arn)
            .and(self.source.show())
            .text("MinSize", self.min_size)
            .text("MaxSize", self.max_size)
            .text("DesiredCapacity", self.desired_capacity)
            .text("DefaultCooldown", self.default_cooldown)
            .texts("AvailabilityZones", &self.availability_zones)
            .texts("LoadBalancerNames", &self.load_balancer_names)
            .texts("TargetGroupARNs", [""; 0])
            .text("HealthCheckType", self.health_check_type.name())
            .text("HealthCheckGracePeriod", self.health_check_grace_period)
            .list("Instances", instances.map(|member| member.show(None)))
            .text("CreatedTime", self.created_time)
            .list("SuspendedProcesses", suspended)
            .text("VPCZoneIdentifier", self.subnet_ids.join(","))
            .list("EnabledMetrics", [])
            .opt("Status", self.is_deleting.then_some("Delete in progress"))
            .list("Tags", self.tags.iter().map(|tag| self.show_tag(tag)))
            .texts("TerminationPolicies", &self.termination_policies)
            .text("NewInstancesProtectedFromScaleIn", self.new_instances_protected)
            .text("ServiceLinkedRoleARN", &self.service_linked_role)
            .opt("DefaultInstanceWarmup", self.default_instance_warmup)
            .list("TrafficSources", [])
    }
}

impl Resource for AutoScalingGroup {
    /// It has a name instead of an id, so ids of this kind do not occur.
    const KIND: Kind = Kind {
        name: "auto-scaling-group",
        prefix: "",
        noun: "AutoScalingGroup",
        malformed: "ValidationError",
        missing: "ValidationError",
    };

    fn table(world: &World) -> &BTreeMap<String, Self> {
        &world.autoscaling.groups
    }

    fn table_mut(world: &mut World) -> &mut BTreeMap<String, Self> {
        &mut world.autoscaling.groups
    }

    fn id(&self) -> &str {
        &self.name
    }

    fn tags(&self) -> &Tags {
        &self.tags
    }

    fn tags_mut(&mut self) -> &mut Tags {
        &mut self.tags
    }
}

//! `RegisterTargets` and `DeregisterTargets`.

use std::net::Ipv4Addr;

use serde::Deserialize;

use super::{Target, TargetGroup, arn};
use crate::ec2::{Instance, Vpc};
use crate::elb::call::check_range;
use crate::wire::{Answer, AwsError, Xml};
use crate::world::World;

/// A target in a request.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct TargetDescription {
    pub(super) id: String,
    pub(super) port: Option<u32>,
}

impl TargetDescription {
    /// The port that is meant in a group.
    fn port(&self, group: &TargetGroup) -> u32 {
        self.port.unwrap_or(group.port)
    }

    /// Refuses what the group cannot have as a target.
    fn check(&self, world: &World, group: &TargetGroup) -> Result<(), AwsError> {
        check_range("Port", self.port(group), &(1..=65_535))?;
        if group.target_type == "ip" {
            let vpc = world.ec2.vpcs.get(&group.vpc_id);
            let is_inside = |vpc: &Vpc, ip: Ipv4Addr| vpc.cidr_block.contains(&ip);
            let ip = self.id.parse().ok();
            return match (vpc, ip) {
                (Some(vpc), Some(ip)) if is_inside(vpc, ip) => Ok(()),
                _ => Err(bad(&format!("'{}' is no address of the VPC", self.id))),
            };
        }
        let instance: &Instance = world.find(&self.id).map_err(|error| bad(&error.message))?;
        if !instance.state.is_running() {
            return Err(bad(&format!("'{}' is {}", self.id, instance.state.name())));
        }
        if instance.vpc_id != group.vpc_id {
            let why = format!("'{}' is not in the VPC of the target group", self.id);
            return Err(bad(&why).blocked_by([group.vpc_id.clone()]));
        }
        Ok(())
    }
}

fn bad(why: &str) -> AwsError {
    AwsError::new("InvalidTarget", format!("The target cannot be registered: {why}"))
}

/// How a group keeps a target.
pub(super) fn key(id: &str, port: u32) -> String {
    format!("{id}:{port}")
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Targets {
    target_group_arn: String,
    targets: Vec<TargetDescription>,
}

/// Adds targets; either all of them or none.
pub(crate) fn register(world: &mut World, input: &Targets) -> Answer {
    let group: &TargetGroup = arn::find(world, &input.target_group_arn)?;
    for target in &input.targets {
        target.check(world, group)?;
    }
    let now = world.now;
    let group = arn::find_mut::<TargetGroup>(world, &input.target_group_arn)?;
    for given in &input.targets {
        let (id, port) = (given.id.clone(), given.port(group));
        let target = Target { id, port, registered: now };
        group.targets.entry(key(&given.id, port)).or_insert(target);
    }
    Ok(Xml::new())
}

/// Takes targets away, on all their ports unless one is named. That one is not there is a success
/// too.
pub(crate) fn deregister(world: &mut World, input: &Targets) -> Answer {
    let group = arn::find_mut::<TargetGroup>(world, &input.target_group_arn)?;
    group.targets.retain(|_, target| {
        !input
            .targets
            .iter()
            .any(|gone| gone.id == target.id && gone.port.is_none_or(|port| port == target.port))
    });
    Ok(Xml::new())
}

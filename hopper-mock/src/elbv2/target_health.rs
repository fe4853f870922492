//! `DescribeTargetHealth`.

use serde::Deserialize;

use super::targets::{TargetDescription, key};
use super::{Target, TargetGroup, arn};
use crate::ec2::Instance;
use crate::wire::{Answer, AwsError, Xml};
use crate::world::World;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DescribeTargetHealth {
    target_group_arn: String,
    #[serde(default)]
    targets: Vec<TargetDescription>,
}

/// Tells how targets are: those named, or all of a group.
pub(crate) fn describe(world: &mut World, input: &DescribeTargetHealth) -> Answer {
    let group: &TargetGroup = arn::find(world, &input.target_group_arn)?;
    let targets = match input.targets.as_slice() {
        [] => group.targets.values().collect(),
        named => named
            .iter()
            .map(|one| {
                let key = key(&one.id, one.port.unwrap_or(group.port));
                let why = format!("The target {key} is not in the group");
                group.targets.get(&key).ok_or_else(|| AwsError::new("InvalidTarget", why))
            })
            .collect::<Result<Vec<_>, _>>()?,
    };
    let shown = targets.into_iter().map(|target| show(world, group, target));
    Ok(Xml::new().list("TargetHealthDescriptions", shown))
}

fn show(world: &World, group: &TargetGroup, target: &Target) -> Xml {
    let (state, reason) = health(world, group, target);
    let port = match group.health_check.port.as_str() {
        "traffic-port" => target.port.to_string(),
        port => port.to_owned(),
    };
    Xml::new()
        .node("Target", Xml::new().text("Id", &target.id).text("Port", target.port))
        .text("HealthCheckPort", port)
        .node("TargetHealth", Xml::new().text("State", state).opt("Reason", reason))
}

/// The state of a target, and why it is not healthy.
fn health(
    world: &World,
    group: &TargetGroup,
    target: &Target,
) -> (&'static str, Option<&'static str>) {
    let instance: Option<&Instance> = world.ec2.instances.get(&target.id);
    let is_down = group.target_type == "instance"
        && !instance.is_some_and(|instance| instance.state.is_running());
    if group.load_balancer(world).is_none() {
        ("unused", Some("Target.NotInUse"))
    } else if is_down {
        ("unused", Some("Target.InvalidState"))
    } else if world.now < target.registered + world.settings().latencies.load_balancer_healthy {
        ("initial", Some("Elb.RegistrationInProgress"))
    } else if !answers(world, target) {
        ("unhealthy", Some("Target.FailedHealthChecks"))
    } else {
        ("healthy", None)
    }
}

impl TargetGroup {
    /// The instances that a connection to this port may go to: those that are healthy; or all
    /// targets where none is ("fail open", "Health checks for Network Load Balancer target
    /// groups").
    pub(crate) fn instances<'a>(&'a self, world: &World, port: u16) -> Vec<&'a str> {
        let all = || self.targets.values().filter(|target| target.port == u32::from(port));
        let is_healthy = |target: &&Target| health(world, self, target).0 == "healthy";
        let healthy: Vec<_> = all().filter(is_healthy).map(|target| target.id.as_str()).collect();
        match healthy.is_empty() {
            true => all().map(|target| target.id.as_str()).collect(),
            false => healthy,
        }
    }
}

/// The ports that kube-proxy has for Services: what is behind them is asked elsewhere.
#[cfg(feature = "hosts")]
const NODE_PORTS: std::ops::RangeInclusive<u32> = 30_000..=32_767;

/// Whether somebody listens on a target's port.
#[cfg(feature = "hosts")]
fn answers(world: &World, target: &Target) -> bool {
    let running = world.machinery.hosts.listens(&target.id, target.port);
    NODE_PORTS.contains(&target.port) || running
}

#[cfg(not(feature = "hosts"))]
fn answers(_: &World, _: &Target) -> bool {
    true
}

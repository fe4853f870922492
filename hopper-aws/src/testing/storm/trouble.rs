//! [`Trouble`]: one thing that goes wrong, and how it is put into a world.

use super::FaultKind;
use hopper_mock::{Latencies, Mock, Quotas};
use std::{fmt, time::Duration};

/// One thing that goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Trouble {
    pub(super) kind: FaultKind,
    pub(super) how: How,
}

/// Where it strikes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// Calls of an operation.
    Calls { operation: String, after: u32, times: u32 },
    /// What accepted calls come to.
    Doom { operation: &'static str, after: u32, times: u32, code: &'static str },
    /// Everything, by a setting of the world: a delay, or how many times as long.
    Setting(u32),
    /// A quota.
    Quota { quota: usize, limit: usize },
    /// The world, at a moment after the beginning; drawn, so that it can choose.
    Moment { at: Duration, drawn: u64 },
}

type Of = fn(&mut Quotas) -> &mut usize;

/// The quotas, with the operations that reach them.
pub(super) const QUOTAS: [(&str, &str, Of); 14] = [
    ("CreateVpc", "VPCs", |q| &mut q.vpcs),
    ("CreateSubnet", "subnets", |q| &mut q.subnets_per_vpc),
    ("CreateInternetGateway", "internet gateways", |q| &mut q.internet_gateways),
    ("AllocateAddress", "addresses", |q| &mut q.addresses),
    ("CreateNatGateway", "NAT gateways", |q| &mut q.nat_gateways_per_zone),
    ("CreateRouteTable", "route tables", |q| &mut q.route_tables_per_vpc),
    ("CreateSecurityGroup", "security groups", |q| &mut q.security_groups),
    ("AuthorizeSecurityGroupIngress", "rules", |q| &mut q.rules_per_group),
    ("RunInstances", "vCPUs", |q| &mut q.vcpus),
    ("CreateRole", "roles", |q| &mut q.roles),
    ("CreateInstanceProfile", "instance profiles", |q| &mut q.instance_profiles),
    ("CreateLaunchTemplate", "launch templates", |q| &mut q.launch_templates),
    ("CreateLaunchConfiguration", "launch configurations", |q| &mut q.launch_configurations),
    ("CreateAutoScalingGroup", "groups", |q| &mut q.auto_scaling_groups),
];

impl Trouble {
    /// Puts it into a world. What happens at a moment is not put there, but comes when it is time.
    pub(super) fn arm(&self, mock: &Mock) {
        match &self.how {
            How::Calls { operation, after, times } => {
                let aim = mock.fail(operation).after(*after).times(*times);
                let aim = aim.label(self.kind.label());
                match self.kind {
                    FaultKind::Throttled => aim.throttle(),
                    FaultKind::Reset => aim.reset(),
                    FaultKind::LostReply => aim.lose_reply(),
                    FaultKind::Hang => aim.hang(),
                    FaultKind::Slow => aim.slow(Duration::from_secs(40)),
                    FaultKind::NoCapacity => aim.error("InsufficientInstanceCapacity"),
                    FaultKind::Refused | FaultKind::RefusedUndo => aim.deny(),
                    _ => aim.unavailable(),
                }
            }
            How::Doom { operation, after, times, code } => {
                let doom = mock.doom(operation).after(*after).times(*times);
                doom.label(self.kind.label()).with(code);
            }
            How::Setting(n) if self.kind == FaultKind::LateVisibility => {
                let max = Duration::from_secs((*n).into());
                mock.edit(|world| {
                    world.settings_mut().visibility = hopper_mock::Visibility::Seeded { max };
                });
            }
            How::Setting(n) => {
                mock.edit(|world| slow_down(&mut world.settings_mut().latencies, *n))
            }
            How::Quota { quota, limit } => {
                if let Some((.., of)) = QUOTAS.get(*quota) {
                    mock.edit(|world| *of(&mut world.settings_mut().quotas) = *limit);
                }
            }
            How::Moment { .. } => {}
        }
    }
}

/// Everything that is taken away takes so many times as long.
fn slow_down(latencies: &mut Latencies, times: u32) {
    for latency in [
        &mut latencies.instance_terminated,
        &mut latencies.nat_gateway_deleted,
        &mut latencies.network_interface_detached,
        &mut latencies.volume_deleted,
        &mut latencies.group_deleted,
        &mut latencies.load_balancer_interfaces_gone,
    ] {
        *latency *= times;
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind)?;
        match &self.how {
            How::Calls { operation, after, times: u32::MAX } => {
                write!(f, ": {operation}, always but for the first {after}")
            }
            How::Calls { operation, after, times } => {
                write!(f, ": {operation}, {times} times after {after}")
            }
            How::Doom { operation, after, times, code } => {
                write!(f, ": {operation}, {times} times after {after}, with {code}")
            }
            How::Setting(n) => write!(f, ": {n}"),
            How::Quota { quota, limit } => {
                let name = QUOTAS.get(*quota).map_or("", |(_, name, _)| name);
                write!(f, ": {limit} {name}")
            }
            How::Moment { at, drawn } => {
                write!(f, ": after {:.1} s ({})", at.as_secs_f64(), drawn % 100)
            }
        }
    }
}

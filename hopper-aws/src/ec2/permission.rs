//! [`Permission`]: what a rule of a security group lets through.

use crate::{Cidr, SecurityGroupId};
use aws_sdk_ec2::types::{IpPermission, IpRange, SecurityGroupRuleRequest, UserIdGroupPair};
use hopper_core::{Cx, Input};
use serde::{Deserialize, Serialize};

/// The way a rule of a security group is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// What comes in.
    Ingress,
    /// What goes out.
    Egress,
}

/// A protocol, with its ports where it has any.
///
/// All protocols at once have no ports: AWS accepts some there and opens all of them.
///
/// ```
/// use hopper_aws::ec2::Protocol;
///
/// let ssh = Protocol::tcp(22);
/// assert_eq!(ssh, Protocol::Tcp { from: 22, to: 22 });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// Every protocol, every port.
    All,
    /// TCP, from one port to another, both included.
    Tcp {
        /// The first port.
        from: u16,
        /// The last port.
        to: u16,
    },
    /// UDP, from one port to another, both included.
    Udp {
        /// The first port.
        from: u16,
        /// The last port.
        to: u16,
    },
    /// ICMP of every type.
    Icmp,
}

impl Protocol {
    /// One port of TCP.
    #[must_use]
    pub const fn tcp(port: u16) -> Self {
        Self::Tcp { from: port, to: port }
    }

    /// One port of UDP.
    #[must_use]
    pub const fn udp(port: u16) -> Self {
        Self::Udp { from: port, to: port }
    }

    /// As AWS names it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::All => "-1",
            Self::Tcp { .. } => "tcp",
            Self::Udp { .. } => "udp",
            Self::Icmp => "icmp",
        }
    }

    /// The ports, or the type and code of ICMP; -1 is every one.
    pub(super) fn ports(self) -> (i32, i32) {
        match self {
            Self::All | Self::Icmp => (-1, -1),
            Self::Tcp { from, to } | Self::Udp { from, to } => (from.into(), to.into()),
        }
    }
}

/// The other side of a rule.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Peer {
    /// Addresses.
    Cidr(Input<Cidr>),
    /// Whatever is in a security group.
    Group(Input<SecurityGroupId>),
}

/// What a rule of a security group lets through.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Permission {
    /// Which way.
    pub direction: Direction,
    /// Which protocol and ports.
    pub protocol: Protocol,
    /// From whom, or to whom.
    pub peer: Peer,
    /// What it is for.
    pub description: String,
}

impl Permission {
    /// As a call takes it.
    pub(super) fn as_ec2(&self, cx: &Cx) -> IpPermission {
        let (from, to) = self.protocol.ports();
        let permission =
            IpPermission::builder().ip_protocol(self.protocol.name()).from_port(from).to_port(to);
        let text = (!self.description.is_empty()).then(|| self.description.clone());
        match &self.peer {
            Peer::Cidr(cidr) => permission.ip_ranges(
                IpRange::builder().cidr_ip(cx.get(cidr).to_string()).set_description(text).build(),
            ),
            Peer::Group(group) => permission.user_id_group_pairs(
                UserIdGroupPair::builder()
                    .group_id(cx.get(group).as_str())
                    .set_description(text)
                    .build(),
            ),
        }
        .build()
    }

    /// As a call takes it that changes a rule.
    pub(super) fn as_rule(&self, cx: &Cx) -> SecurityGroupRuleRequest {
        let (from, to) = self.protocol.ports();
        let rule = SecurityGroupRuleRequest::builder()
            .ip_protocol(self.protocol.name())
            .from_port(from)
            .to_port(to)
            .set_description((!self.description.is_empty()).then(|| self.description.clone()));
        match &self.peer {
            Peer::Cidr(cidr) => rule.cidr_ipv4(cx.get(cidr).to_string()),
            Peer::Group(group) => rule.referenced_group_id(cx.get(group).as_str()),
        }
        .build()
    }
}

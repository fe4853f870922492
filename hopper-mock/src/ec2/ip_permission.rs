//! [`IpPermission`]: rules as requests write them, brought into the form in which EC2 keeps them.

use serde::Deserialize;

use super::security_group_rule::{Peer, SecurityGroupRule, Terms};
use super::{SecurityGroup, cidr};
use crate::wire::AwsError;
use crate::world::{Resource as _, World};

/// A protocol, its ports, and any number of peers.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct IpPermission {
    ip_protocol: Option<String>,
    from_port: Option<i32>,
    to_port: Option<i32>,
    #[serde(default)]
    groups: Vec<UserIdGroupPair>,
    #[serde(default)]
    ip_ranges: Vec<IpRange>,
    #[serde(default)]
    ipv6_ranges: Vec<Ipv6Range>,
    #[serde(default)]
    prefix_list_ids: Vec<PrefixListId>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct UserIdGroupPair {
    group_id: Option<String>,
    group_name: Option<String>,
    user_id: Option<String>,
    /// A group's id says all there is to say, as long as no VPCs are peered.
    #[serde(rename = "VpcId")]
    _vpc_id: Option<String>,
    description: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct IpRange {
    cidr_ip: String,
    description: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Ipv6Range {
    cidr_ipv6: String,
    description: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct PrefixListId {
    prefix_list_id: String,
    #[serde(rename = "Description")]
    _description: Option<String>,
}

impl IpPermission {
    /// One protocol and one range of addresses, as the parameters outside of `IpPermissions` say.
    pub(super) fn of_one_range(
        ip_protocol: Option<&String>,
        (from_port, to_port): (Option<i32>, Option<i32>),
        cidr_ip: &str,
    ) -> Self {
        let range = IpRange { cidr_ip: cidr_ip.to_owned(), description: None };
        Self {
            ip_protocol: ip_protocol.cloned(),
            from_port,
            to_port,
            ip_ranges: vec![range],
            ..Self::default()
        }
    }

    /// The rules this means for a group, one for each peer.
    pub(super) fn terms(
        &self,
        world: &World,
        group: &SecurityGroup,
    ) -> Result<Vec<Terms>, AwsError> {
        let protocol =
            self.ip_protocol.as_deref().ok_or_else(|| AwsError::missing("ipPermissions"))?;
        let (protocol, from_port, to_port) = normalise(protocol, self.from_port, self.to_port)?;
        let mut peers = Vec::new();
        for IpRange { cidr_ip, description } in &self.ip_ranges {
            peers.push((Peer::Ipv4(cidr::parse("cidrIp", cidr_ip)?), description));
        }
        for Ipv6Range { cidr_ipv6, description } in &self.ipv6_ranges {
            peers.push((ipv6(cidr_ipv6)?, description));
        }
        for pair in &self.groups {
            peers.push((pair.peer(world, group)?, &pair.description));
        }
        if let Some(list) = self.prefix_list_ids.first() {
            return Err(no_prefix_list(&list.prefix_list_id));
        }
        if peers.is_empty() {
            return Err(AwsError::missing("ipPermissions"));
        }
        let terms = peers.into_iter().map(|(peer, description)| {
            check_description(description.as_deref())?;
            let (protocol, description) = (protocol.clone(), description.clone());
            Ok(Terms { protocol, from_port, to_port, peer, description })
        });
        terms.collect()
    }
}

impl UserIdGroupPair {
    fn peer(&self, world: &World, group: &SecurityGroup) -> Result<Peer, AwsError> {
        let id = match (&self.group_id, &self.group_name) {
            (Some(id), _) => id,
            // Names are looked up in the default VPC, and there is none.
            (None, Some(name)) => return Err(SecurityGroup::KIND.not_found(name)),
            (None, None) => return Err(AwsError::missing("groupId")),
        };
        if self.user_id.as_ref().is_some_and(|user_id| *user_id != world.account) {
            return Err(SecurityGroup::KIND.not_found(id));
        }
        group_peer(world, group, id)
    }
}

/// Another group as a peer: it must be in the same VPC.
pub(super) fn group_peer(world: &World, group: &SecurityGroup, id: &str) -> Result<Peer, AwsError> {
    let other = world.find::<SecurityGroup>(id)?;
    if other.vpc_id != group.vpc_id {
        return Err(AwsError::new(
            SecurityGroup::KIND.missing,
            "You have specified two resources that belong to different networks.",
        ));
    }
    Ok(Peer::Group(id.to_owned()))
}

/// A block of IPv6 addresses as a peer.
pub(super) fn ipv6(text: &str) -> Result<Peer, AwsError> {
    let net: ipnet::Ipv6Net = text.parse().map_err(|_| {
        AwsError::invalid_value("cidrIpv6", text, "This is not a valid CIDR block.")
    })?;
    Ok(Peer::Ipv6(net.trunc()))
}

/// The refusal of a prefix list: the region has none.
pub(super) fn no_prefix_list(id: &str) -> AwsError {
    AwsError::new(
        "InvalidPrefixListID.NotFound",
        format!("The prefix list ID '{id}' does not exist"),
    )
}

/// Refuses a description that is too long or has characters EC2 does not take.
pub(super) fn check_description(description: Option<&str>) -> Result<(), AwsError> {
    const SPECIAL: &str = " ._-:/()#,@[]+=&;{}!$*";
    let Some(text) = description else { return Ok(()) };
    let is_taken = |c: char| c.is_ascii_alphanumeric() || SPECIAL.contains(c);
    if text.len() <= 255 && text.chars().all(is_taken) {
        return Ok(());
    }
    let why = "Valid descriptions are strings less than 256 characters from the following set: \
               a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*";
    Err(AwsError::invalid_value("rule description", text, why))
}

/// A protocol and its ports as EC2 keeps them: names for the four it knows by name, no ports for
/// all other protocols and for all of them together.
pub(super) fn normalise(
    protocol: &str,
    from_port: Option<i32>,
    to_port: Option<i32>,
) -> Result<(String, Option<i32>, Option<i32>), AwsError> {
    let name = match protocol.to_ascii_lowercase().as_str() {
        "-1" | "all" => "-1".to_owned(),
        "6" | "tcp" => "tcp".to_owned(),
        "17" | "udp" => "udp".to_owned(),
        "1" | "icmp" => "icmp".to_owned(),
        "58" | "icmpv6" => "icmpv6".to_owned(),
        other => match other.parse::<u8>() {
            Ok(number) => number.to_string(),
            Err(_) => {
                let why = "Unknown IP protocol.";
                return Err(AwsError::invalid_value("ipProtocol", protocol, why));
            }
        },
    };
    let invalid = |why: String| AwsError::new("InvalidParameterValue", why);
    let (from_port, to_port) = match name.as_str() {
        "tcp" | "udp" => match (from_port, to_port) {
            (Some(from), Some(to)) if 0 <= from && from <= to && to <= 65_535 => {
                (Some(from), Some(to))
            }
            (Some(from), Some(to)) => {
                return Err(invalid(format!("Invalid TCP/UDP port range ({from}:{to})")));
            }
            _ => {
                let why = "Invalid value 'Must specify both from and to ports with TCP/UDP.' for \
                           portRange.";
                return Err(invalid(why.to_owned()));
            }
        },
        "icmp" | "icmpv6" => {
            let (kind, code) = (from_port.unwrap_or(-1), to_port.unwrap_or(-1));
            let is_valid = (-1..=255).contains(&kind)
                && (-1..=255).contains(&code)
                && (kind != -1 || code == -1);
            if !is_valid {
                return Err(invalid(format!("Invalid ICMP type and code ({kind}:{code})")));
            }
            (Some(kind), Some(code))
        }
        _ => (None, None),
    };
    Ok((name, from_port, to_port))
}

impl SecurityGroupRule {
    /// Whether the rule is about the same packets: descriptions make no difference.
    pub(super) fn matches(&self, terms: &Terms) -> bool {
        self.protocol == terms.protocol
            && (self.from_port, self.to_port) == (terms.from_port, terms.to_port)
            && self.peer == terms.peer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // [D] Protocol -1 and every protocol but TCP, UDP and ICMP have no ports, whatever is given.
    #[test]
    fn protocols_and_ports_are_kept_in_one_form() {
        let ports = |from, to| (Some(from), Some(to));
        for (protocol, (from, to), expected) in [
            ("all", ports(53, 53), ("-1", None, None)),
            ("-1", (None, None), ("-1", None, None)),
            ("TCP", ports(22, 22), ("tcp", Some(22), Some(22))),
            ("6", ports(0, 65_535), ("tcp", Some(0), Some(65_535))),
            ("17", ports(53, 53), ("udp", Some(53), Some(53))),
            ("icmp", (None, None), ("icmp", Some(-1), Some(-1))),
            ("1", ports(8, -1), ("icmp", Some(8), Some(-1))),
            ("50", ports(1, 2), ("50", None, None)),
        ] {
            let (name, from, to) = normalise(protocol, from, to).unwrap();
            assert_eq!((name.as_str(), from, to), expected, "{protocol}");
        }
        for (protocol, from, to) in [
            ("tcp", None, None),
            ("tcp", Some(22), None),
            ("tcp", Some(23), Some(22)),
            ("udp", Some(0), Some(65_536)),
            ("udp", Some(-1), Some(-1)),
            ("icmp", Some(-1), Some(3)),
            ("quic", Some(1), Some(2)),
            ("256", None, None),
        ] {
            let error = normalise(protocol, from, to).unwrap_err();
            assert_eq!(error.code, "InvalidParameterValue", "{protocol}");
        }
    }
}

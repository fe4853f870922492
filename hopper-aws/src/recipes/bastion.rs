//! [`bastion()`]: the one host that is reached from outside.

use super::Network;
use crate::{
    ImageId, InstanceId, SecurityGroupId, Tags,
    ec2::{Direction, Instance, Peer, Permission, Protocol, SecurityGroup, SecurityGroupRule},
    settings::BastionSettings,
};
use hopper_core::{Input, Workflow};
use std::net::Ipv4Addr;

/// A bastion that runs.
#[derive(Clone, Debug)]
pub struct Bastion {
    /// The instance.
    pub instance: Input<InstanceId>,
    /// Its public address.
    pub public_ip: Input<Option<Ipv4Addr>>,
    /// Its security group, for rules that let it in elsewhere.
    pub security_group: Input<SecurityGroupId>,
}

/// A host in the public subnet that SSH reaches from outside.
///
/// The chapter's bastion, up to the address one logs in at. What differs from its commands, and
/// why:
///
/// - It is running, with its public address known, before anything uses it. The chapter asks for
///   the address at once, when AWS may still say `None`.
/// - Instance, security group and rule are tagged by the calls that create them; the chapter tags
///   the instance only, and afterwards.
/// - It is undone before the internet gateway, which its public address holds fast.
/// - Who may come in is a setting. The chapter lets in everybody, and so does the default.
pub fn bastion(
    w: &Workflow,
    network: &Network,
    image: Input<ImageId>,
    key_name: Input<String>,
    settings: &BastionSettings,
    tags: &Tags,
) -> Bastion {
    let group = w.step("group").does(SecurityGroup {
        name: "ssh-bastion".to_owned(),
        description: "SSH Bastion Hosts".to_owned(),
        vpc: network.vpc.clone(),
        tags: tags.clone(),
    });
    let ssh = w.step("ssh").does(SecurityGroupRule {
        group: group.id(),
        permission: Permission {
            direction: Direction::Ingress,
            protocol: Protocol::tcp(22),
            peer: Peer::Cidr(settings.ssh_from.into()),
            description: "SSH from outside".to_owned(),
        },
        tags: tags.clone(),
    });
    let instance = w.step("instance").undo_before(&network.internet_gateway).does(Instance {
        security_groups: vec![group.id()],
        key_name: key_name.into(),
        public_address: true,
        tags: tags.clone().and(&Tags::named("ssh-bastion")),
        ..Instance::new(image, &settings.instance_type, &network.public_subnet)
    });
    Bastion {
        instance: instance.id().once(&ssh),
        public_ip: instance.public_ip().once(&ssh),
        security_group: group.id(),
    }
}

//! VPCs.

use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};

use super::cidr;
use super::describe::Describe;
use super::filter::{Attribute, one};
use super::tag_specification::{TagSpecification, tag_set, tags_for};
use super::{dhcp_options, network_acl, route_table, security_group};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::{Kind, Resource, Tags, Transition, World};

/// A VPC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vpc {
    /// Its id.
    pub id: String,
    /// `pending` or `available`.
    pub state: String,
    /// Its addresses.
    pub cidr_block: Ipv4Net,
    /// The id of the association of the addresses.
    pub cidr_association_id: String,
    /// `default` or `dedicated`.
    pub instance_tenancy: String,
    /// The DHCP options its machines get.
    pub dhcp_options_id: String,
    /// Whether the name server of AWS answers in it.
    pub enable_dns_support: bool,
    /// Whether machines with a public address get a public name.
    pub enable_dns_hostnames: bool,
    /// Whether the use of addresses is measured.
    pub enable_network_address_usage_metrics: bool,
    /// Its tags.
    pub tags: Tags,
}

impl Resource for Vpc {
    const KIND: Kind = Kind {
        name: "vpc",
        prefix: "vpc",
        noun: "vpc ID",
        malformed: "InvalidVpcID.Malformed",
        missing: "InvalidVpcID.NotFound",
    };

    fn table(world: &World) -> &std::collections::BTreeMap<String, Self> {
        &world.ec2.vpcs
    }

    fn table_mut(world: &mut World) -> &mut std::collections::BTreeMap<String, Self> {
        &mut world.ec2.vpcs
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn tags(&self) -> &Tags {
        &self.tags
    }

    fn tags_mut(&mut self) -> &mut Tags {
        &mut self.tags
    }

    fn holds(&self) -> Vec<&str> {
        vec![&self.dhcp_options_id]
    }
}

impl Describe for Vpc {
    const IDS: &'static str = "VpcId";
    const SET: &'static str = "vpcSet";
    const FILTERS: &'static [Attribute<Self>] = &[
        ("cidr", |vpc, _| one(&vpc.cidr_block)),
        ("cidr-block-association.association-id", |vpc, _| one(&vpc.cidr_association_id)),
        ("cidr-block-association.cidr-block", |vpc, _| one(&vpc.cidr_block)),
        ("cidr-block-association.state", |_, _| one("associated")),
        ("dhcp-options-id", |vpc, _| one(&vpc.dhcp_options_id)),
        ("ipv6-cidr-block-association.association-id", |_, _| Vec::new()),
        ("ipv6-cidr-block-association.ipv6-cidr-block", |_, _| Vec::new()),
        ("ipv6-cidr-block-association.ipv6-pool", |_, _| Vec::new()),
        ("ipv6-cidr-block-association.state", |_, _| Vec::new()),
        ("is-default", |_, _| one(&false)),
        ("owner-id", |_, world| one(&world.account)),
        ("state", |vpc, _| one(&vpc.state)),
        ("vpc-id", |vpc, _| one(&vpc.id)),
    ];

    fn show(&self, world: &World) -> Xml {
        let association = Xml::new()
            .text("associationId", &self.cidr_association_id)
            .text("cidrBlock", self.cidr_block)
            .node("cidrBlockState", Xml::new().text("state", "associated"));
        Xml::new()
            .text("vpcId", &self.id)
            .text("ownerId", &world.account)
            .text("state", &self.state)
            .text("cidrBlock", self.cidr_block)
            .list("cidrBlockAssociationSet", [association])
            .text("dhcpOptionsId", &self.dhcp_options_id)
            .text("instanceTenancy", &self.instance_tenancy)
            .text("isDefault", false)
            .and(tag_set(&self.tags))
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct CreateVpc {
    cidr_block: String,
    #[serde(default)]
    instance_tenancy: Tenancy,
    #[serde(default, rename = "TagSpecification")]
    tag_specifications: Vec<TagSpecification>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Tenancy {
    #[default]
    Default,
    Dedicated,
}

/// Makes a VPC with its furniture: main route table, default security group and network ACL.
pub(crate) fn create(world: &mut World, input: &CreateVpc) -> Answer {
    let cidr_block = cidr::parse("cidrBlock", &input.cidr_block)?;
    if !(16..=28).contains(&cidr_block.prefix_len()) {
        return Err(AwsError::new(
            "InvalidVpc.Range",
            format!("The CIDR '{cidr_block}' is invalid."),
        ));
    }
    let tags = tags_for(world, &input.tag_specifications, &Vpc::KIND, &[&Vpc::KIND])?;
    if world.settings().quotas.vpcs <= world.ec2.vpcs.len() {
        return Err(AwsError::new(
            "VpcLimitExceeded",
            "The maximum number of VPCs has been reached.",
        ));
    }
    let vpc = Vpc {
        id: world.new_id::<Vpc>(),
        state: "pending".to_owned(),
        cidr_block,
        cidr_association_id: world.new_part_id("vpc-cidr-assoc"),
        instance_tenancy: match input.instance_tenancy {
            Tenancy::Default => "default".to_owned(),
            Tenancy::Dedicated => "dedicated".to_owned(),
        },
        dhcp_options_id: dhcp_options::default_id(world),
        enable_dns_support: true,
        enable_dns_hostnames: false,
        enable_network_address_usage_metrics: false,
        tags,
    };
    let answer = Xml::new().node("vpc", vpc.show(world));
    route_table::furnish(world, &vpc);
    security_group::furnish(world, &vpc);
    network_acl::furnish(world, &vpc);
    let available = Transition::VpcAvailable(vpc.id.clone());
    world.schedule(world.settings().latencies.vpc_available, available);
    world.add(vpc);
    Ok(answer)
}

/// The VPC is ready.
pub(crate) fn vpc_available(world: &mut World, id: &str) {
    if let Some(vpc) = world.ec2.vpcs.get_mut(id) {
        "available".clone_into(&mut vpc.state);
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DeleteVpc {
    vpc_id: String,
}

/// Deletes a VPC and its furniture, if nothing else is in it.
pub(crate) fn delete(world: &mut World, input: &DeleteVpc) -> Answer {
    let id = world.find::<Vpc>(&input.vpc_id)?.id.clone();
    let blockers = world.blockers(&id);
    if !blockers.is_empty() {
        return Err(AwsError::dependency(&format!("vpc '{id}'"), blockers));
    }
    world.ec2.vpcs.remove(&id);
    world.ec2.route_tables.retain(|_, table| table.vpc_id != id);
    world.ec2.network_acls.retain(|_, acl| acl.vpc_id != id);
    security_group::clear(world, &id);
    Ok(Xml::done())
}

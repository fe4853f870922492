//! Internet gateways.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::describe::Describe;
use super::filter::{Attribute, one};
use super::network_interface::public_ip_of;
use super::tag_specification::{TagSpecification, tag_set, tags_for};
use super::{Vpc, route};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::{Kind, Resource, Tags, World};

/// An internet gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InternetGateway {
    /// Its id.
    pub id: String,
    /// The VPC it is attached to.
    pub vpc_id: Option<String>,
    /// Its tags.
    pub tags: Tags,
}

impl Resource for InternetGateway {
    const KIND: Kind = Kind {
        name: "internet-gateway",
        prefix: "igw",
        noun: "internetGateway ID",
        malformed: "InvalidInternetGatewayId.Malformed",
        missing: "InvalidInternetGatewayID.NotFound",
    };

    fn table(world: &World) -> &BTreeMap<String, Self> {
        &world.ec2.internet_gateways
    }

    fn table_mut(world: &mut World) -> &mut BTreeMap<String, Self> {
        &mut world.ec2.internet_gateways
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
        self.vpc_id.as_deref().into_iter().collect()
    }
}

impl Describe for InternetGateway {
    const IDS: &'static str = "InternetGatewayId";
    const SET: &'static str = "internetGatewaySet";
    const FILTERS: &'static [Attribute<Self>] = &[
        ("attachment.state", |gateway, _| {
            gateway.vpc_id.iter().map(|_| "available".to_owned()).collect()
        }),
        ("attachment.vpc-id", |gateway, _| gateway.vpc_id.iter().cloned().collect()),
        ("internet-gateway-id", |gateway, _| one(&gateway.id)),
        ("owner-id", |_, world| one(&world.account)),
    ];

    /// The state of an attachment reads `available`, as the API reference says.
    fn show(&self, world: &World) -> Xml {
        let attachment = |vpc_id| Xml::new().text("vpcId", vpc_id).text("state", "available");
        Xml::new()
            .text("internetGatewayId", &self.id)
            .text("ownerId", &world.account)
            .list("attachmentSet", self.vpc_id.as_ref().map(attachment))
            .and(tag_set(&self.tags))
    }
}

/// The gateway attached to a VPC.
pub(crate) fn of_vpc<'a>(world: &'a World, vpc_id: &str) -> Option<&'a InternetGateway> {
    let mut gateways = world.ec2.internet_gateways.values();
    gateways.find(|gateway| gateway.vpc_id.as_deref() == Some(vpc_id))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct CreateInternetGateway {
    #[serde(default, rename = "TagSpecification")]
    tag_specifications: Vec<TagSpecification>,
}

/// Makes a gateway that is attached to nothing.
pub(crate) fn create(world: &mut World, input: &CreateInternetGateway) -> Answer {
    let kind = &InternetGateway::KIND;
    let tags = tags_for(world, &input.tag_specifications, kind, &[kind])?;
    if world.settings().quotas.internet_gateways <= world.ec2.internet_gateways.len() {
        let why = "The maximum number of internet gateways has been reached.";
        return Err(AwsError::new("InternetGatewayLimitExceeded", why));
    }
    let gateway = InternetGateway { id: world.new_id::<InternetGateway>(), vpc_id: None, tags };
    let answer = Xml::new().node("internetGateway", gateway.show(world));
    world.add(gateway);
    Ok(answer)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Attachment {
    internet_gateway_id: String,
    vpc_id: String,
}

/// Attaches a gateway. Routes to it work again.
pub(crate) fn attach(world: &mut World, input: &Attachment) -> Answer {
    let gateway: &InternetGateway = world.find(&input.internet_gateway_id)?;
    let vpc_id = world.find::<Vpc>(&input.vpc_id)?.id.clone();
    if let Some(network) = &gateway.vpc_id {
        let why = format!("resource {} is already attached to network {network}", gateway.id);
        return Err(AwsError::new("Resource.AlreadyAssociated", why).blocked_by([network.clone()]));
    }
    if let Some(other) = of_vpc(world, &vpc_id) {
        let why = format!("Network {vpc_id} already has an internet gateway attached");
        return Err(AwsError::new("InvalidParameterValue", why).blocked_by([other.id.clone()]));
    }
    world.find_mut::<InternetGateway>(&input.internet_gateway_id)?.vpc_id = Some(vpc_id);
    route::refresh(world);
    Ok(Xml::done())
}

/// Detaches a gateway from a VPC without public addresses. Routes to it lead nowhere.
pub(crate) fn detach(world: &mut World, input: &Attachment) -> Answer {
    let gateway: &InternetGateway = world.find(&input.internet_gateway_id)?;
    let vpc_id = world.find::<Vpc>(&input.vpc_id)?.id.clone();
    if gateway.vpc_id.as_ref() != Some(&vpc_id) {
        let why = format!("resource {} is not attached to network {vpc_id}", gateway.id);
        return Err(AwsError::new("Gateway.NotAttached", why));
    }
    let public: Vec<_> = world
        .ec2
        .network_interfaces
        .values()
        .filter(|interface| interface.vpc_id == vpc_id)
        .filter(|interface| {
            let mut addresses = interface.addresses.iter();
            addresses.any(|address| public_ip_of(world, interface, address.private_ip).is_some())
        })
        .map(|interface| interface.id.clone())
        .collect();
    if !public.is_empty() {
        return Err(AwsError::new(
            "DependencyViolation",
            format!(
                "Network {vpc_id} has some mapped public address(es). Please unmap those public \
                 address(es) before detaching the gateway."
            ),
        )
        .blocked_by(public));
    }
    world.find_mut::<InternetGateway>(&input.internet_gateway_id)?.vpc_id = None;
    route::refresh(world);
    Ok(Xml::done())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DeleteInternetGateway {
    internet_gateway_id: String,
}

/// Deletes a gateway that is attached to nothing.
pub(crate) fn delete(world: &mut World, input: &DeleteInternetGateway) -> Answer {
    let gateway: &InternetGateway = world.find(&input.internet_gateway_id)?;
    let id = gateway.id.clone();
    if let Some(vpc_id) = gateway.vpc_id.clone() {
        return Err(AwsError::dependency(&format!("internetGateway '{id}'"), [vpc_id]));
    }
    world.ec2.internet_gateways.remove(&id);
    Ok(Xml::done())
}

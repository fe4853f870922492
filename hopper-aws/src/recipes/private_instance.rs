//! [`private_instance()`]: one machine in a network that is there already.

use crate::{
    InstanceId, PolicyDocument, SubnetId, Tags, VpcId,
    ec2::{Instance, MetadataOptions, RootVolume, SecurityGroup, UserData},
    iam::{InstanceProfile, Role, RolePolicyAttachment},
    ssm::ImageByParameter,
};
use hopper_core::{Input, Workflow};
use std::net::Ipv4Addr;

/// What machine, and where.
#[derive(Clone, Debug)]
pub struct PrivateInstanceSettings {
    /// Its name, and that of its group, its role and its profile.
    pub name: String,
    /// The VPC it is to be in.
    pub vpc: Input<VpcId>,
    /// The subnet it is to be in.
    pub subnet: Input<SubnetId>,
    /// Its size.
    pub instance_type: String,
    /// The public parameter that holds the id of its image.
    pub image_parameter: String,
    /// What it runs when it first starts.
    pub user_data: Option<UserData>,
    /// Tags to put on everything.
    pub tags: Tags,
}

impl PrivateInstanceSettings {
    /// A `t3.micro` with Ubuntu 24.04.
    pub fn new(
        name: impl Into<String>,
        vpc: impl Into<Input<VpcId>>,
        subnet: impl Into<Input<SubnetId>>,
    ) -> Self {
        Self {
            name: name.into(),
            vpc: vpc.into(),
            subnet: subnet.into(),
            instance_type: "t3.micro".to_owned(),
            image_parameter: UBUNTU.to_owned(),
            user_data: None,
            tags: Tags::new(),
        }
    }
}

/// Canonical's parameter for Ubuntu 24.04 ("Find Ubuntu images with SSM", Ubuntu on AWS).
const UBUNTU: &str =
    "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id";
/// Lets Systems Manager reach the instance ("AWS managed policies for Systems Manager").
const SESSION_MANAGER: &str = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore";

/// A machine that runs.
#[derive(Clone, Debug)]
pub struct PrivateInstance {
    /// The instance, once its role may do all it shall.
    pub instance: Input<InstanceId>,
    /// Its address in the VPC.
    pub private_ip: Input<Ipv4Addr>,
}

/// One private machine in a VPC and a subnet that exist already, and are left exactly as they
/// were.
///
/// Nobody can reach it from the network and it has no key: one logs in through Session Manager,
/// which its role allows, where the subnet has a way out. Its metadata service insists on tokens,
/// and its disk is encrypted.
///
/// ```
/// use hopper_aws::{recipes::{PrivateInstanceSettings, private_instance}, testing::Stage};
/// use hopper_core::Outcome;
///
/// // A world in which there is a network, which is not ours.
/// let stage = Stage::new(|w| {
///     let (vpc, subnet) = ("VPC", "SUBNET");
///     private_instance(w, &PrivateInstanceSettings::new("lonely", vpc, subnet));
/// });
/// println!("{}", stage.plan());
/// ```
pub fn private_instance(w: &Workflow, settings: &PrivateInstanceSettings) -> PrivateInstance {
    let (name, tags) = (&*settings.name, &settings.tags);
    let named = tags.clone().and(&Tags::named(name));
    let image = w.step("image").does(ImageByParameter { name: settings.image_parameter.clone() });
    let role = w.step("role").does(Role {
        name: name.to_owned(),
        path: None,
        trust_policy: PolicyDocument::assumed_by("ec2.amazonaws.com").into(),
        description: format!("What {name} may do"),
        tags: tags.clone(),
    });
    let sessions = w
        .step("sessions")
        .does(RolePolicyAttachment { role: role.name(), policy_arn: SESSION_MANAGER.into() });
    let profile = w.step("profile").does(InstanceProfile {
        name: name.to_owned(),
        path: None,
        role: role.name(),
        tags: tags.clone(),
    });
    let group = w.step("group").does(SecurityGroup {
        name: name.to_owned(),
        description: format!("Lets nobody in to {name}"),
        vpc: settings.vpc.clone(),
        tags: named.clone(),
    });
    let instance = w.step("instance").does(Instance {
        security_groups: vec![group.id()],
        profile: Some(profile.name()),
        metadata: Some(MetadataOptions::default()),
        root_volume: Some(RootVolume::default()),
        user_data: settings.user_data.clone(),
        tags: named,
        ..Instance::new(image.id(), &*settings.instance_type, settings.subnet.clone())
    });
    PrivateInstance {
        instance: instance.id().once(&sessions),
        private_ip: instance.private_ip().once(&sessions),
    }
}

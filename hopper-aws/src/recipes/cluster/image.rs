//! [`node_image_workflow()`]: the image of the nodes, as a workflow of its own.

use super::{
    identity::{PULL, profile},
    site::{hardened, reached},
};
use crate::{
    Cidr, ImageId, Tags,
    ec2::{
        Direction, Image, Instance, InternetGateway, KeyPair, LatestImage, NewestBy, Peer,
        Permission, Protocol, Route, RouteTable, RouteTableAssociation, RouteTarget, SecurityGroup,
        SecurityGroupRule, StoppedInstance, Subnet, Vpc,
    },
    machine::Bake,
    settings::{BaseImageSettings, ClusterSettings, Problem, SettingsError},
};
use hopper_core::{Input, Workflow};
use hopper_kubernetes::{Way, steps::Script};

/// The step of [`node_image_workflow`] that makes the image.
pub const NODE_IMAGE: &str = "image";

/// The image of the nodes that these settings ask for, as a workflow of its own: a machine in a
/// network of its own, that only the operator reaches, becomes a node, and an image is taken of
/// it. The image is named by all that went into it ([`Bake::image_name`]), so that the same
/// settings find it again.
///
/// All but the image is there for its sake: undo the run with the step [`NODE_IMAGE`]
/// [skipped](hopper_core::Engine::skip) once it is done, and only the image is left, with its
/// snapshots. Undone without that, it goes too.
///
/// # Errors
///
/// Settings that cannot be right: all of them.
pub fn node_image_workflow(
    w: &Workflow,
    settings: &ClusterSettings,
) -> Result<Input<ImageId>, SettingsError> {
    baked_image(w, settings, &bake(settings)?)
}

/// The same, made by a script of one's own.
///
/// # Errors
///
/// Settings that cannot be right: all of them.
pub fn baked_image(
    w: &Workflow,
    settings: &ClusterSettings,
    bake: &Bake,
) -> Result<Input<ImageId>, SettingsError> {
    settings.checked()?;
    let name = bake.image_name(&settings.base_image);
    let tags = settings.tags.clone();
    let named = tags.clone().and(&Tags::named(&name));

    let key = w.step("key-pair").does(KeyPair {
        name: name.clone(),
        public_key: public_key(settings)?.into(),
        tags: tags.clone(),
    });
    let base = base_image(w, &settings.base_image);
    let profile = profile(&w.scope("identity"), &name, &[PULL], &tags)?;

    let cidr = settings.network.cidr;
    let vpc = w.step("vpc").does(Vpc {
        cidr: cidr.into(),
        dns_support: true,
        dns_hostnames: true,
        tags: named.clone(),
    });
    let subnet = w.step("subnet").does(Subnet {
        vpc: vpc.id(),
        zone: settings.network.zones[0].as_str().into(),
        cidr: settings.network.blocks().1[0].into(),
        tags: named.clone(),
    });
    let igw =
        w.step("internet-gateway").does(InternetGateway { vpc: vpc.id(), tags: named.clone() });
    let table = w.step("table").does(RouteTable { vpc: vpc.id(), tags: named.clone() });
    let out = w.step("route").does(Route {
        route_table: table.id(),
        destination: Cidr::ANYWHERE.into(),
        target: RouteTarget::InternetGateway(igw.id()),
    });
    let used = w
        .step("association")
        .does(RouteTableAssociation { route_table: table.id(), subnet: subnet.id() });
    let group = w.step("group").does(SecurityGroup {
        name: name.clone(),
        description: "The machine that a node image is made on".to_owned(),
        vpc: vpc.id(),
        tags: named.clone(),
    });
    let ssh = w.step("ssh").does(SecurityGroupRule {
        group: group.id(),
        permission: Permission {
            direction: Direction::Ingress,
            protocol: Protocol::tcp(22),
            peer: Peer::Cidr(settings.ssh_from.into()),
            description: "SSH from the operator".to_owned(),
        },
        tags: tags.clone(),
    });

    let slot = w.step("builder").undo_before(&igw).undo_before(&profile);
    let builder = slot.does(hardened(Instance {
        security_groups: vec![group.id()],
        key_name: key.name().into(),
        public_address: true,
        profile: Some(profile),
        stopped_later: true,
        tags: named.clone(),
        ..Instance::new(base, &*settings.image.builder_type, subnet.id())
    }));
    let address = builder.public_ip().once(&ssh).once(&out).once(&used);
    let way = Way::to(format!("{name}/builder"), address);
    let way = reached(w, builder.id(), way, settings.patience());
    let baked = w.step("bake").does(Script { way, text: bake.script().into(), input: None });
    let stopped = w
        .step("stop")
        .after(&baked)
        .does(StoppedInstance { instance: builder.id(), start_on_undo: false });
    let image = w.step(NODE_IMAGE).outlives(&stopped).does(Image {
        instance: stopped,
        name: name.into(),
        description: format!("A node of Kubernetes {}", bake.version()),
        tags,
    });
    Ok(image.id())
}

/// What a node is made with.
pub(super) fn bake(settings: &ClusterSettings) -> Result<Bake, SettingsError> {
    let mut images = vec![settings.cloud_controller.clone()];
    if settings.demo.enabled {
        images.push(settings.demo.image.clone());
    }
    Bake::new(&settings.node, &images).map_err(|error| {
        let problem = Problem { field: "node".to_owned(), message: error.to_string() };
        SettingsError::Wrong(vec![problem])
    })
}

/// The key that opens the machines.
pub(super) fn public_key(settings: &ClusterSettings) -> Result<crate::PublicKey, SettingsError> {
    settings.public_key.parse().map_err(|_| SettingsError::Wrong(settings.problems()))
}

/// The image that everything starts from.
pub(super) fn base_image(w: &Workflow, settings: &BaseImageSettings) -> Input<ImageId> {
    let image = w.step("base-image").does(LatestImage {
        owners: vec![settings.owner.clone()],
        name: settings.name.clone(),
        architecture: "x86_64".to_owned(),
        root_device_type: "ebs".to_owned(),
        newest_by: NewestBy::CreationDate,
    });
    image.id()
}

impl ClusterSettings {
    /// The name of the image that its nodes start from, unless one is given by its id.
    ///
    /// # Errors
    ///
    /// When the script that makes it cannot be written, which is a mistake of this crate's.
    pub fn node_image_name(&self) -> Result<String, SettingsError> {
        Ok(bake(self)?.image_name(&self.base_image))
    }
}

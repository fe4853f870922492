//! [`node_image()`]: the image of the cluster's machines, and [`builder()`], the machine that it is
//! taken of.

use super::ClusterBase;
use crate::{
    ImageId, InstanceId, Tags,
    ec2::{Image, Instance, StoppedInstance},
    settings::NodeImageSettings,
};
use hopper_core::{Input, Workflow};
use std::net::Ipv4Addr;

/// A machine that an image is taken of, running.
#[derive(Clone, Debug)]
pub struct Builder {
    /// The instance.
    pub instance: Input<InstanceId>,
    /// Its address in the VPC.
    pub private_ip: Input<Ipv4Addr>,
}

/// The chapter's builder, with its names and tags. Its address is fixed, so that it cannot be given
/// the one that the master is to have (15 in the [list of mends](super::chapter())).
pub fn builder(
    w: &Workflow,
    base: &ClusterBase,
    base_image: Input<ImageId>,
    settings: &NodeImageSettings,
) -> Builder {
    let group = base.group(w, "k8s-ami", "Kubernetes AMI Instances");
    let ssh = base.ssh(w, &group.id());
    let subnet = base.network.private_subnet.clone();
    let instance = w.step("builder").does(Instance {
        security_groups: vec![group.id().once(&ssh)],
        key_name: base.key_name.clone().into(),
        private_ip: settings.private_ip,
        stopped_later: true,
        tags: base.tags.clone().and(&Tags::named("kubernetes-node-ami")),
        ..Instance::new(base_image, &*settings.instance_type, subnet)
    });
    Builder { instance: instance.id(), private_ip: instance.private_ip() }
}

/// The image of the cluster's machines, taken of a [`builder()`] that was stopped.
///
/// The chapter's image, with its name and tags. What differs from the chapter's commands, and why
/// (numbers are those of the [list of mends](super::chapter())):
///
/// - The builder is stopped before the image is taken, and the image is available before anything
///   starts from it (8).
/// - Undoing takes the image's snapshots too, and the builder with its volume and its group,
///   which the chapter forgets (12). The image's name is free again afterwards. The builder does
///   not wait for the image to go, nor so for the machines that were launched from it.
pub fn node_image(
    w: &Workflow,
    base: &ClusterBase,
    builder: Input<InstanceId>,
    settings: &NodeImageSettings,
) -> Input<ImageId> {
    let stopped = w.step("stop").does(StoppedInstance { instance: builder, start_on_undo: false });
    let image = w.step("image").outlives(&stopped).does(Image {
        instance: stopped,
        name: settings.name.as_str().into(),
        description: settings.description.clone(),
        tags: base.tags.clone(),
    });
    image.id()
}

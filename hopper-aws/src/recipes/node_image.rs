//! [`node_image()`]: the image of the cluster's machines.

use super::ClusterBase;
use crate::{
    ImageId, Tags,
    ec2::{Image, Instance, StoppedInstance},
    settings::NodeImageSettings,
};
use hopper_core::{Input, Workflow};

/// The image of the cluster's machines, taken of a machine that was stopped.
///
/// The chapter's builder and image, with their names and tags. Nothing is installed on the builder
/// here: the image is a copy of the one it started from. What differs from the chapter's commands,
/// and why (numbers are those of the [list of mends](super::chapter())):
///
/// - The builder runs before it is stopped, is stopped before the image is taken, and the image is
///   available before anything starts from it (8).
/// - The builder's address is fixed, so that it cannot be given the one that the master is to
///   have (15).
/// - Undoing takes the image's snapshots too, and the builder with its volume and its group,
///   which the chapter forgets (12). The image's name is free again afterwards. The builder does
///   not wait for the image to go, nor so for the machines that were launched from it.
pub fn node_image(
    w: &Workflow,
    base: &ClusterBase,
    base_image: Input<ImageId>,
    settings: &NodeImageSettings,
) -> Input<ImageId> {
    let group = base.group(w, "k8s-ami", "Kubernetes AMI Instances");
    let ssh = base.ssh(w, &group.id());
    let subnet = base.network.private_subnet.clone();
    let builder = w.step("builder").does(Instance {
        security_groups: vec![group.id().once(&ssh)],
        key_name: base.key_name.clone().into(),
        private_ip: settings.private_ip,
        stopped_later: true,
        tags: base.tags.clone().and(&Tags::named("kubernetes-node-ami")),
        ..Instance::new(base_image, &*settings.instance_type, subnet)
    });
    let stopped =
        w.step("stop").does(StoppedInstance { instance: builder.id(), start_on_undo: false });
    let image = w.step("image").outlives(&stopped).does(Image {
        instance: stopped,
        name: settings.name.as_str().into(),
        description: settings.description.clone(),
        tags: base.tags.clone(),
    });
    image.id()
}

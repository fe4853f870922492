//! Which images of containers a node has, or can have.

use super::node::flags;
use super::permission;
use super::step::Step;
use crate::ec2::reaches_internet;
use crate::host::program::containerd;
use crate::host::program::kubeadm::is_of_2018;

/// What a kubelet does to pull from ECR. Until 1.27 it logged in by itself.
const ACTIONS: [&str; 3] =
    ["ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];

/// Whether an image is on a host's disk.
pub(super) fn is_there(step: &mut Step<'_>, instance_id: &str, image: &str) -> bool {
    containerd::has_image(step.world.hosts().disk(instance_id), image)
}

/// It is on a host's disk from now on.
pub(super) fn keep(step: &mut Step<'_>, instance_id: &str, image: &str) {
    containerd::keep_image(step.world.hosts().disk(instance_id), image);
}

/// Why a host cannot fetch an image, in the kubelet's words.
pub(super) fn complaint(step: &mut Step<'_>, instance_id: &str, image: &str) -> Option<String> {
    let registry = image.split('/').next().unwrap_or_default();
    let failed = |why: String| {
        Some(format!("Failed to pull image \"{image}\": failed to resolve image: {why}"))
    };
    if !reaches_internet(step.world, instance_id, 443) {
        let why =
            format!("failed to do request: Head \"https://{registry}/v2/\": dial tcp: i/o timeout");
        return failed(why);
    }
    if !(registry.contains(".dkr.ecr.") && registry.ends_with(".amazonaws.com")) {
        return None;
    }
    let unauthorized = "unexpected status from HEAD request: 401 Unauthorized";
    let disk = step.world.hosts().disk(instance_id);
    let flags = flags(disk);
    let flag = |name: &str| flags.get(name).cloned().unwrap_or_default();
    if is_of_2018(&step.cluster.kubernetes_version) {
        if flag("cloud-provider") != "aws" {
            return failed(format!("{unauthorized}: no basic auth credentials"));
        }
        let (action, role) = permission::denied(step.world, instance_id, &ACTIONS, &[])?;
        let why = format!("{role} is not authorized to perform: {action}");
        return failed(format!("{unauthorized}: {why}"));
    }
    let config = disk.text(&flag("image-credential-provider-config"));
    let program = format!("{}/ecr-credential-provider", flag("image-credential-provider-bin-dir"));
    let is_program = disk.get(&program).is_some_and(|node| node.mode & 0o111 != 0);
    if !config.contains("ecr-credential-provider") || !config.contains("dkr.ecr") {
        let why = "the kubelet has no image credential provider for this registry: \
                   --image-credential-provider-config names no configuration with \
                   ecr-credential-provider";
        return failed(format!("{unauthorized}: {why}"));
    }
    if !is_program {
        return failed(format!("{unauthorized}: plugin binary executable {program} did not exist"));
    }
    let (action, role) = permission::denied(step.world, instance_id, &ACTIONS, &[])?;
    failed(format!("{unauthorized}: {role} is not authorized to perform: {action}"))
}

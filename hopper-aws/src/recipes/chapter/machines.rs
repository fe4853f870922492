//! [`chapter_machines()`]: the cluster of the chapter, as far as AWS makes it.

use super::ground::Ground;
use crate::{
    ImageId,
    recipes::{Bastion, ControlPlane, Identity, KubernetesLeftovers, Network, Workers},
    settings::{ChapterSettings, SettingsError},
};
use hopper_core::{Input, Workflow};

/// The machines of the chapter, and what they stand on.
#[derive(Clone, Debug)]
pub struct ChapterMachines {
    /// The private network.
    pub network: Network,
    /// What Kubernetes makes on its own.
    pub kubernetes: KubernetesLeftovers,
    /// The bastion.
    pub bastion: Bastion,
    /// The instance profiles.
    pub identity: Identity,
    /// The image of the cluster's machines.
    pub node_image: Input<ImageId>,
    /// The master.
    pub control_plane: ControlPlane,
    /// The workers.
    pub workers: Workers,
}

/// The cluster of the chapter as far as AWS makes it: the recipe
/// [`chapter`](crate::recipes::chapter()) without what happens inside the machines. There is no Kubernetes on them: the image is a copy
/// of the one that its builder started from, and the workers are given nothing to run.
///
/// ```
/// use hopper_aws::{recipes::chapter_machines, settings::ChapterSettings};
/// use hopper_core::Workflow;
///
/// let settings = ChapterSettings::default();
/// let w = Workflow::new(&*settings.name);
/// let machines = chapter_machines(&w, &settings)?;
/// println!("{}", w.plan()?);
/// # let _ = machines;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// Settings that cannot be right: all of them.
pub fn chapter_machines(
    w: &Workflow,
    settings: &ChapterSettings,
) -> Result<ChapterMachines, SettingsError> {
    let ground = Ground::new(w, settings)?;
    let node_image = ground.node_image(ground.builder().instance);
    let control_plane = ground.control_plane(&node_image);
    let workers = ground.workers(&control_plane, &node_image, None);
    let Ground { network, kubernetes, bastion, identity, .. } = ground;
    Ok(ChapterMachines {
        network,
        kubernetes,
        bastion,
        identity,
        node_image,
        control_plane,
        workers,
    })
}

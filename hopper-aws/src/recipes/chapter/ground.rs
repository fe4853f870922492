//! [`Ground`]: what the machines of the chapter stand on, and the machines.

use crate::{
    ImageId, InstanceId, PublicKey,
    ec2::{KeyPair, LatestImage, LatestImageRefs, NewestBy, UserData},
    recipes::{
        Bastion, Builder, ClusterBase, ControlPlane, Identity, KubernetesLeftovers, Network,
        Workers, bastion, builder, control_plane, identity, kubernetes_leftovers, network,
        node_image, workers,
    },
    settings::{ChapterSettings, ControlPlaneSettings, NodeImageSettings, SettingsError},
};
use hopper_core::{Input, Workflow};

/// What the machines of the chapter stand on.
pub(super) struct Ground<'a> {
    w: &'a Workflow,
    settings: &'a ChapterSettings,
    base_image: LatestImageRefs,
    base: ClusterBase,
    pub(super) network: Network,
    pub(super) kubernetes: KubernetesLeftovers,
    pub(super) bastion: Bastion,
    pub(super) identity: Identity,
}

impl<'a> Ground<'a> {
    /// The network, the key pair, the bastion and the roles.
    ///
    /// # Errors
    ///
    /// Settings that cannot be right: all of them.
    pub(super) fn new(
        w: &'a Workflow,
        settings: &'a ChapterSettings,
    ) -> Result<Self, SettingsError> {
        settings.checked()?;
        let public_key: PublicKey =
            settings.public_key.parse().map_err(|_| SettingsError::Wrong(settings.problems()))?;
        let (name, tags) = (&*settings.name, &settings.tags);
        let network = network(&w.scope("network"), name, &settings.network, tags);
        let kubernetes =
            kubernetes_leftovers(&w.scope("kubernetes"), name, &network, settings.delete_volumes);
        let key = w.step("key-pair").does(KeyPair {
            name: settings.key_name.clone(),
            public_key: public_key.into(),
            tags: tags.clone(),
        });
        let base_image = w.step("base-image").does(LatestImage {
            owners: vec![settings.base_image.owner.clone()],
            name: settings.base_image.name.clone(),
            architecture: "x86_64".to_owned(),
            root_device_type: "ebs".to_owned(),
            newest_by: NewestBy::Name,
        });
        let bastion = bastion(
            &w.scope("bastion"),
            &network,
            base_image.id(),
            key.name(),
            &settings.bastion,
            tags,
        );
        let identity = identity(&w.scope("identity"), &settings.identity, tags);
        let base = ClusterBase {
            name: name.to_owned(),
            key_name: key.name(),
            network: network.clone(),
            bastion: bastion.clone(),
            kubernetes: kubernetes.clone(),
            tags: tags.clone(),
        };
        Ok(Self { w, settings, base_image, base, network, kubernetes, bastion, identity })
    }

    /// The machine that the node image is taken of.
    pub(super) fn builder(&self) -> Builder {
        let settings = NodeImageSettings {
            private_ip: Some(self.settings.node_image.address(&self.settings.network)),
            ..self.settings.node_image.clone()
        };
        builder(&self.w.scope("node-image"), &self.base, self.base_image.id(), &settings)
    }

    /// The image, of the builder once it is as it shall be.
    pub(super) fn node_image(&self, builder: Input<InstanceId>) -> Input<ImageId> {
        let w = self.w.scope("node-image");
        node_image(&w, &self.base, builder, &self.settings.node_image)
    }

    /// The master.
    pub(super) fn control_plane(&self, image: &Input<ImageId>) -> ControlPlane {
        let settings = ControlPlaneSettings {
            private_ip: Some(self.settings.control_plane.address(&self.settings.network)),
            ..self.settings.control_plane.clone()
        };
        let profile = self.identity.master.clone();
        control_plane(&self.w.scope("control-plane"), &self.base, image.clone(), profile, &settings)
    }

    /// The workers, with what they are given to run.
    pub(super) fn workers(
        &self,
        control_plane: &ControlPlane,
        image: &Input<ImageId>,
        user_data: Option<UserData>,
    ) -> Workers {
        workers(
            &self.w.scope("workers"),
            &self.base,
            control_plane,
            image.clone(),
            self.identity.node.clone(),
            user_data,
            &self.settings.workers,
        )
    }
}

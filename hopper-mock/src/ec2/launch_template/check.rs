//! What is checked of [`LaunchTemplateData`] when a template is made.
//!
//! "Launch template parameters are not fully validated when you create the launch template" (EC2
//! user guide): the shape of ids, user data and tags, and values of a fixed list. The rest is
//! checked when something is launched.

use super::LaunchTemplateData;
use crate::ec2::tag_specification::tags_for;
use crate::ec2::{
    Image, Instance, NetworkInterface, SecurityGroup, Snapshot, Subnet, Volume, instance,
    instance_type, volume_type,
};
use crate::wire::AwsError;
use crate::world::{Kind, Resource as _, World};

impl LaunchTemplateData {
    /// Refuses what no launch could ever take.
    pub(super) fn check(&self, world: &World) -> Result<(), AwsError> {
        if let Some(id) = &self.image_id {
            Image::KIND.check(id)?;
        }
        if let Some(name) = &self.instance_type {
            instance_type::named(name)?;
        }
        let of_interfaces = self.interfaces.iter().flat_map(|interface| &interface.group_ids);
        for id in self.group_ids.iter().chain(of_interfaces) {
            SecurityGroup::KIND.check(id)?;
        }
        for interface in &self.interfaces {
            if let Some(id) = &interface.subnet_id {
                Subnet::KIND.check(id)?;
            }
            if let Some(id) = &interface.network_interface_id {
                NetworkInterface::KIND.check(id)?;
            }
        }
        for ebs in self.mappings.iter().filter_map(|mapping| mapping.ebs.as_ref()) {
            if let Some(id) = &ebs.snapshot_id {
                Snapshot::KIND.check(id)?;
            }
            if let Some(name) = &ebs.volume_type {
                volume_type::check_name(name)?;
            }
        }
        if let Some(options) = &self.metadata_options {
            options.check()?;
        }
        // Seen in public logs (terraform-aws-github-runner #3700, ec2-spot-workshops #15): another
        // code than that of a launch.
        instance::check_user_data(world, self.user_data.as_deref())
            .map_err(|error| AwsError::new("InvalidUserData.Malformed", error.message))?;
        let kinds: [&Kind; 3] = [&Instance::KIND, &Volume::KIND, &NetworkInterface::KIND];
        for kind in kinds {
            tags_for(world, &self.tag_specifications, kind, &kinds)?;
        }
        Ok(())
    }
}

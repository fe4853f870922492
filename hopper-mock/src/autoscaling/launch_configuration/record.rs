//! [`LaunchConfiguration`]: the record.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::BlockDeviceMapping;
use crate::Time;
use crate::ec2::launch_template::LaunchTemplateData;
use crate::wire::{AwsError, Params, Xml, from_params};
use crate::world::{Kind, Resource, Tags, World};

/// A launch configuration. It never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunchConfiguration {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// When it was made.
    pub created_time: Time,
    /// The image to launch.
    pub image_id: String,
    /// The type to launch.
    pub instance_type: String,
    /// The key pair.
    pub key_name: Option<String>,
    /// The ids of the security groups.
    pub security_groups: Vec<String>,
    /// The user data, in base64.
    pub user_data: Option<String>,
    /// The name or the ARN of the instance profile.
    pub iam_instance_profile: Option<String>,
    /// Whether instances get a public address; if it is not said, the subnet decides.
    pub associate_public_ip_address: Option<bool>,
    /// Whether instances are monitored in detail.
    pub instance_monitoring: bool,
    /// Whether instances are optimized for EBS.
    pub ebs_optimized: bool,
    /// `default` or `dedicated`.
    pub placement_tenancy: Option<String>,
    /// How instances may ask for metadata.
    pub metadata_options: Option<MetadataOptions>,
    /// The disks.
    pub block_device_mappings: Vec<BlockDeviceMapping>,
    /// Always empty: launch configurations have no tags.
    pub tags: Tags,
}

/// How instances may ask for metadata, with the API's names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct MetadataOptions {
    /// `optional` or `required`.
    pub http_tokens: Option<String>,
    /// How many hops an answer with a token may go.
    pub http_put_response_hop_limit: Option<u32>,
    /// `enabled` or `disabled`.
    pub http_endpoint: Option<String>,
}

impl LaunchConfiguration {
    /// How describes show it.
    pub(super) fn show(&self) -> Xml {
        let metadata = self.metadata_options.as_ref().map(|options| {
            let members = options.members().into_iter();
            members.fold(Xml::new(), |xml, (name, value)| xml.text(name, value))
        });
        Xml::new()
            .text("LaunchConfigurationName", &self.name)
            .text("LaunchConfigurationARN", &self.arn)
            .text("ImageId", &self.image_id)
            .text("KeyName", self.key_name.clone().unwrap_or_default())
            .texts("SecurityGroups", &self.security_groups)
            .texts("ClassicLinkVPCSecurityGroups", [""; 0])
            .text("UserData", self.user_data.clone().unwrap_or_default())
            .text("InstanceType", &self.instance_type)
            .text("KernelId", "")
            .text("RamdiskId", "")
            .list("BlockDeviceMappings", self.block_device_mappings.iter().map(|disk| disk.show()))
            .node("InstanceMonitoring", Xml::new().text("Enabled", self.instance_monitoring))
            .opt("IamInstanceProfile", self.iam_instance_profile.as_ref())
            .text("CreatedTime", self.created_time)
            .text("EbsOptimized", self.ebs_optimized)
            .opt("AssociatePublicIpAddress", self.associate_public_ip_address)
            .opt("PlacementTenancy", self.placement_tenancy.as_ref())
            .opt_node("MetadataOptions", metadata)
    }

    /// What an instance of it shall be.
    ///
    /// # Errors
    /// Words that EC2 does not know, in what is checked only at the launch.
    pub(in crate::autoscaling) fn data(&self) -> Result<LaunchTemplateData, AwsError> {
        Ok(from_params(&Params::from_pairs(self.parameters())?)?)
    }

    /// The parameters of a launch, as `RunInstances` takes them.
    fn parameters(&self) -> Vec<(String, String)> {
        let mut parameters = Vec::new();
        let mut add =
            |name: &str, value: &str| parameters.push((name.to_owned(), value.to_owned()));
        add("ImageId", &self.image_id);
        add("InstanceType", &self.instance_type);
        add("Monitoring.Enabled", &self.instance_monitoring.to_string());
        add("EbsOptimized", &self.ebs_optimized.to_string());
        let optional = [
            ("KeyName", &self.key_name),
            ("UserData", &self.user_data),
            ("Placement.Tenancy", &self.placement_tenancy),
        ];
        for (name, value) in optional {
            if let Some(value) = value {
                add(name, value);
            }
        }
        if let Some(profile) = &self.iam_instance_profile {
            let member = if profile.starts_with("arn:") { "Arn" } else { "Name" };
            add(&format!("IamInstanceProfile.{member}"), profile);
        }
        // Whether there is a public address can only be said of an interface.
        let prefix = match self.associate_public_ip_address {
            None => "",
            Some(is_public) => {
                add("NetworkInterface.1.DeviceIndex", "0");
                add("NetworkInterface.1.AssociatePublicIpAddress", &is_public.to_string());
                "NetworkInterface.1."
            }
        };
        for (n, group_id) in (1..).zip(&self.security_groups) {
            add(&format!("{prefix}SecurityGroupId.{n}"), group_id);
        }
        for (name, value) in self.metadata_options.iter().flat_map(MetadataOptions::members) {
            add(&format!("MetadataOptions.{name}"), &value);
        }
        for (n, disk) in (1..).zip(&self.block_device_mappings) {
            parameters.extend(disk.parameters(n));
        }
        parameters
    }
}

impl MetadataOptions {
    fn members(&self) -> Vec<(&'static str, String)> {
        let hops = self.http_put_response_hop_limit.map(|hops| hops.to_string());
        let members = [
            ("HttpTokens", self.http_tokens.clone()),
            ("HttpPutResponseHopLimit", hops),
            ("HttpEndpoint", self.http_endpoint.clone()),
        ];
        members.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

impl Resource for LaunchConfiguration {
    /// It has a name instead of an id, so ids of this kind do not occur.
    const KIND: Kind = Kind {
        name: "launch-configuration",
        prefix: "",
        noun: "launch configuration",
        malformed: "ValidationError",
        missing: "ValidationError",
    };

    fn table(world: &World) -> &BTreeMap<String, Self> {
        &world.autoscaling.launch_configurations
    }

    fn table_mut(world: &mut World) -> &mut BTreeMap<String, Self> {
        &mut world.autoscaling.launch_configurations
    }

    fn id(&self) -> &str {
        &self.name
    }

    fn tags(&self) -> &Tags {
        &self.tags
    }

    fn tags_mut(&mut self) -> &mut Tags {
        &mut self.tags
    }
}

//! [`LaunchTemplateData`]: what an instance shall be, in a template as in a launch.

use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use super::options::{
    CapacityReservationSpecification, CpuOptions, CreditSpecification, EnclaveOptions,
    HibernationOptions, MaintenanceOptions, Monitoring, Placement, PrivateDnsNameOptions,
    ShutdownBehavior,
};
use crate::ec2::block_device::BlockDeviceMapping;
use crate::ec2::instance::{InterfaceRequest, MetadataRequest, ProfileRequest};
use crate::ec2::tag_specification::TagSpecification;

/// What an instance shall be, named as on the wire. Where a member is absent, the launch decides.
///
/// `RunInstances`, launch templates and Auto Scaling all speak in it, so what one of them
/// understands all do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
pub struct LaunchTemplateData {
    pub(crate) image_id: Option<String>,
    pub(crate) instance_type: Option<String>,
    pub(crate) key_name: Option<String>,
    /// In base64.
    pub(crate) user_data: Option<String>,
    #[serde(rename = "SecurityGroupId")]
    pub(crate) group_ids: Vec<String>,
    #[serde(rename = "SecurityGroup")]
    pub(crate) group_names: Vec<String>,
    #[serde(rename = "NetworkInterface")]
    pub(crate) interfaces: Vec<InterfaceRequest>,
    #[serde(rename = "BlockDeviceMapping")]
    pub(crate) mappings: Vec<BlockDeviceMapping>,
    pub(crate) iam_instance_profile: Option<ProfileRequest>,
    pub(crate) credit_specification: Option<CreditSpecification>,
    pub(crate) metadata_options: Option<MetadataRequest>,
    #[serde(rename = "TagSpecification")]
    pub(crate) tag_specifications: Vec<TagSpecification>,
    pub(crate) monitoring: Option<Monitoring>,
    pub(crate) placement: Option<Placement>,
    pub(crate) ebs_optimized: Option<bool>,
    pub(crate) disable_api_termination: Option<bool>,
    pub(crate) disable_api_stop: Option<bool>,
    pub(crate) instance_initiated_shutdown_behavior: Option<ShutdownBehavior>,
    pub(crate) cpu_options: Option<CpuOptions>,
    pub(crate) capacity_reservation_specification: Option<CapacityReservationSpecification>,
    pub(crate) enclave_options: Option<EnclaveOptions>,
    pub(crate) hibernation_options: Option<HibernationOptions>,
    pub(crate) maintenance_options: Option<MaintenanceOptions>,
    pub(crate) private_dns_name_options: Option<PrivateDnsNameOptions>,
}

impl LaunchTemplateData {
    /// These members, and those of `base` where these are absent.
    pub(crate) fn over(self, base: Self) -> Self {
        fn own<T>(own: Vec<T>, base: Vec<T>) -> Vec<T> {
            if own.is_empty() { base } else { own }
        }
        Self {
            image_id: self.image_id.or(base.image_id),
            instance_type: self.instance_type.or(base.instance_type),
            key_name: self.key_name.or(base.key_name),
            user_data: self.user_data.or(base.user_data),
            group_ids: own(self.group_ids, base.group_ids),
            group_names: own(self.group_names, base.group_names),
            interfaces: own(self.interfaces, base.interfaces),
            mappings: own(self.mappings, base.mappings),
            iam_instance_profile: self.iam_instance_profile.or(base.iam_instance_profile),
            credit_specification: self.credit_specification.or(base.credit_specification),
            metadata_options: self.metadata_options.or(base.metadata_options),
            tag_specifications: own(self.tag_specifications, base.tag_specifications),
            monitoring: self.monitoring.or(base.monitoring),
            placement: self.placement.or(base.placement),
            ebs_optimized: self.ebs_optimized.or(base.ebs_optimized),
            disable_api_termination: self.disable_api_termination.or(base.disable_api_termination),
            disable_api_stop: self.disable_api_stop.or(base.disable_api_stop),
            instance_initiated_shutdown_behavior: self
                .instance_initiated_shutdown_behavior
                .or(base.instance_initiated_shutdown_behavior),
            cpu_options: self.cpu_options.or(base.cpu_options),
            capacity_reservation_specification: self
                .capacity_reservation_specification
                .or(base.capacity_reservation_specification),
            enclave_options: self.enclave_options.or(base.enclave_options),
            hibernation_options: self.hibernation_options.or(base.hibernation_options),
            maintenance_options: self.maintenance_options.or(base.maintenance_options),
            private_dns_name_options: self
                .private_dns_name_options
                .or(base.private_dns_name_options),
        }
    }

    /// Only the members that are there, named as in requests.
    pub(super) fn members(&self) -> Value {
        // Texts, numbers and lists of them always serialize.
        let mut members = serde_json::to_value(self).unwrap_or_default();
        prune(&mut members);
        members
    }
}

/// Serializes only the members that are there.
pub(super) fn members<S: Serializer>(data: &LaunchTemplateData, out: S) -> Result<S::Ok, S::Error> {
    data.members().serialize(out)
}

/// Takes out what is absent, at every depth.
fn prune(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(prune);
            members.retain(|_, value| {
                !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty())
            });
        }
        Value::Array(list) => list.iter_mut().for_each(prune),
        _ => {}
    }
}

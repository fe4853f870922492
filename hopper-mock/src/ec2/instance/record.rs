//! [`Instance`]: the record.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::InstanceState;
use crate::Time;
use crate::ec2::StateReason;
use crate::ec2::network_interface;
use crate::ec2::{NetworkInterface, instance_type};
use crate::wire::AwsError;
use crate::world::{Kind, Resource, Tags, World};

/// An instance. Its network interfaces and volumes are in tables of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instance {
    /// Its id.
    pub id: String,
    /// The launch it was part of.
    pub reservation_id: String,
    /// Its place in that launch.
    pub launch_index: u32,
    /// The client token of the launch.
    pub client_token: String,
    /// Its state.
    pub state: InstanceState,
    /// Why it is in that state.
    pub state_reason: Option<StateReason>,
    /// The same for people, with a time.
    pub state_transition_reason: String,
    /// The image it was started from.
    pub image_id: String,
    /// Its type.
    pub instance_type: String,
    /// `x86_64` or `arm64`.
    pub architecture: String,
    /// The device it starts from.
    pub root_device_name: String,
    /// The name of its key pair.
    pub key_name: Option<String>,
    /// Since when it runs, or was last started.
    pub launch_time: Time,
    /// When its operating system last began to start.
    pub boot_time: Time,
    /// The zone it is in.
    pub availability_zone: String,
    /// The VPC it is in.
    pub vpc_id: String,
    /// The subnet its primary interface is in.
    pub subnet_id: String,
    /// Whether it gets a public address each time it starts.
    pub associate_public_ip_address: bool,
    /// `default` or `dedicated`.
    pub tenancy: String,
    /// Its user data, in base64.
    pub user_data: Option<String>,
    /// Whether it cannot be terminated.
    pub disable_api_termination: bool,
    /// Whether it cannot be stopped.
    pub disable_api_stop: bool,
    /// What a shutdown from inside does: `stop` or `terminate`.
    pub shutdown_behavior: String,
    /// Whether it is monitored in detail.
    pub monitoring: bool,
    /// Whether it is optimized for EBS.
    pub ebs_optimized: bool,
    /// The profile it has its credentials from.
    pub iam_instance_profile: Option<IamInstanceProfile>,
    /// `standard` or `unlimited`, for types with CPU credits.
    pub cpu_credits: Option<String>,
    /// What it has of its type's processors, where the launch asked for less than all.
    pub cpu_options: Option<CpuOptions>,
    /// Whether it can have enclaves.
    pub has_enclaves: bool,
    /// Whether AWS brings it back when its hardware fails: `default` or `disabled`.
    pub auto_recovery: String,
    /// Which capacity reservations it may start in: `open` or `none`.
    pub capacity_reservation_preference: String,
    /// What its private name is made of: `ip-name` or `resource-name`.
    pub hostname_type: String,
    /// Whether the name server answers for its id with its private address.
    pub enable_resource_name_dns_a_record: bool,
    /// Whether the name server answers for its id with its IPv6 address.
    pub enable_resource_name_dns_aaaa_record: bool,
    /// How it may ask for metadata.
    pub metadata_options: MetadataOptions,
    /// What its console has printed so far.
    pub console_output: String,
    /// Its tags.
    pub tags: Tags,
}

/// An instance profile as an instance shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IamInstanceProfile {
    /// Its name for policies.
    pub arn: String,
    /// Its unique id.
    pub id: String,
}

/// The processors of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CpuOptions {
    /// How many cores it has.
    pub core_count: u32,
    /// How many threads each core runs.
    pub threads_per_core: u32,
}

/// How an instance may ask the metadata service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetadataOptions {
    /// `optional` or `required`.
    pub http_tokens: String,
    /// How many hops an answer with a token may go.
    pub http_put_response_hop_limit: u32,
    /// `enabled` or `disabled`.
    pub http_endpoint: String,
    /// `enabled` or `disabled`.
    pub http_protocol_ipv6: String,
    /// `enabled` or `disabled`.
    pub instance_metadata_tags: String,
}

impl Instance {
    /// Its network interfaces, the primary one first.
    pub(crate) fn interfaces<'a>(&self, world: &'a World) -> Vec<&'a NetworkInterface> {
        network_interface::of_instance(world, &self.id)
    }

    /// How many virtual CPUs count against the quota: those of what runs or is about to.
    pub(super) fn counted_vcpus(&self) -> u32 {
        match self.state {
            InstanceState::Pending | InstanceState::Running => {
                instance_type::named(&self.instance_type).map_or(0, |found| found.vcpus)
            }
            _ => 0,
        }
    }

    /// Refuses an instance in another state than the one an operation needs.
    pub(super) fn check_state(&self, needed: InstanceState) -> Result<(), AwsError> {
        if self.state == needed {
            return Ok(());
        }
        Err(AwsError::new(
            "IncorrectInstanceState",
            format!("The instance '{}' is not in the '{}' state.", self.id, needed.name()),
        ))
    }
}

impl Resource for Instance {
    const KIND: Kind = Kind {
        name: "instance",
        prefix: "i",
        noun: "instance ID",
        malformed: "InvalidInstanceID.Malformed",
        missing: "InvalidInstanceID.NotFound",
    };

    fn table(world: &World) -> &BTreeMap<String, Self> {
        &world.ec2.instances
    }

    fn table_mut(world: &mut World) -> &mut BTreeMap<String, Self> {
        &mut world.ec2.instances
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn tags(&self) -> &Tags {
        &self.tags
    }

    fn tags_mut(&mut self) -> &mut Tags {
        &mut self.tags
    }

    fn is_leftover(&self) -> bool {
        self.state != InstanceState::Terminated
    }

    fn is_history(&self) -> bool {
        self.state == InstanceState::Terminated
    }
}

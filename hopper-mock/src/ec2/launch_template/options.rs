//! The small structures in `LaunchTemplateData`.

use serde::{Deserialize, Serialize};

/// Where an instance shall be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
pub(crate) struct Placement {
    pub(crate) availability_zone: Option<String>,
    pub(crate) availability_zone_id: Option<String>,
    pub(crate) tenancy: Option<Tenancy>,
    pub(crate) group_name: Option<String>,
}

/// On whose hardware.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Tenancy {
    Default,
    Dedicated,
}

/// Whether it is monitored in detail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Monitoring {
    pub(crate) enabled: bool,
}

/// What it may do without CPU credits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct CreditSpecification {
    pub(crate) cpu_credits: CpuCredits,
}

/// What an instance may do without CPU credits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum CpuCredits {
    Standard,
    Unlimited,
}

impl CpuCredits {
    pub(crate) fn name(self) -> String {
        match self {
            Self::Standard => "standard".to_owned(),
            Self::Unlimited => "unlimited".to_owned(),
        }
    }
}

/// What a shutdown from inside does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ShutdownBehavior {
    #[default]
    Stop,
    Terminate,
}

impl ShutdownBehavior {
    pub(crate) fn name(self) -> String {
        match self {
            Self::Stop => "stop".to_owned(),
            Self::Terminate => "terminate".to_owned(),
        }
    }
}

/// How many of its type's cores an instance has, and how many threads each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
pub(crate) struct CpuOptions {
    pub(crate) core_count: Option<u32>,
    pub(crate) threads_per_core: Option<u32>,
}

/// Whether it may start in a capacity reservation, of which there are none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
pub(crate) struct CapacityReservationSpecification {
    pub(crate) capacity_reservation_preference: Option<CapacityReservationPreference>,
}

/// Which capacity reservations it may start in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum CapacityReservationPreference {
    #[default]
    Open,
    None,
}

impl CapacityReservationPreference {
    pub(crate) fn name(self) -> String {
        match self {
            Self::Open => "open".to_owned(),
            Self::None => "none".to_owned(),
        }
    }
}

/// Whether it can have enclaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
pub(crate) struct EnclaveOptions {
    pub(crate) enabled: bool,
}

/// Whether it can hibernate, which the simulator's machines cannot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
pub(crate) struct HibernationOptions {
    pub(crate) configured: bool,
}

/// How it is looked after.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
pub(crate) struct MaintenanceOptions {
    pub(crate) auto_recovery: Option<AutoRecovery>,
}

/// Whether AWS brings it back when its hardware fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum AutoRecovery {
    #[default]
    Default,
    Disabled,
}

impl AutoRecovery {
    pub(crate) fn name(self) -> String {
        match self {
            Self::Default => "default".to_owned(),
            Self::Disabled => "disabled".to_owned(),
        }
    }
}

/// What its private name is made of, and what the name server answers for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
pub(crate) struct PrivateDnsNameOptions {
    pub(crate) hostname_type: Option<HostnameType>,
    pub(crate) enable_resource_name_dns_a_record: Option<bool>,
    #[serde(rename = "EnableResourceNameDnsAAAARecord")]
    pub(crate) enable_resource_name_dns_aaaa_record: Option<bool>,
}

/// What a host name is made of: the private address or the id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum HostnameType {
    IpName,
    ResourceName,
}

impl HostnameType {
    pub(crate) fn name(self) -> String {
        match self {
            Self::IpName => "ip-name".to_owned(),
            Self::ResourceName => "resource-name".to_owned(),
        }
    }
}

//! [`Quotas`]: how many of each there may be.

use serde::{Deserialize, Serialize};

/// Declares the struct with its defaults beside the fields.
macro_rules! quotas {
    ($($(#[$doc:meta])+ $name:ident: $default:literal,)+) => {
        /// The quotas of a fresh account, as AWS publishes them.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct Quotas {
            $($(#[$doc])+ pub $name: usize,)+
        }

        impl Default for Quotas {
            fn default() -> Self {
                Self { $($name: $default,)+ }
            }
        }

        impl Quotas {
            /// No quota is ever reached.
            pub fn unlimited() -> Self {
                Self { $($name: usize::MAX,)+ }
            }
        }
    };
}

quotas! {
    /// VPCs in a region: `VpcLimitExceeded`.
    vpcs: 5,
    /// Subnets in a VPC: `SubnetLimitExceeded`.
    subnets_per_vpc: 200,
    /// Internet gateways in a region: `InternetGatewayLimitExceeded`.
    internet_gateways: 5,
    /// Elastic IP addresses in a region: `AddressLimitExceeded`.
    addresses: 5,
    /// NAT gateways in a zone: `NatGatewayLimitExceeded`.
    nat_gateways_per_zone: 5,
    /// Route tables in a VPC: `RouteTableLimitExceeded`.
    route_tables_per_vpc: 200,
    /// Routes in a table: `RouteLimitExceeded`.
    routes_per_table: 500,
    /// Security groups in a region: `SecurityGroupLimitExceeded`.
    security_groups: 2_500,
    /// Rules of a security group, each way: `RulesPerSecurityGroupLimitExceeded`.
    rules_per_group: 60,
    /// Security groups on a network interface: `SecurityGroupsPerInterfaceLimitExceeded`.
    groups_per_interface: 5,
    /// Tags on a resource: `TagLimitExceeded`.
    tags: 50,
    /// vCPUs of running on-demand standard instances: `VcpuLimitExceeded`.
    vcpus: 32,
    /// Bytes of user data before base64: `InvalidParameterValue`.
    user_data_bytes: 16_384,
    /// Roles in an account: `LimitExceeded`.
    roles: 1_000,
    /// Instance profiles in an account: `LimitExceeded`.
    instance_profiles: 1_000,
    /// Users in an account: `LimitExceeded`.
    users: 5_000,
    /// Customer managed policies in an account: `LimitExceeded`.
    policies: 1_500,
    /// Versions of a managed policy: `LimitExceeded`.
    versions_per_policy: 5,
    /// Characters of a managed policy without white space: `LimitExceeded`.
    managed_policy_characters: 6_144,
    /// Characters of a trust policy without white space: `LimitExceeded`.
    trust_policy_characters: 2_048,
    /// Characters of all inline policies of a role together: `LimitExceeded`.
    inline_policy_characters: 10_240,
    /// Managed policies attached to a role or a user: `LimitExceeded`.
    attached_policies: 10,
    /// Access keys of a user: `LimitExceeded`.
    access_keys_per_user: 2,
    /// Classic load balancers in a region: `TooManyLoadBalancers`.
    classic_load_balancers: 20,
    /// Network load balancers in a region: `TooManyLoadBalancers`.
    network_load_balancers: 50,
    /// Target groups in a region: `TooManyTargetGroups`.
    target_groups: 3_000,
    /// Parameters in a region, standard and advanced ones together: `ParameterLimitExceeded`.
    parameters: 10_000,
    /// Launch templates in a region: `MaxTemplateLimitExceeded`.
    launch_templates: 5_000,
    /// Versions of a launch template: `MaxTemplateVersionLimitExceeded`.
    versions_per_launch_template: 10_000,
    /// Launch configurations in a region: `LimitExceeded`.
    launch_configurations: 200,
    /// Auto Scaling groups in a region: `LimitExceeded`.
    auto_scaling_groups: 500,
}

//! What AWS documents and the simulator does not have: parameters and filters that are refused on
//! purpose, and under another code than those nobody knows.

use std::borrow::Cow;

use crate::wire::{AwsError, Params, Request};

/// Parameters by operation, as the service model of 2016-11-15 names them on the wire, without the
/// numbers of lists. What is within one of them is meant as well.
const PARAMETERS: &[(&str, &[&str])] = &[
    ("AllocateAddress", &["Address", "CustomerOwnedIpv4Pool", "IpamPoolId", "PublicIpv4Pool"]),
    ("AssignPrivateIpAddresses", &["Ipv4Prefix", "Ipv4PrefixCount"]),
    ("AssociateRouteTable", &["GatewayId", "PublicIpv4Pool"]),
    ("AttachNetworkInterface", &["EnaQueueCount", "EnaSrdSpecification"]),
    ("AttachVolume", &["EbsCardIndex"]),
    ("AuthorizeSecurityGroupEgress", PEERING),
    ("AuthorizeSecurityGroupIngress", PEERING),
    (
        "CopyImage",
        &[
            "DestinationAvailabilityZone",
            "DestinationAvailabilityZoneId",
            "DestinationOutpostArn",
            "KmsKeyId",
            "SnapshotCopyCompletionDurationMinutes",
        ],
    ),
    ("CreateImage", &["BootModeOverride", "SnapshotLocation"]),
    ("CreateImage", DISKS),
    ("CreateLaunchTemplate", &["Operator"]),
    (
        "CreateNatGateway",
        &[
            "AvailabilityMode",
            "AvailabilityZoneAddress",
            "SecondaryAllocationId",
            "SecondaryPrivateIpAddress",
            "SecondaryPrivateIpAddressCount",
            "VpcId",
        ],
    ),
    (
        "CreateNetworkInterface",
        &[
            "ConnectionTrackingSpecification",
            "EnablePrimaryIpv6",
            "InterfaceType",
            "Ipv4Prefix",
            "Ipv4PrefixCount",
            "Ipv6AddressCount",
            "Ipv6Addresses",
            "Ipv6Prefix",
            "Ipv6PrefixCount",
            "Operator",
        ],
    ),
    ("CreateRoute", ROUTES),
    ("CreateSnapshot", &["Location", "OutpostArn"]),
    (
        "CreateSubnet",
        &[
            "Ipv4IpamPoolId",
            "Ipv4NetmaskLength",
            "Ipv6CidrBlock",
            "Ipv6IpamPoolId",
            "Ipv6Native",
            "Ipv6NetmaskLength",
            "OutpostArn",
        ],
    ),
    (
        "CreateVolume",
        &["KmsKeyId", "MultiAttachEnabled", "Operator", "OutpostArn", "VolumeInitializationRate"],
    ),
    (
        "CreateVpc",
        &[
            "AmazonProvidedIpv6CidrBlock",
            "Ipv4IpamPoolId",
            "Ipv4NetmaskLength",
            "Ipv6CidrBlock",
            "Ipv6CidrBlockNetworkBorderGroup",
            "Ipv6IpamPoolId",
            "Ipv6NetmaskLength",
            "Ipv6Pool",
            "VpcEncryptionControl",
        ],
    ),
    ("DeleteRoute", &["DestinationIpv6CidrBlock", "DestinationPrefixListId"]),
    (
        "ModifyInstanceAttribute",
        &[
            "BlockDeviceMapping.NoDevice",
            "BlockDeviceMapping.VirtualName",
            "EnaSupport",
            "EnclaveOptions",
            "Kernel",
            "Ramdisk",
            "SriovNetSupport",
        ],
    ),
    (
        "ModifyNetworkInterfaceAttribute",
        &[
            "AssociatePublicIpAddress",
            "AssociatedSubnetId",
            "Attachment.DefaultEnaQueueCount",
            "Attachment.EnaQueueCount",
            "ConnectionTrackingSpecification",
            "EnablePrimaryIpv6",
            "EnaSrdSpecification",
        ],
    ),
    (
        "ModifySubnetAttribute",
        &[
            "AssignIpv6AddressOnCreation",
            "CustomerOwnedIpv4Pool",
            "DisableLniAtDeviceIndex",
            "EnableLniAtDeviceIndex",
            "EnableResourceNameDnsAAAARecordOnLaunch",
            "MapCustomerOwnedIpOnLaunch",
        ],
    ),
    (
        "RegisterImage",
        &[
            "BillingProduct",
            "ImageLocation",
            "KernelId",
            "RamdiskId",
            "SriovNetSupport",
            "TpmSupport",
            "UefiData",
        ],
    ),
    ("RegisterImage", DISKS),
    ("ReplaceRoute", ROUTES),
    ("RevokeSecurityGroupEgress", PEERING),
    ("RevokeSecurityGroupIngress", PEERING),
    (
        "RunInstances",
        &[
            "AdditionalInfo",
            "ElasticGpuSpecification",
            "EnablePrimaryIpv6",
            "Ipv6Address",
            "Ipv6AddressCount",
            "RamdiskId",
        ],
    ),
    ("RunInstances", LAUNCHES),
    ("RunInstances", DISKS),
    ("StartInstances", &["AdditionalInfo"]),
    ("StopInstances", &["Hibernate"]),
    ("UnassignPrivateIpAddresses", &["Ipv4Prefix"]),
];

/// Those of routes.
const ROUTES: &[&str] = &[
    "CarrierGatewayId",
    "CoreNetworkArn",
    "DestinationIpv6CidrBlock",
    "DestinationPrefixListId",
    "EgressOnlyInternetGatewayId",
    "LocalGatewayId",
    "LocalTarget",
    "OdbNetworkArn",
    "TransitGatewayId",
    "VpcEndpointId",
    "VpcPeeringConnectionId",
];

/// Those of groups in rules.
const PEERING: &[&str] =
    &["IpPermissions.Groups.PeeringStatus", "IpPermissions.Groups.VpcPeeringConnectionId"];

/// Those of disks.
const DISKS: &[&str] = &[
    "BlockDeviceMapping.Ebs.AvailabilityZone",
    "BlockDeviceMapping.Ebs.AvailabilityZoneId",
    "BlockDeviceMapping.Ebs.EbsCardIndex",
    "BlockDeviceMapping.Ebs.KmsKeyId",
    "BlockDeviceMapping.Ebs.OutpostArn",
    "BlockDeviceMapping.Ebs.VolumeInitializationRate",
    "BlockDeviceMapping.VirtualName",
];

/// Those of launches, with or without a template.
const LAUNCHES: &[&str] = &[
    "CapacityReservationSpecification.CapacityReservationTarget",
    "CpuOptions.AmdSevSnp",
    "CpuOptions.NestedVirtualization",
    "ElasticGpuSpecification",
    "ElasticInferenceAccelerator",
    "InstanceMarketOptions",
    "InstanceRequirements",
    "KernelId",
    "LicenseSpecification",
    "Monitoring.MetricCategoryId",
    "NetworkInterface.AssociateCarrierIpAddress",
    "NetworkInterface.ConnectionTrackingSpecification",
    "NetworkInterface.EnaQueueCount",
    "NetworkInterface.EnaSrdSpecification",
    "NetworkInterface.Ipv4Prefix",
    "NetworkInterface.Ipv4PrefixCount",
    "NetworkInterface.Ipv6AddressCount",
    "NetworkInterface.Ipv6Addresses",
    "NetworkInterface.Ipv6Prefix",
    "NetworkInterface.Ipv6PrefixCount",
    "NetworkInterface.PrimaryIpv6",
    "NetworkPerformanceOptions",
    "Operator",
    "Placement.Affinity",
    "Placement.GroupId",
    "Placement.HostId",
    "Placement.HostResourceGroupArn",
    "Placement.PartitionNumber",
    "Placement.SpreadDomain",
    "RamDiskId",
    "SecondaryInterface",
];

/// Filters by operation, of what the simulator has no data about.
const FILTERS: &[(&str, &[&str])] = &[
    ("DescribeAvailabilityZones", &["group-long-name"]),
    (
        "DescribeImages",
        &[
            "free-tier-eligible",
            "image-allowed",
            "image-watermark.*",
            "public-ssm-parameter-name",
            "scan-result.*",
        ],
    ),
    (
        "DescribeInstances",
        &[
            "current-instance-boot-mode",
            "network-performance-options.bandwidth-weighting",
            "usage-operation-update-time",
        ],
    ),
    ("DescribeInstanceStatus", &["application-status.status", "attached-ebs-status.status"]),
    (
        "DescribeInstanceTypes",
        &[
            "auto-recovery-supported",
            "dedicated-hosts-supported",
            "ebs-info.attachment-limit-type",
            "ebs-info.ebs-optimized-info.*",
            "ebs-info.maximum-ebs-attachments",
            "hibernation-supported",
            "network-info.bandwidth-weightings",
            "network-info.encryption-in-transit-supported",
            "network-info.flexible-ena-queues-support",
            "network-info.network-performance",
            "nitro-enclaves-support",
            "nitro-tpm-info.supported-versions",
            "nitro-tpm-support",
            "processor-info.supported-features",
            "processor-info.sustained-clock-speed-in-ghz",
            "reboot-migration-support",
            "supported-boot-mode",
            "vcpu-info.valid-cores",
            "vcpu-info.valid-threads-per-core",
        ],
    ),
];

/// Leaves out what asks for nothing (a flag the simulator does not have that is `false`).
///
/// # Errors
/// `UnsupportedOperation` for what asks for something the simulator does not have.
pub(super) fn check(request: &Request) -> Result<Cow<'_, Request>, AwsError> {
    check_filters(request)?;
    let pairs = request.params.pairs();
    let (idle, asking): (Vec<_>, Vec<_>) = pairs
        .iter()
        .filter(|(name, _)| is_parameter(&request.operation, &without_numbers(name)))
        .partition(|(_, value)| value == "false");
    if let Some((name, _)) = asking.first() {
        return Err(refusal(&format!("The parameter {name}")));
    }
    if idle.is_empty() {
        return Ok(Cow::Borrowed(request));
    }
    let kept = pairs.iter().filter(|pair| !idle.contains(pair));
    let kept = kept.map(|(name, value)| (name, value.as_str()));
    Ok(Cow::Owned(Request { params: Params::from_pairs(kept)?, ..request.clone() }))
}

fn check_filters(request: &Request) -> Result<(), AwsError> {
    for (name, value) in request.params.pairs() {
        if name.starts_with("Filter.") && name.ends_with(".Name") {
            let of_operation = FILTERS.iter().filter(|(known, _)| *known == request.operation);
            let mut patterns = of_operation.flat_map(|(_, patterns)| *patterns);
            let is_meant = |pattern: &&str| match pattern.strip_suffix('*') {
                Some(start) => value.starts_with(start),
                None => value == *pattern,
            };
            if patterns.any(is_meant) {
                return Err(refusal(&format!("The filter '{value}'")));
            }
        }
    }
    Ok(())
}

fn refusal(what: &str) -> AwsError {
    AwsError::new("UnsupportedOperation", format!("{what} is not simulated"))
}

fn is_parameter(operation: &str, path: &str) -> bool {
    let is_template = operation.starts_with("CreateLaunchTemplate");
    if let Some(member) = path.strip_prefix("LaunchTemplateData.").filter(|_| is_template) {
        return LAUNCHES.iter().chain(DISKS).any(|name| is_within(member, name));
    }
    let of_operation = PARAMETERS.iter().filter(|(known, _)| *known == operation);
    of_operation.flat_map(|(_, names)| *names).any(|name| is_within(path, name))
}

fn is_within(path: &str, name: &str) -> bool {
    path.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn without_numbers(name: &str) -> String {
    let parts = name.split('.').filter(|part| part.parse::<u32>().is_err());
    parts.collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Service;

    fn checked(operation: &str, name: &str, value: &str) -> Result<bool, String> {
        let params = [("Other", "kept"), (name, value)];
        let request = Request::new(Service::Ec2, operation, &params).unwrap();
        check(&request).map(|request| request.params.pairs().len() == 2).map_err(|e| e.code)
    }

    #[test]
    fn what_asks_for_something_is_refused() {
        let refused = Err("UnsupportedOperation".to_owned());
        for (operation, names) in PARAMETERS {
            for name in *names {
                assert_eq!(checked(operation, name, "true"), refused, "{operation} {name}");
                assert_eq!(checked(operation, name, "false"), Ok(false), "{operation} {name}");
            }
        }
        let member = "LaunchTemplateData.NetworkInterface.1.Ipv6Addresses.1.Ipv6Address";
        assert_eq!(checked("CreateLaunchTemplateVersion", member, "::1"), refused);
        let filter = "Filter.1.Name";
        assert_eq!(checked("DescribeImages", filter, "scan-result.low"), refused);
        assert_eq!(checked("DescribeImages", filter, "state"), Ok(true));
    }

    #[test]
    fn what_nobody_knows_is_left_to_others() {
        for (operation, name) in [
            ("CreateVpc", "CidrBlock"),
            ("CreateVpc", "Ipv6"),
            ("DeleteVpc", "Ipv6Pool"),
            ("RunInstances", "NetworkInterface.1.SubnetId"),
            ("CreateLaunchTemplate", "LaunchTemplateData.AdditionalInfo"),
        ] {
            assert_eq!(checked(operation, name, "true"), Ok(true), "{operation} {name}");
        }
    }
}

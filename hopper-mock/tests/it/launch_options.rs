//! Rules of what a launch may ask for besides the common.

use crate::ground::Ground;
use crate::support::{accepted, refused};

// [D] What was asked for is shown; what was not has the defaults of the API reference.
#[test]
fn options_are_kept() {
    let ground = Ground::new();
    let id = ground.start(&[
        ("InstanceType", "m5.xlarge"),
        ("CpuOptions.CoreCount", "1"),
        ("CpuOptions.ThreadsPerCore", "2"),
        ("EnclaveOptions.Enabled", "true"),
        ("MaintenanceOptions.AutoRecovery", "disabled"),
        ("CapacityReservationSpecification.CapacityReservationPreference", "none"),
        ("HibernationOptions.Configured", "false"),
        ("PrivateDnsNameOptions.HostnameType", "resource-name"),
        ("PrivateDnsNameOptions.EnableResourceNameDnsARecord", "true"),
    ]);
    let name = format!("{id}.eu-west-1.compute.internal");
    let preference = "capacityReservationSpecification/capacityReservationPreference";
    for (path, expected) in [
        ("cpuOptions/coreCount", "1"),
        ("cpuOptions/threadsPerCore", "2"),
        ("enclaveOptions/enabled", "true"),
        ("maintenanceOptions/autoRecovery", "disabled"),
        (preference, "none"),
        ("hibernationOptions/configured", "false"),
        ("privateDnsNameOptions/hostnameType", "resource-name"),
        ("privateDnsNameOptions/enableResourceNameDnsARecord", "true"),
        ("privateDnsName", name.as_str()),
    ] {
        assert_eq!(ground.shown(&id, path).as_deref(), Some(expected), "{path}");
    }
    for (filter, value) in [
        ("enclave-options.enabled", "true"),
        ("maintenance-options.auto-recovery", "disabled"),
        ("private-dns-name-options.hostname-type", "resource-name"),
        ("network-interface.addresses.primary", "true"),
        ("network-interface.attachment.network-card-index", "0"),
        ("metadata-options.state", "pending"),
    ] {
        let filter = [("Filter.1.Name", filter), ("Filter.1.Value.1", value)];
        let reply = accepted(&ground.mock, "DescribeInstances", &filter);
        assert_eq!(reply.count("reservationSet"), 1, "{filter:?}");
    }

    let id = ground.start(&[("InstanceType", "m5.xlarge")]);
    for (path, expected) in [
        ("cpuOptions/coreCount", "2"),
        ("cpuOptions/threadsPerCore", "2"),
        ("enclaveOptions/enabled", "false"),
        ("maintenanceOptions/autoRecovery", "default"),
        (preference, "open"),
        ("privateDnsNameOptions/hostnameType", "ip-name"),
    ] {
        assert_eq!(ground.shown(&id, path).as_deref(), Some(expected), "{path}");
    }
}

// [D] Cores and threads are given together and within the type; enclaves need Nitro and four
// vCPUs; [U] the codes.
#[test]
fn options_must_fit_the_type() {
    let ground = Ground::new();
    let big = ("InstanceType", "m5.xlarge");
    let one = ("CpuOptions.CoreCount", "1");
    for (launch, code) in [
        (vec![big, one], "InvalidParameterCombination"),
        (vec![big, one, ("CpuOptions.ThreadsPerCore", "3")], "InvalidParameterValue"),
        (
            vec![big, ("CpuOptions.CoreCount", "3"), ("CpuOptions.ThreadsPerCore", "1")],
            "InvalidParameterValue",
        ),
        (vec![("EnclaveOptions.Enabled", "true")], "InvalidParameterCombination"),
        (
            vec![("InstanceType", "m5.large"), ("EnclaveOptions.Enabled", "true")],
            "InvalidParameterCombination",
        ),
        (vec![("HibernationOptions.Configured", "true")], "UnsupportedHibernationConfiguration"),
        (vec![("Placement.GroupName", "close")], "InvalidPlacementGroup.Unknown"),
        (vec![("PrivateDnsNameOptions.HostnameType", "mine")], "InvalidParameterValue"),
        (vec![("InstanceMarketOptions.MarketType", "spot")], "UnsupportedOperation"),
        (vec![("KernelId", "aki-0123")], "UnsupportedOperation"),
        (vec![("BlockDeviceMapping.1.Ebs.KmsKeyId", "key")], "UnsupportedOperation"),
        (vec![("DisableApiTermination", "maybe")], "InvalidParameterValue"),
    ] {
        ground.refused(&launch, &format!("{code}/400"));
    }
}

// [D] A new interface may have secondary addresses, named or counted, as many as the type allows.
#[test]
fn an_interface_may_have_secondary_addresses() {
    let ground = Ground::new();
    let named = [
        ("SubnetId", ""),
        ("InstanceType", "t3.small"),
        ("NetworkInterface.1.DeviceIndex", "0"),
        ("NetworkInterface.1.SubnetId", ground.subnet_id.as_str()),
        ("NetworkInterface.1.PrivateIpAddresses.1.PrivateIpAddress", "10.0.0.10"),
        ("NetworkInterface.1.PrivateIpAddresses.1.Primary", "true"),
        ("NetworkInterface.1.PrivateIpAddresses.2.PrivateIpAddress", "10.0.0.11"),
    ];
    let id = ground.start(&named);
    let second = "networkInterfaceSet/0/privateIpAddressesSet/1/privateIpAddress";
    assert_eq!(ground.shown(&id, "privateIpAddress").as_deref(), Some("10.0.0.10"));
    assert_eq!(ground.shown(&id, second).as_deref(), Some("10.0.0.11"));
    ground.refused(&named, "InvalidIPAddress.InUse/400");

    let counted = |n| {
        let mut launch = named[..4].to_vec();
        launch.push(("NetworkInterface.1.SecondaryPrivateIpAddressCount", n));
        launch
    };
    let reply = ground.run(&counted("3"));
    let addresses = "instancesSet/0/networkInterfaceSet/0/privateIpAddressesSet";
    assert_eq!(reply.count(addresses), 4);
    ground.refused(&counted("4"), "PrivateIpAddressLimitExceeded/400");
    let mut both = named.to_vec();
    both.push(("NetworkInterface.1.SecondaryPrivateIpAddressCount", "1"));
    ground.refused(&both, "InvalidParameterCombination/400");
}

// [D] The host name is made as the subnet says, unless the launch says otherwise.
#[test]
fn the_subnet_says_what_names_are_made_of() {
    let ground = Ground::new();
    let modify = [
        ("SubnetId", ground.subnet_id.as_str()),
        ("PrivateDnsHostnameTypeOnLaunch", "resource-name"),
    ];
    accepted(&ground.mock, "ModifySubnetAttribute", &modify);
    let id = ground.start(&[]);
    let name = format!("{id}.eu-west-1.compute.internal");
    assert_eq!(ground.shown(&id, "privateDnsName"), Some(name));
    let by_address = ("PrivateDnsNameOptions.HostnameType", "ip-name");
    let id = ground.start(&[by_address, ("PrivateIpAddress", "10.0.0.9")]);
    let name = "ip-10-0-0-9.eu-west-1.compute.internal";
    assert_eq!(ground.shown(&id, "privateDnsName").as_deref(), Some(name));
}

// [D] Describes know flags and filters of things the simulator has none of; what it cannot tell is
// refused on purpose.
#[test]
fn common_parameters_of_clients_are_known() {
    let ground = Ground::new();
    let mock = &ground.mock;
    let off = [("IncludeManagedResources", "false")];
    for operation in [
        "DescribeInstances",
        "DescribeInstanceStatus",
        "DescribeVolumes",
        "DescribeNetworkInterfaces",
    ] {
        accepted(mock, operation, &off);
    }
    refused(mock, "DescribeVpcs", &off, "UnknownParameter/400");
    accepted(
        mock,
        "CreateVpc",
        &[("CidrBlock", "10.9.0.0/16"), ("AmazonProvidedIpv6CidrBlock", "false")],
    );
    let ipv6 = [("CidrBlock", "10.9.0.0/16"), ("AmazonProvidedIpv6CidrBlock", "true")];
    refused(mock, "CreateVpc", &ipv6, "UnsupportedOperation/400");
    let filter = [("Filter.1.Name", "hibernation-supported"), ("Filter.1.Value.1", "true")];
    refused(mock, "DescribeInstanceTypes", &filter, "UnsupportedOperation/400");
    let unknown = [("Filter.1.Name", "colour"), ("Filter.1.Value.1", "red")];
    refused(mock, "DescribeInstanceTypes", &unknown, "InvalidParameterValue/400");
    let here = [("NetworkBorderGroup", "eu-west-1")];
    let reply = accepted(mock, "AllocateAddress", &here);
    let id = crate::support::made(&reply, "allocationId");
    let away = [("NetworkBorderGroup", "eu-west-1-wl1"), ("AllocationId", id.as_str())];
    refused(mock, "ReleaseAddress", &away, "InvalidParameterValue/400");
    accepted(mock, "ReleaseAddress", &[here[0], ("AllocationId", &id)]);
}

// [D] Ids and pages exclude each other where the API reference says so.
#[test]
fn ids_and_pages_exclude_each_other() {
    let ground = Ground::new();
    let id = ground.start(&[]);
    for operation in
        ["DescribeInstances", "DescribeInstanceStatus", "DescribeInstanceCreditSpecifications"]
    {
        let both = [("InstanceId.1", id.as_str()), ("MaxResults", "5")];
        refused(&ground.mock, operation, &both, "InvalidParameterCombination/400");
    }
}

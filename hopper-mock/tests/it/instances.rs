//! Rules of instances from launch to end.

use hopper_mock::Quotas;

use crate::ground::Ground;
use crate::support::{accepted, made, refused, seconds};

const UNKNOWN: &str = "i-0123456789abcdef0";

// [D] Pending, running, shutting-down, terminated and listed for about an hour.
#[test]
fn an_instance_goes_through_its_states() {
    let ground = Ground::new();
    let reply = ground.run(&[]);
    assert_eq!(reply.text("instancesSet/0/instanceState/name"), Some("pending"));
    assert_eq!(reply.text("instancesSet/0/instanceState/code"), Some("0"));
    let id = made(&reply, "instancesSet/0/instanceId");
    assert_eq!(ground.state(&id), "pending");
    ground.mock.advance(seconds(13));
    assert_eq!(ground.state(&id), "running");

    let reply = ground.instance("TerminateInstances", &id);
    assert_eq!(reply.text("instancesSet/0/currentState/name"), Some("shutting-down"));
    assert_eq!(reply.text("instancesSet/0/previousState/name"), Some("running"));
    ground.mock.advance(seconds(35));
    assert_eq!(ground.state(&id), "terminated");
    let reason = ground.shown(&id, "stateReason/code");
    assert_eq!(reason.as_deref(), Some("Client.UserInitiatedShutdown"));
    assert_eq!(
        ground.shown(&id, "reason").as_deref(),
        Some("User initiated (2026-01-01 00:00:13 GMT)")
    );
    assert_eq!((ground.shown(&id, "vpcId"), ground.shown(&id, "privateIpAddress")), (None, None));
    let reply = ground.instance("TerminateInstances", &id);
    assert_eq!(reply.text("instancesSet/0/currentState/name"), Some("terminated"));
    ground.mock.advance(seconds(3600));
    let ids = [("InstanceId.1", id.as_str())];
    refused(&ground.mock, "DescribeInstances", &ids, "InvalidInstanceID.NotFound/400");
}

// [D] What is described is what was asked for.
#[test]
fn an_instance_reads_back() {
    let ground = Ground::new();
    crate::key_pairs::key(&ground.mock, "eds_laptop");
    let group = crate::security_groups::group(&ground.mock, &ground.vpc_id, "master");
    let id = ground.running(&[
        ("KeyName", "eds_laptop"),
        ("SecurityGroupId.1", &group),
        ("PrivateIpAddress", "10.0.0.10"),
        ("InstanceType", "t2.medium"),
        ("CreditSpecification.CpuCredits", "unlimited"),
        ("UserData", "IyEvYmluL3No"),
        ("MetadataOptions.HttpTokens", "required"),
        ("MetadataOptions.HttpPutResponseHopLimit", "3"),
        ("Monitoring.Enabled", "true"),
        ("TagSpecification.1.ResourceType", "instance"),
        ("TagSpecification.1.Tag.1.Key", "Name"),
        ("TagSpecification.1.Tag.1.Value", "hopper-k8s-master"),
        ("TagSpecification.2.ResourceType", "volume"),
        ("TagSpecification.2.Tag.1.Key", "Name"),
        ("TagSpecification.2.Tag.1.Value", "disk"),
        ("TagSpecification.3.ResourceType", "network-interface"),
        ("TagSpecification.3.Tag.1.Key", "Name"),
        ("TagSpecification.3.Tag.1.Value", "card"),
    ]);
    for (path, expected) in [
        ("imageId", ground.image_id.as_str()),
        ("instanceType", "t2.medium"),
        ("keyName", "eds_laptop"),
        ("privateIpAddress", "10.0.0.10"),
        ("privateDnsName", "ip-10-0-0-10.eu-west-1.compute.internal"),
        ("dnsName", ""),
        ("subnetId", ground.subnet_id.as_str()),
        ("vpcId", ground.vpc_id.as_str()),
        ("placement/availabilityZone", "eu-west-1a"),
        ("placement/tenancy", "default"),
        ("groupSet/0/groupId", group.as_str()),
        ("groupSet/0/groupName", "master"),
        ("monitoring/state", "enabled"),
        ("rootDeviceName", "/dev/sda1"),
        ("blockDeviceMapping/0/deviceName", "/dev/sda1"),
        ("blockDeviceMapping/0/ebs/status", "attached"),
        ("blockDeviceMapping/0/ebs/deleteOnTermination", "true"),
        ("networkInterfaceSet/0/attachment/deviceIndex", "0"),
        ("networkInterfaceSet/0/attachment/status", "attached"),
        ("networkInterfaceSet/0/groupSet/0/groupId", group.as_str()),
        ("networkInterfaceSet/0/tagSet/0/value", "card"),
        ("metadataOptions/httpTokens", "required"),
        ("metadataOptions/httpPutResponseHopLimit", "3"),
        ("architecture", "x86_64"),
        ("tagSet/0/value", "hopper-k8s-master"),
    ] {
        assert_eq!(ground.shown(&id, path).as_deref(), Some(expected), "{path}");
    }
    assert_eq!(ground.shown(&id, "ipAddress"), None);
    let volume = ground.shown(&id, "blockDeviceMapping/0/ebs/volumeId").unwrap();
    let reply = accepted(&ground.mock, "DescribeVolumes", &[("VolumeId.1", &volume)]);
    assert_eq!(reply.text("volumeSet/0/tagSet/0/value"), Some("disk"));
    let params = [("InstanceId", id.as_str()), ("Attribute", "userData")];
    let reply = accepted(&ground.mock, "DescribeInstanceAttribute", &params);
    assert_eq!(reply.text("userData/value"), Some("IyEvYmluL3No"));
    let reply = ground.instance("DescribeInstanceCreditSpecifications", &id);
    let credits = reply.text("instanceCreditSpecificationSet/0/cpuCredits");
    assert_eq!(credits, Some("unlimited"));
}

// [D] A public address and name come when the instance runs and go when it stops; the private
// ones stay.
#[test]
fn a_public_address_is_there_while_it_runs() {
    let ground = Ground::new();
    let interface = [
        ("SubnetId", ""),
        ("NetworkInterface.1.DeviceIndex", "0"),
        ("NetworkInterface.1.SubnetId", ground.subnet_id.as_str()),
        ("NetworkInterface.1.AssociatePublicIpAddress", "true"),
    ];
    let id = ground.start(&interface);
    assert_eq!(ground.shown(&id, "ipAddress"), None);
    ground.mock.advance(seconds(13));
    let address = ground.shown(&id, "ipAddress").unwrap();
    let name = format!("ec2-{}.eu-west-1.compute.amazonaws.com", address.replace('.', "-"));
    assert_eq!(ground.shown(&id, "dnsName"), Some(name));
    let private = ground.shown(&id, "privateIpAddress");

    ground.instance("StopInstances", &id);
    ground.mock.advance(seconds(25));
    assert_eq!(ground.state(&id), "stopped");
    assert_eq!(
        (ground.shown(&id, "ipAddress"), ground.shown(&id, "privateIpAddress")),
        (None, private)
    );
    ground.instance("StartInstances", &id);
    ground.mock.advance(seconds(13));
    let again = ground.shown(&id, "ipAddress").unwrap();
    assert_ne!(address, again);
}

// [D] A subnet may give every instance a public address, and a launch may refuse it.
#[test]
fn the_subnet_decides_unless_the_launch_does() {
    let ground = Ground::new();
    let map = [("SubnetId", ground.subnet_id.as_str()), ("MapPublicIpOnLaunch.Value", "true")];
    accepted(&ground.mock, "ModifySubnetAttribute", &map);
    let id = ground.running(&[]);
    assert!(ground.shown(&id, "ipAddress").is_some());
    let id = ground.running(&[
        ("SubnetId", ""),
        ("NetworkInterface.1.DeviceIndex", "0"),
        ("NetworkInterface.1.SubnetId", &ground.subnet_id),
        ("NetworkInterface.1.AssociatePublicIpAddress", "false"),
    ]);
    assert_eq!(ground.shown(&id, "ipAddress"), None);
}

// [D] Interface, disk and addresses go with the instance, and what they blocked is free again.
#[test]
fn nothing_is_left_of_a_terminated_instance() {
    let ground = Ground::new();
    let group = crate::security_groups::group(&ground.mock, &ground.vpc_id, "nodes");
    let before = ground.mock.world();
    let id = ground.running(&[("SecurityGroupId.1", &group)]);
    let mock = &ground.mock;
    let left: Vec<_> = mock.world().leftovers().iter().map(|left| left.kind).collect();
    assert_eq!(left.iter().filter(|kind| **kind == "instance").count(), 1);
    assert!(!left.contains(&"volume") && !left.contains(&"network-interface"), "{left:?}");
    refused(mock, "DeleteSubnet", &[("SubnetId", &ground.subnet_id)], "DependencyViolation/400");
    refused(mock, "DeleteSecurityGroup", &[("GroupId", &group)], "DependencyViolation/400");
    ground.instance("TerminateInstances", &id);
    refused(mock, "DeleteSubnet", &[("SubnetId", &ground.subnet_id)], "DependencyViolation/400");
    mock.advance(seconds(35));
    assert_eq!(mock.world().leftovers(), before.leftovers());
    mock.advance(seconds(3600));
    let without_time = mock.world().diff(&before).to_string();
    assert!(!without_time.contains("instances") && !without_time.contains("volumes"));
    accepted(mock, "DeleteSecurityGroup", &[("GroupId", &group)]);
    accepted(mock, "DeleteSubnet", &[("SubnetId", &ground.subnet_id)]);
}

// [D] A disk that does not go with the instance is left.
#[test]
fn a_disk_that_shall_stay_is_left() {
    let ground = Ground::new();
    let id = ground.running(&[
        ("BlockDeviceMapping.1.DeviceName", "/dev/sda1"),
        ("BlockDeviceMapping.1.Ebs.DeleteOnTermination", "false"),
        ("BlockDeviceMapping.1.Ebs.VolumeSize", "30"),
    ]);
    ground.instance("TerminateInstances", &id);
    ground.mock.advance(seconds(35));
    let reply = accepted(&ground.mock, "DescribeVolumes", &[]);
    assert_eq!(reply.texts("volumeSet/*/status"), ["available"]);
    assert_eq!(reply.texts("volumeSet/*/size"), ["30"]);
}

// [D] The interface may be an existing one, which stays.
#[test]
fn an_existing_interface_outlives_the_instance() {
    let ground = Ground::new();
    let eni = crate::support::interface(&ground.mock, &ground.subnet_id);
    let launch = [
        ("SubnetId", ""),
        ("NetworkInterface.1.DeviceIndex", "0"),
        ("NetworkInterface.1.NetworkInterfaceId", eni.as_str()),
    ];
    let id = ground.running(&launch);
    let shown = ground.shown(&id, "networkInterfaceSet/0/networkInterfaceId");
    assert_eq!(shown, Some(eni.clone()));
    ground.refused(&launch, "InvalidNetworkInterface.InUse/400");
    let delete = [("NetworkInterfaceId", eni.as_str())];
    refused(&ground.mock, "DeleteNetworkInterface", &delete, "InvalidParameterValue/400");
    ground.instance("TerminateInstances", &id);
    ground.mock.advance(seconds(35));
    accepted(&ground.mock, "DeleteNetworkInterface", &delete);
}

// [D] Free addresses fall by one for each interface.
#[test]
fn instances_use_up_addresses() {
    let ground = Ground::new();
    let free = || {
        let ids = [("SubnetId.1", ground.subnet_id.as_str())];
        let reply = accepted(&ground.mock, "DescribeSubnets", &ids);
        made(&reply, "subnetSet/0/availableIpAddressCount").parse::<u32>().unwrap()
    };
    assert_eq!(free(), 4091);
    ground.run(&[("MaxCount", "3"), ("MinCount", "3")]);
    assert_eq!(free(), 4088);
}

// [D] What a launch cannot be; nothing is made then.
#[test]
fn bad_launches_are_refused() {
    let ground = Ground::new();
    let long = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, vec![0; 16_385]);
    let arm = crate::ground::image(&ground.mock, "*ubuntu-noble-24.04-amd64*");
    ground.start(&[("PrivateIpAddress", "10.0.0.10"), ("ImageId", &arm)]);
    for (name, value, code) in [
        ("ImageId", "ami-x", "InvalidAMIID.Malformed"),
        ("ImageId", "ami-0123456789abcdef0", "InvalidAMIID.NotFound"),
        ("InstanceType", "t9.huge", "InvalidParameterValue"),
        ("InstanceType", "t4g.small", "InvalidParameterValue"),
        ("KeyName", "nobody", "InvalidKeyPair.NotFound"),
        ("SubnetId", "subnet-0123456789abcdef0", "InvalidSubnetID.NotFound"),
        ("SecurityGroupId.1", "sg-0123456789abcdef0", "InvalidGroup.NotFound"),
        ("SecurityGroup.1", "nodes", "InvalidParameterCombination"),
        ("PrivateIpAddress", "10.0.16.10", "InvalidParameterValue"),
        ("PrivateIpAddress", "10.0.0.2", "InvalidParameterValue"),
        ("PrivateIpAddress", "10.0.0.10", "InvalidIPAddress.InUse"),
        ("UserData", long.as_str(), "InvalidParameterValue"),
        ("UserData", "not base64!", "InvalidParameterValue"),
        ("MinCount", "0", "InvalidParameterValue"),
        ("MinCount", "2", "InvalidParameterValue"),
        ("MaxCount", "many", "InvalidParameterValue"),
        ("MaxCount", "", "MissingParameter"),
        ("SubnetId", "", "VPCIdNotSpecified"),
        ("MetadataOptions.HttpPutResponseHopLimit", "65", "InvalidParameterValue"),
        ("MetadataOptions.HttpTokens", "maybe", "InvalidParameterValue"),
        ("IamInstanceProfile.Name", "Nobody", "InvalidParameterValue"),
        ("Placement.AvailabilityZone", "eu-west-1b", "InvalidParameterValue"),
        ("InstanceInitiatedShutdownBehavior", "sleep", "InvalidParameterValue"),
        ("TagSpecification.1.ResourceType", "vpc", "InvalidParameterValue"),
        ("Colour", "red", "UnknownParameter"),
        ("DryRun", "true", "DryRunOperation"),
    ] {
        let status = if code == "DryRunOperation" { 412 } else { 400 };
        ground.refused(&[(name, value)], &format!("{code}/{status}"));
    }
    let credits = [("InstanceType", "m5.large"), ("CreditSpecification.CpuCredits", "unlimited")];
    ground.refused(&credits, "InvalidParameterCombination/400");
    let small = [
        ("BlockDeviceMapping.1.DeviceName", "/dev/sda1"),
        ("BlockDeviceMapping.1.Ebs.VolumeSize", "4"),
    ];
    ground.refused(&small, "InvalidBlockDeviceMapping/400");
    let both = [
        ("NetworkInterface.1.DeviceIndex", "0"),
        ("NetworkInterface.1.SubnetId", ground.subnet_id.as_str()),
    ];
    ground.refused(&both, "InvalidParameterCombination/400");
    let one_address = [("PrivateIpAddress", "10.0.0.11"), ("MaxCount", "2")];
    ground.refused(&one_address, "InvalidParameterCombination/400");
}

// [O] Group and subnet must be in the same VPC.
#[test]
fn a_group_of_another_vpc_is_refused() {
    let ground = Ground::new();
    let elsewhere = crate::support::vpc(&ground.mock, "10.9.0.0/16");
    let group = crate::security_groups::group(&ground.mock, &elsewhere, "nodes");
    ground.refused(&[("SecurityGroupId.1", &group)], "InvalidParameter/400");
}

// [D] The same token and parameters start nothing new; a token belongs to its parameters, and
// does not bring terminated instances back.
#[test]
fn a_launch_happens_once_for_each_token() {
    let ground = Ground::new();
    let token = ("ClientToken", "token-1");
    let id = ground.start(&[token]);
    ground.mock.advance(seconds(13));
    let reply = ground.run(&[token]);
    assert_eq!(reply.text("instancesSet/0/instanceId"), Some(id.as_str()));
    assert_eq!(reply.text("instancesSet/0/clientToken"), Some("token-1"));
    assert_eq!(ground.mock.world().ec2.instances.len(), 1);
    ground.refused(&[token, ("InstanceType", "t2.small")], "IdempotentParameterMismatch/400");
    ground.instance("TerminateInstances", &id);
    ground.mock.advance(seconds(35));
    ground.refused(&[token], "IdempotentInstanceTerminated/400");
}

// [D] vCPUs have a quota; a launch gets what is left of it, if that is enough.
#[test]
fn a_launch_takes_what_the_quota_leaves() {
    let quotas = Quotas { vcpus: 5, ..Quotas::default() };
    let ground = Ground::built(|builder| builder.quotas(quotas));
    let medium = ("InstanceType", "t2.medium");
    ground.refused(&[medium, ("MinCount", "3"), ("MaxCount", "3")], "VcpuLimitExceeded/400");
    let reply = ground.run(&[medium, ("MinCount", "1"), ("MaxCount", "3")]);
    assert_eq!(reply.texts("instancesSet/*/amiLaunchIndex"), ["0", "1"]);
    ground.refused(&[medium], "VcpuLimitExceeded/400");
    let id = made(&reply, "instancesSet/0/instanceId");
    ground.mock.advance(seconds(13));
    ground.instance("StopInstances", &id);
    ground.mock.advance(seconds(25));
    ground.start(&[medium]);
    refused(&ground.mock, "StartInstances", &[("InstanceId.1", &id)], "VcpuLimitExceeded/400");
}

// [D] Or what the subnet has addresses for.
#[test]
fn a_launch_takes_what_the_subnet_leaves() {
    let ground = Ground::new();
    let tiny = crate::support::subnet(&ground.mock, &ground.vpc_id, "10.0.16.0/28");
    let tiny = ("SubnetId", tiny.as_str());
    let code = "InsufficientFreeAddressesInSubnet/400";
    ground.refused(&[tiny, ("MinCount", "12"), ("MaxCount", "12")], code);
    let reply = ground.run(&[tiny, ("MinCount", "1"), ("MaxCount", "20")]);
    assert_eq!(reply.count("instancesSet"), 11);
    ground.refused(&[tiny], code);
}

// [D] AWS may accept a launch and terminate it at once.
#[test]
fn a_doomed_launch_is_terminated() {
    let ground = Ground::new();
    ground.mock.doom("RunInstances").with("Server.InsufficientInstanceCapacity");
    let id = ground.start(&[]);
    assert_eq!(ground.state(&id), "pending");
    ground.mock.advance(seconds(5));
    assert_eq!(ground.state(&id), "terminated");
    let reason = ground.shown(&id, "stateReason/code");
    assert_eq!(reason.as_deref(), Some("Server.InsufficientInstanceCapacity"));
    assert_eq!(ground.mock.world().ec2.network_interfaces.len(), 0);
    assert_eq!(ground.mock.world().ec2.volumes.len(), 0);
}

// [D] Instances are described by reservation, by filter, and page by page.
#[test]
fn instances_are_found() {
    let ground = Ground::new();
    ground.run(&[("MaxCount", "3"), ("MinCount", "3")]);
    let other = ground.running(&[("InstanceType", "t2.small"), ("PrivateIpAddress", "10.0.0.9")]);
    let mock = &ground.mock;
    let reply = accepted(mock, "DescribeInstances", &[]);
    assert_eq!(reply.count("reservationSet"), 2);
    assert_eq!(reply.texts("reservationSet/*/instancesSet/*/instanceId").len(), 4);
    for (name, value, n) in [
        ("instance-type", "t2.small", 1),
        ("instance-state-name", "running", 4),
        ("private-ip-address", "10.0.0.9", 1),
        ("private-dns-name", "ip-10-0-0-9.*", 1),
        ("vpc-id", ground.vpc_id.as_str(), 4),
        ("network-interface.subnet-id", ground.subnet_id.as_str(), 4),
        ("image-id", ground.image_id.as_str(), 4),
        ("tag:Name", "none", 0),
    ] {
        let filter = [("Filter.1.Name", name), ("Filter.1.Value.1", value)];
        let reply = accepted(mock, "DescribeInstances", &filter);
        let found = reply.texts("reservationSet/*/instancesSet/*/instanceId");
        assert_eq!(found.len(), n, "{name}");
    }
    let both = [("InstanceId.1", other.as_str()), ("MaxResults", "5")];
    refused(mock, "DescribeInstances", &both, "InvalidParameterCombination/400");
    let malformed = [("InstanceId.1", "i-x")];
    refused(mock, "DescribeInstances", &malformed, "InvalidInstanceID.Malformed/400");
    refused(
        mock,
        "DescribeInstances",
        &[("InstanceId.1", UNKNOWN)],
        "InvalidInstanceID.NotFound/400",
    );
}

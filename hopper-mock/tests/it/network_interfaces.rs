//! Rules of network interfaces.

use hopper_mock::{Mock, Visibility};

use crate::ground::Ground;
use crate::support::{
    accepted, blockers, hang_on, interface, made, mock, refused, seconds, subnet, vpc,
};

fn shown(mock: &Mock, id: &str, path: &str) -> Option<String> {
    let reply = accepted(mock, "DescribeNetworkInterfaces", &[("NetworkInterfaceId.1", id)]);
    reply.text(&format!("networkInterfaceSet/0/{path}")).map(str::to_owned)
}

const INSTANCE: &str = "i-0123456789abcdef0";

// [D] An interface reads back as it was made; without groups it is in the default one.
#[test]
fn an_interface_reads_back_as_it_was_made() {
    let mock = mock();
    let subnet_id = subnet(&mock, &vpc(&mock, "10.0.0.0/16"), "10.0.0.0/20");
    let params = [
        ("SubnetId", subnet_id.as_str()),
        ("Description", "spare"),
        ("PrivateIpAddress", "10.0.0.10"),
        ("TagSpecification.1.ResourceType", "network-interface"),
        ("TagSpecification.1.Tag.1.Key", "node"),
        ("TagSpecification.1.Tag.1.Value", "a"),
    ];
    let reply = accepted(&mock, "CreateNetworkInterface", &params);
    assert_eq!(reply.text("networkInterface/status"), Some("pending"));
    let id = made(&reply, "networkInterface/networkInterfaceId");
    mock.advance(seconds(1));
    for (path, expected) in [
        ("status", "available"),
        ("subnetId", subnet_id.as_str()),
        ("availabilityZone", "eu-west-1a"),
        ("description", "spare"),
        ("privateIpAddress", "10.0.0.10"),
        ("privateIpAddressesSet/0/privateIpAddress", "10.0.0.10"),
        ("privateIpAddressesSet/0/primary", "true"),
        ("groupSet/0/groupName", "default"),
        ("interfaceType", "interface"),
        ("sourceDestCheck", "true"),
        ("requesterManaged", "false"),
        ("tagSet/0/key", "node"),
    ] {
        assert_eq!(shown(&mock, &id, path).as_deref(), Some(expected), "{path}");
    }
    assert_eq!(shown(&mock, &id, "privateDnsName"), None, "the VPC has no DNS hostnames");
    let vpc_id = shown(&mock, &id, "vpcId").unwrap();
    let names = [("VpcId", vpc_id.as_str()), ("EnableDnsHostnames.Value", "true")];
    accepted(&mock, "ModifyVpcAttribute", &names);
    let name = shown(&mock, &id, "privateDnsName");
    assert_eq!(name.as_deref(), Some("ip-10-0-0-10.eu-west-1.compute.internal"));
}

// [O] Which addresses can be asked for; the first four and the last are AWS's.
#[test]
fn an_address_must_be_free() {
    let mock = mock();
    let subnet_id = subnet(&mock, &vpc(&mock, "10.0.0.0/16"), "10.0.0.0/24");
    let with = |ip| [("SubnetId", subnet_id.as_str()), ("PrivateIpAddress", ip)];
    let create = "CreateNetworkInterface";
    for ip in ["10.0.0.0", "10.0.0.3", "10.0.0.255", "10.0.1.4", "10.0.0.300"] {
        refused(&mock, create, &with(ip), "InvalidParameterValue/400");
    }
    accepted(&mock, create, &with("10.0.0.4"));
    refused(&mock, create, &with("10.0.0.4"), "InvalidIPAddress.InUse/400");
    accepted(&mock, create, &with("10.0.0.254"));
}

// [D] Addresses that are not asked for are free ones, until there are none.
#[test]
fn a_subnet_fills_up() {
    let mock = mock();
    let subnet_id = subnet(&mock, &vpc(&mock, "10.0.0.0/16"), "10.0.0.0/28");
    let mut ips: Vec<_> = (0..11)
        .map(|_| interface(&mock, &subnet_id))
        .map(|id| shown(&mock, &id, "privateIpAddress").unwrap())
        .map(|ip| ip.rsplit('.').next().unwrap().parse::<u8>().unwrap())
        .collect();
    ips.sort_unstable();
    assert_eq!(ips, (4..15).collect::<Vec<_>>());
    let params = [("SubnetId", subnet_id.as_str())];
    refused(&mock, "CreateNetworkInterface", &params, "InsufficientFreeAddressesInSubnet/400");
}

// [D] The same token gives the same interface.
#[test]
fn a_token_makes_one_interface() {
    let mock = mock();
    let subnet_id = subnet(&mock, &vpc(&mock, "10.0.0.0/16"), "10.0.0.0/24");
    let params = [("SubnetId", subnet_id.as_str()), ("ClientToken", "t")];
    let path = "networkInterface/networkInterfaceId";
    let first = made(&accepted(&mock, "CreateNetworkInterface", &params), path);
    assert_eq!(made(&accepted(&mock, "CreateNetworkInterface", &params), path), first);
    assert_eq!(mock.world().ec2.network_interfaces.len(), 1);
}

// [D] Groups exist, are of the VPC, and are five at most.
#[test]
fn groups_are_of_the_vpc() {
    let mock = mock();
    let (one, other) = (vpc(&mock, "10.0.0.0/16"), vpc(&mock, "10.1.0.0/16"));
    let subnet_id = subnet(&mock, &one, "10.0.0.0/24");
    let with = |group, code| {
        let params = [("SubnetId", subnet_id.as_str()), ("SecurityGroupId.1", group)];
        refused(&mock, "CreateNetworkInterface", &params, code);
    };
    with("sg-0123456789abcdef0", "InvalidGroup.NotFound/400");
    with("default", "InvalidGroupId.Malformed/400");
    let groups = mock.world().ec2.security_groups;
    let foreign = groups.values().find(|group| group.vpc_id == other).unwrap();
    with(&foreign.id, "InvalidParameter/400");
}

// [D] A group on an interface cannot be deleted.
#[test]
fn an_interface_keeps_its_groups() {
    let mock = mock();
    let vpc_id = vpc(&mock, "10.0.0.0/16");
    let subnet_id = subnet(&mock, &vpc_id, "10.0.0.0/24");
    let group = [("GroupName", "nodes"), ("GroupDescription", "n"), ("VpcId", vpc_id.as_str())];
    let group_id = made(&accepted(&mock, "CreateSecurityGroup", &group), "groupId");
    let id = interface(&mock, &subnet_id);
    let put = [("NetworkInterfaceId", id.as_str()), ("SecurityGroupId.1", &group_id)];
    accepted(&mock, "ModifyNetworkInterfaceAttribute", &put);
    assert_eq!(shown(&mock, &id, "groupSet/0/groupName").as_deref(), Some("nodes"));
    let delete = [("GroupId", group_id.as_str())];
    refused(&mock, "DeleteSecurityGroup", &delete, "DependencyViolation/400");
    assert_eq!(blockers(&mock, "DeleteSecurityGroup", &delete), [id.as_str()]);
    accepted(&mock, "DeleteNetworkInterface", &[("NetworkInterfaceId", &id)]);
    accepted(&mock, "DeleteSecurityGroup", &delete);
}

// [D] One attribute a call.
#[test]
fn attributes_are_changed_one_by_one() {
    let mock = mock();
    let id = interface(&mock, &subnet(&mock, &vpc(&mock, "10.0.0.0/16"), "10.0.0.0/24"));
    let one = ("NetworkInterfaceId", id.as_str());
    let modify = "ModifyNetworkInterfaceAttribute";
    accepted(&mock, modify, &[one, ("Description.Value", "new")]);
    accepted(&mock, modify, &[one, ("SourceDestCheck.Value", "false")]);
    assert_eq!(shown(&mock, &id, "description").as_deref(), Some("new"));
    assert_eq!(shown(&mock, &id, "sourceDestCheck").as_deref(), Some("false"));
    let two = [one, ("Description.Value", "x"), ("SourceDestCheck.Value", "true")];
    refused(&mock, modify, &two, "InvalidParameterCombination/400");
    refused(&mock, modify, &[one], "MissingParameter/400");
    let unknown = [
        one,
        ("Attachment.AttachmentId", "eni-attach-0123456789abcdef0"),
        ("Attachment.DeleteOnTermination", "true"),
    ];
    refused(&mock, modify, &unknown, "InvalidAttachmentID.NotFound/400");
    hang_on(&mock, &id, INSTANCE, 0);
    assert_eq!(mock.world().leftovers().last().unwrap().kind, "network-interface");
    accepted(&mock, modify, &unknown);
    assert_eq!(shown(&mock, &id, "attachment/deleteOnTermination").as_deref(), Some("true"));
    assert_eq!(mock.world().leftovers().last().unwrap().kind, "subnet");
}

// [D] attaching, attached, in-use; detaching, available; [O] not the one at index 0.
#[test]
fn an_interface_is_attached_and_detached() {
    let ground = Ground::new();
    let mock = &ground.mock;
    let instance = ground.running(&[]);
    let id = interface(mock, &ground.subnet_id);
    let attach = |index| {
        [
            ("NetworkInterfaceId", id.as_str()),
            ("InstanceId", instance.as_str()),
            ("DeviceIndex", index),
        ]
    };
    refused(mock, "AttachNetworkInterface", &attach("0"), "InvalidParameterValue/400");
    let reply = accepted(mock, "AttachNetworkInterface", &attach("1"));
    let attachment = made(&reply, "attachmentId");
    assert_eq!(shown(mock, &id, "status").as_deref(), Some("in-use"));
    assert_eq!(shown(mock, &id, "attachment/status").as_deref(), Some("attaching"));
    mock.advance(seconds(1));
    assert_eq!(shown(mock, &id, "attachment/status").as_deref(), Some("attached"));
    assert_eq!(shown(mock, &id, "attachment/instanceId"), Some(instance.clone()));
    refused(mock, "AttachNetworkInterface", &attach("2"), "InvalidNetworkInterface.InUse/400");
    let delete = [("NetworkInterfaceId", id.as_str())];
    refused(mock, "DeleteNetworkInterface", &delete, "InvalidParameterValue/400");
    assert_eq!(blockers(mock, "DeleteNetworkInterface", &delete), [instance.as_str()]);

    let detach = [("AttachmentId", attachment.as_str()), ("Force", "true")];
    accepted(mock, "DetachNetworkInterface", &detach);
    assert_eq!(shown(mock, &id, "attachment/status").as_deref(), Some("detaching"));
    mock.advance(seconds(3));
    assert_eq!(shown(mock, &id, "status").as_deref(), Some("available"));
    assert_eq!(shown(mock, &id, "attachment/status"), None);
    refused(mock, "DetachNetworkInterface", &detach, "InvalidAttachmentID.NotFound/400");
    accepted(mock, "DeleteNetworkInterface", &delete);
    let held = "networkInterfaceSet/0/attachment/attachmentId";
    let held = ground.shown(&instance, held).unwrap();
    let params = [("AttachmentId", held.as_str())];
    refused(mock, "DetachNetworkInterface", &params, "OperationNotPermitted/400");
}

// [D] The instance must be there and running or stopped, in the same zone, and of a type with room
// for one more interface with as many addresses.
#[test]
fn an_interface_is_attached_where_it_can_be() {
    let ground = Ground::new();
    let mock = &ground.mock;
    let attach = |id: &str, instance: &str, index: &str, code: &str| {
        let params = [("NetworkInterfaceId", id), ("InstanceId", instance), ("DeviceIndex", index)];
        refused(mock, "AttachNetworkInterface", &params, &format!("{code}/400"));
    };
    let id = interface(mock, &ground.subnet_id);
    attach(&id, INSTANCE, "1", "InvalidInstanceID.NotFound");
    attach(&id, "i-x", "1", "InvalidInstanceID.Malformed");
    let instance = ground.start(&[]);
    attach(&id, &instance, "1", "IncorrectInstanceState");
    mock.advance(seconds(13));
    let zone = [
        ("VpcId", ground.vpc_id.as_str()),
        ("CidrBlock", "10.0.32.0/20"),
        ("AvailabilityZone", "eu-west-1b"),
    ];
    let far = made(&accepted(mock, "CreateSubnet", &zone), "subnet/subnetId");
    attach(&interface(mock, &far), &instance, "1", "InvalidParameterCombination");
    let many = [("SubnetId", ground.subnet_id.as_str()), ("SecondaryPrivateIpAddressCount", "2")];
    let reply = accepted(mock, "CreateNetworkInterface", &many);
    let many = made(&reply, "networkInterface/networkInterfaceId");
    attach(&many, &instance, "1", "PrivateIpAddressLimitExceeded");
    let card = [
        ("NetworkInterfaceId", id.as_str()),
        ("InstanceId", &instance),
        ("DeviceIndex", "1"),
        ("NetworkCardIndex", "1"),
    ];
    refused(mock, "AttachNetworkInterface", &card, "InvalidParameterValue/400");
    accepted(mock, "AttachNetworkInterface", &card[..3]);
    // A t2.micro has two interfaces with two addresses each.
    attach(&interface(mock, &ground.subnet_id), &instance, "2", "AttachmentLimitExceeded");
    let more = [("NetworkInterfaceId", id.as_str()), ("SecondaryPrivateIpAddressCount", "2")];
    refused(mock, "AssignPrivateIpAddresses", &more, "PrivateIpAddressLimitExceeded/400");
    ground.instance("TerminateInstances", &instance);
    let other = interface(mock, &ground.subnet_id);
    attach(&other, &instance, "3", "IncorrectInstanceState");
}

// [D] Secondary addresses: named or counted, moved only on demand, taken away again.
#[test]
fn secondary_addresses_come_and_go() {
    let mock = mock();
    let subnet_id = subnet(&mock, &vpc(&mock, "10.0.0.0/16"), "10.0.0.0/24");
    let (one, other) = (interface(&mock, &subnet_id), interface(&mock, &subnet_id));
    let name = |id| [("NetworkInterfaceId", id), ("PrivateIpAddress.1", "10.0.0.20")];
    let reply = accepted(&mock, "AssignPrivateIpAddresses", &name(&one));
    let set = "assignedPrivateIpAddressesSet/*/privateIpAddress";
    assert_eq!(reply.texts(set), ["10.0.0.20"]);
    let reply = accepted(
        &mock,
        "AssignPrivateIpAddresses",
        &[("NetworkInterfaceId", &one), ("SecondaryPrivateIpAddressCount", "3")],
    );
    assert_eq!(reply.texts(set).len(), 3);
    let listed = accepted(&mock, "DescribeNetworkInterfaces", &[("NetworkInterfaceId.1", &one)]);
    let primary = listed.texts("networkInterfaceSet/0/privateIpAddressesSet/*/primary");
    assert_eq!(primary, ["true", "false", "false", "false", "false"]);

    refused(&mock, "AssignPrivateIpAddresses", &name(&other), "InvalidIPAddress.InUse/400");
    let [id, ip] = name(&other);
    let params = [id, ip, ("AllowReassignment", "true")];
    accepted(&mock, "AssignPrivateIpAddresses", &params);
    let unassign = "UnassignPrivateIpAddresses";
    refused(&mock, unassign, &name(&one), "InvalidParameterValue/400");
    accepted(&mock, unassign, &name(&other));
    let own = shown(&mock, &other, "privateIpAddress").unwrap();
    let params = [id, ("PrivateIpAddress.1", own.as_str())];
    refused(&mock, unassign, &params, "InvalidParameterValue/400");
    let both = [id, ip, ("SecondaryPrivateIpAddressCount", "1")];
    refused(&mock, "AssignPrivateIpAddresses", &both, "InvalidParameterCombination/400");
    refused(&mock, "AssignPrivateIpAddresses", &both[..1], "MissingParameter/400");
}

// [U] All the addresses asked for, or none and no interface.
#[test]
fn a_failed_create_leaves_nothing() {
    let mock = mock();
    let subnet_id = subnet(&mock, &vpc(&mock, "10.0.0.0/16"), "10.0.0.0/28");
    let params = [("SubnetId", subnet_id.as_str()), ("SecondaryPrivateIpAddressCount", "11")];
    refused(&mock, "CreateNetworkInterface", &params, "InsufficientFreeAddressesInSubnet/400");
    assert_eq!(mock.world().ec2.network_interfaces.len(), 0);
    let two = [
        ("SubnetId", subnet_id.as_str()),
        ("PrivateIpAddresses.1.PrivateIpAddress", "10.0.0.5"),
        ("PrivateIpAddresses.1.Primary", "true"),
        ("PrivateIpAddresses.2.PrivateIpAddress", "10.0.0.6"),
    ];
    let id = made(
        &accepted(&mock, "CreateNetworkInterface", &two),
        "networkInterface/networkInterfaceId",
    );
    assert_eq!(shown(&mock, &id, "privateIpAddress").as_deref(), Some("10.0.0.5"));
    let second = "privateIpAddressesSet/1/privateIpAddress";
    assert_eq!(shown(&mock, &id, second).as_deref(), Some("10.0.0.6"));
}

// [D] Ids, and the filters of the API reference.
#[test]
fn interfaces_are_found_by_id_and_filter() {
    let mock = mock();
    for (operation, param) in [
        ("DescribeNetworkInterfaces", "NetworkInterfaceId.1"),
        ("DeleteNetworkInterface", "NetworkInterfaceId"),
    ] {
        let unknown = [(param, "eni-0123456789abcdef0")];
        refused(&mock, operation, &unknown, "InvalidNetworkInterfaceID.NotFound/400");
        refused(&mock, operation, &[(param, "e")], "InvalidNetworkInterfaceId.Malformed/400");
    }
    let subnet_id = subnet(&mock, &vpc(&mock, "10.0.0.0/16"), "10.0.0.0/24");
    let (id, _) = (interface(&mock, &subnet_id), interface(&mock, &subnet_id));
    hang_on(&mock, &id, INSTANCE, 0);
    let ip = shown(&mock, &id, "privateIpAddress").unwrap();
    let mac = shown(&mock, &id, "macAddress").unwrap();
    for (name, value) in [
        ("network-interface-id", id.as_str()),
        ("attachment.instance-id", INSTANCE),
        ("attachment.device-index", "0"),
        ("attachment.status", "attached"),
        ("addresses.private-ip-address", &ip),
        ("private-ip-address", &ip),
        ("mac-address", &mac),
        ("status", "in-use"),
    ] {
        let filter = [("Filter.1.Name", name), ("Filter.1.Value.1", value)];
        let found = accepted(&mock, "DescribeNetworkInterfaces", &filter);
        let ids = found.texts("networkInterfaceSet/*/networkInterfaceId");
        assert_eq!(ids, [id.as_str()], "{name}");
    }
    for (name, value) in [
        ("subnet-id", subnet_id.as_str()),
        ("group-name", "default"),
        ("interface-type", "interface"),
        ("requester-managed", "false"),
        ("availability-zone", "eu-west-1a"),
    ] {
        let filter = [("Filter.1.Name", name), ("Filter.1.Value.1", value)];
        let found = accepted(&mock, "DescribeNetworkInterfaces", &filter);
        assert_eq!(found.count("networkInterfaceSet"), 2, "{name}");
    }
}

// [D] A new interface is not found at first, in whatever way it is named.
#[test]
fn a_new_interface_is_seen_late() {
    let mock = Mock::builder().visibility(Visibility::Fixed(seconds(10))).build();
    let vpc_id = vpc(&mock, "10.0.0.0/16");
    mock.advance(seconds(10));
    let subnet_id = subnet(&mock, &vpc_id, "10.0.0.0/24");
    let params = [("SubnetId", subnet_id.as_str()), ("SecondaryPrivateIpAddressCount", "1")];
    refused(&mock, "CreateNetworkInterface", &params, "InvalidSubnetID.NotFound/400");
    mock.advance(seconds(10));
    let reply = accepted(&mock, "CreateNetworkInterface", &params);
    assert_eq!(reply.count("networkInterface/privateIpAddressesSet"), 2);
    let id = made(&reply, "networkInterface/networkInterfaceId");
    let one = [("NetworkInterfaceId", id.as_str())];
    refused(&mock, "DeleteNetworkInterface", &one, "InvalidNetworkInterfaceID.NotFound/400");
    assert_eq!(accepted(&mock, "DescribeNetworkInterfaces", &[]).count("networkInterfaceSet"), 0);
    mock.advance(seconds(10));
    accepted(&mock, "DeleteNetworkInterface", &one);
}

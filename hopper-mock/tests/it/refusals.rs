//! A refusal tells what stands in the way, and the rule in words.

use crate::ground::Ground;
use crate::support::{
    accepted, address, blockers, interface, internet_gateway, made, mock, profile, subnet, vpc,
};

#[test]
fn a_refusal_reads_like_this() {
    let mock = mock();
    let vpc_id = vpc(&mock, "10.0.0.0/16");
    let subnet_id = subnet(&mock, &vpc_id, "10.0.0.0/24");
    mock.call("DeleteVpc", &[("VpcId", &vpc_id)]);
    let told = mock.calls().last().unwrap().to_string();
    let (_, told) = told.split_once(" -> ").unwrap();
    let rule = format!("The vpc '{vpc_id}' has dependencies and cannot be deleted.");
    assert_eq!(told, format!("DependencyViolation [{subnet_id}]: {rule}"));
    let debug = format!("{:?}", mock.calls().last().unwrap());
    for part in ["DependencyViolation", &subnet_id, &rule] {
        assert!(debug.contains(part), "{part} is not in {debug}");
    }
}

#[test]
fn whatever_is_in_the_way_is_named() {
    let ground = Ground::new();
    let mock = &ground.mock;
    let (vpc_id, subnet_id) = (ground.vpc_id.as_str(), ground.subnet_id.as_str());
    let instance_id = ground.running(&[("PrivateIpAddress", "10.0.0.10")]);
    let eni = ground.shown(&instance_id, "networkInterfaceSet/0/networkInterfaceId").unwrap();
    let attachment =
        ground.shown(&instance_id, "networkInterfaceSet/0/attachment/attachmentId").unwrap();
    let volume = ground.shown(&instance_id, "blockDeviceMapping/0/ebs/volumeId").unwrap();
    let name = |operation, params: &[(&str, &str)]| blockers(mock, operation, params).join(" ");

    assert_eq!(name("DeleteSubnet", &[("SubnetId", subnet_id)]), eni);
    assert_eq!(name("DeleteNetworkInterface", &[("NetworkInterfaceId", &eni)]), instance_id);
    assert_eq!(name("DetachNetworkInterface", &[("AttachmentId", &attachment)]), instance_id);
    assert_eq!(name("DeleteVolume", &[("VolumeId", &volume)]), instance_id);
    assert_eq!(name("DetachVolume", &[("VolumeId", &volume)]), instance_id);
    let same = [("SubnetId", subnet_id), ("PrivateIpAddress", "10.0.0.10")];
    assert_eq!(name("CreateNetworkInterface", &same), eni);
    let overlap = [("VpcId", vpc_id), ("CidrBlock", "10.0.0.0/24")];
    assert_eq!(name("CreateSubnet", &overlap), subnet_id);

    let allocation = address(mock);
    let other = interface(mock, subnet_id);
    let held = [("AllocationId", allocation.as_str()), ("NetworkInterfaceId", &other)];
    accepted(mock, "AssociateAddress", &held);
    assert_eq!(name("ReleaseAddress", &held[..1]), other);
    let second = address(mock);
    let over = [("AllocationId", second.as_str()), held[1], ("AllowReassociation", "false")];
    assert_eq!(name("AssociateAddress", &over), allocation);
    let nat = [("AllocationId", second.as_str()), ("SubnetId", subnet_id)];
    let nat = accepted(mock, "CreateNatGateway", &nat);
    let its_eni = made(&nat, "natGateway/natGatewayAddressSet/0/networkInterfaceId");
    assert_eq!(name("ReleaseAddress", &[("AllocationId", &second)]), its_eni);

    let group = |name| {
        let params = [("GroupName", name), ("GroupDescription", "d"), ("VpcId", vpc_id)];
        mock.call("CreateSecurityGroup", &params)
    };
    let group_id = made(&group("web"), "groupId");
    assert_eq!(group("web").error().unwrap().blockers, [group_id.as_str()]);
    let rule = [
        ("GroupId", group_id.as_str()),
        ("IpProtocol", "tcp"),
        ("FromPort", "22"),
        ("ToPort", "22"),
        ("CidrIp", "0.0.0.0/0"),
    ];
    let reply = accepted(mock, "AuthorizeSecurityGroupIngress", &rule);
    let rule_id = made(&reply, "securityGroupRuleSet/0/securityGroupRuleId");
    assert_eq!(name("AuthorizeSecurityGroupIngress", &rule), rule_id);

    let key = accepted(mock, "CreateKeyPair", &[("KeyName", "k"), ("KeyType", "ed25519")]);
    let key = made(&key, "keyPairId");
    assert_eq!(name("CreateKeyPair", &[("KeyName", "k"), ("KeyType", "ed25519")]), key);

    let image = [("InstanceId", instance_id.as_str()), ("Name", "image")];
    let image_id = made(&accepted(mock, "CreateImage", &image), "imageId");
    assert_eq!(name("CreateImage", &image), image_id);
    let shown = accepted(mock, "DescribeImages", &[("ImageId.1", &image_id)]);
    let snapshot = made(&shown, "imagesSet/0/blockDeviceMapping/0/ebs/snapshotId");
    assert_eq!(name("DeleteSnapshot", &[("SnapshotId", &snapshot)]), image_id);

    let protect = [("InstanceId", instance_id.as_str()), ("DisableApiTermination.Value", "true")];
    accepted(mock, "ModifyInstanceAttribute", &protect);
    assert_eq!(name("TerminateInstances", &[("InstanceId.1", &instance_id)]), instance_id);
}

#[test]
fn in_other_services_too() {
    let mock = mock();
    profile(&mock, "master");
    let name = |operation, params: &[(&str, &str)]| blockers(&mock, operation, params).join(" ");
    assert_eq!(name("iam:DeleteInstanceProfile", &[("InstanceProfileName", "master")]), "master");
    assert_eq!(name("iam:DeleteRole", &[("RoleName", "master")]), "master");
    assert_eq!(name("iam:CreateInstanceProfile", &[("InstanceProfileName", "Master")]), "master");
    let both = [("InstanceProfileName", "master"), ("RoleName", "master")];
    assert_eq!(name("iam:AddRoleToInstanceProfile", &both), "master");

    let vpc_id = vpc(&mock, "10.0.0.0/16");
    let gateway = internet_gateway(&mock, &vpc_id);
    let both = [("InternetGatewayId", gateway.as_str()), ("VpcId", vpc_id.as_str())];
    assert_eq!(name("AttachInternetGateway", &both), vpc_id);
}

"""Volumes and network interfaces."""

from ground import *

vpc = new_vpc()
subnet, far_subnet = new_subnet(vpc), new_subnet(vpc, "10.0.16.0/20", "eu-west-1b")
group = new_group(vpc)
stranger = new_group(new_vpc("10.1.0.0/16"))
[one] = run(subnet)
[far] = run(far_subnet)
until(lambda: [state(one), state(far)], ["running", "running"])


def create(**params):
    return ec2.create_volume(**{"AvailabilityZone": "eu-west-1a", "Size": 8, **params})


def volume(id):
    return ec2.describe_volumes(VolumeIds=[id])["Volumes"][0]


rule("CreateVolume without a size", "MissingParameter/400 or InvalidParameterCombination/400", D, ec2.create_volume, AvailabilityZone="eu-west-1a")
rule("CreateVolume without a zone", "MissingParameter/400", D, ec2.create_volume, Size=8)
rule("CreateVolume unknown zone", "InvalidParameterValue/400 or InvalidZone.NotFound/400", D, create, AvailabilityZone="eu-west-1z")
rule("CreateVolume size 0", "InvalidParameterValue/400", D, create, Size=0)
rule("CreateVolume too large", "InvalidParameterValue/400", D, create, Size=100000)
rule("CreateVolume unknown type", "InvalidParameterValue/400 or UnknownVolumeType/400", D, create, VolumeType="gp9")
rule("CreateVolume io1 without iops", "InvalidParameterCombination/400 or MissingParameter/400", D, create, VolumeType="io1")
rule("CreateVolume unknown snapshot", "InvalidSnapshot.NotFound/400", D, create, SnapshotId=nothing("snap"))
made = create(ClientToken="volume")
id = made["VolumeId"]
rule("CreateVolume initial state", "creating", D, lambda: made["State"])
rule("CreateVolume same token", "True", D, lambda: create(ClientToken="volume")["VolumeId"] == id)
rule("CreateVolume same token, other size", "IdempotentParameterMismatch/400", D, create, Size=9, ClientToken="volume")
rule("a volume becomes available", "available", D, lambda: until(lambda: volume(id)["State"], "available"))
attach = lambda **params: ec2.attach_volume(**{"VolumeId": id, "InstanceId": one, "Device": "/dev/sdf", **params})
rule("AttachVolume in another zone", "InvalidVolume.ZoneMismatch/400", D, attach, InstanceId=far)
rule("AttachVolume unknown instance", "InvalidInstanceID.NotFound/400", D, attach, InstanceId=nothing("i"))
rule("AttachVolume unknown volume", "InvalidVolume.NotFound/400", D, attach, VolumeId=nothing("vol"))
rule("AttachVolume malformed volume", "InvalidVolumeID.Malformed/400 or InvalidParameterValue/400", D, attach, VolumeId="vol-x")
rule("AttachVolume device in use", "InvalidParameterValue/400", D, attach, Device="/dev/sda1")
rule("AttachVolume bad device name", "InvalidParameterValue/400", O, attach, Device="moon")
rule("AttachVolume without a device", "MissingParameter/400", D, ec2.attach_volume, VolumeId=id, InstanceId=one)
rule("DetachVolume not attached", "IncorrectState/400", D, ec2.detach_volume, VolumeId=id)
rule("AttachVolume answers attaching", "attaching", D, lambda: attach()["State"])
rule("AttachVolume again", "VolumeInUse/400", D, attach)
rule("DeleteVolume attached", "VolumeInUse/400", D, ec2.delete_volume, VolumeId=id)
until(lambda: volume(id)["Attachments"][0]["State"], "attached")
rule("DetachVolume of another instance", "InvalidAttachment.NotFound/400", D, ec2.detach_volume, VolumeId=id, InstanceId=far)
rule("DetachVolume answers detaching", "detaching", D, lambda: ec2.detach_volume(VolumeId=id)["State"])
rule("a detached volume is available", "available", D, lambda: until(lambda: volume(id)["State"], "available"))
rule("DeleteVolume", "accepted", D, ec2.delete_volume, VolumeId=id)
rule("a deleted volume is gone", "InvalidVolume.NotFound/400", D, lambda: until(lambda: answer(volume, id=id), "InvalidVolume.NotFound/400"))
rule("DeleteVolume unknown", "InvalidVolume.NotFound/400", D, ec2.delete_volume, VolumeId=nothing("vol"))
rule("DescribeVolumes malformed", "InvalidParameterValue/400 or InvalidVolumeID.Malformed/400", D, ec2.describe_volumes, VolumeIds=["vol-x"])

new = lambda **params: ec2.create_network_interface(**{"SubnetId": subnet, **params})
rule("CreateNetworkInterface unknown subnet", "InvalidSubnetID.NotFound/400", D, new, SubnetId=nothing("subnet"))
rule("CreateNetworkInterface without a subnet", "MissingParameter/400", D, ec2.create_network_interface)
rule("CreateNetworkInterface unknown group", "InvalidGroup.NotFound/400 or InvalidSecurityGroupID.NotFound/400", D, new, Groups=[nothing("sg")])
rule("CreateNetworkInterface group of another VPC", "InvalidParameter/400 or InvalidGroup.NotFound/400", O, new, Groups=[stranger])
rule("CreateNetworkInterface reserved address", "InvalidParameterValue/400", O, new, PrivateIpAddress="10.0.0.2")
made = new(PrivateIpAddress="10.0.0.77", ClientToken="eni")["NetworkInterface"]
eni = made["NetworkInterfaceId"]
rule("CreateNetworkInterface initial state", "pending", D, lambda: made["Status"])
rule("CreateNetworkInterface same token", "True", D, lambda: new(PrivateIpAddress="10.0.0.77", ClientToken="eni")["NetworkInterface"]["NetworkInterfaceId"] == eni)
rule("CreateNetworkInterface address taken", "InvalidIPAddress.InUse/400", D, new, PrivateIpAddress="10.0.0.77")


def interface():
    return ec2.describe_network_interfaces(NetworkInterfaceIds=[eni])["NetworkInterfaces"][0]


rule("an interface becomes available", "available", D, lambda: until(lambda: interface()["Status"], "available"))
rule("it has the default group", "default", D, lambda: interface()["Groups"][0]["GroupName"])
hang = lambda **params: ec2.attach_network_interface(**{"NetworkInterfaceId": eni, "InstanceId": one, "DeviceIndex": 1, **params})
rule("AttachNetworkInterface index taken", "InvalidParameterValue/400", D, hang, DeviceIndex=0)
rule("AttachNetworkInterface in another zone", "InvalidParameterCombination/400 or InvalidParameterValue/400", O, hang, InstanceId=far)
rule("AttachNetworkInterface unknown instance", "InvalidInstanceID.NotFound/400", D, hang, InstanceId=nothing("i"))
rule("AttachNetworkInterface unknown", "InvalidNetworkInterfaceID.NotFound/400", D, hang, NetworkInterfaceId=nothing("eni"))
attachment = hang()["AttachmentId"]
third = new()["NetworkInterface"]["NetworkInterfaceId"]
rule("AttachNetworkInterface beyond the type's limit", "AttachmentLimitExceeded/400", D, hang, NetworkInterfaceId=third, DeviceIndex=2)
rule("AttachNetworkInterface again", "InvalidNetworkInterface.InUse/400 or InvalidParameterValue/400", D, hang, DeviceIndex=2)
rule("an attached interface is in use", "in-use", D, lambda: until(lambda: interface()["Status"], "in-use"))
rule("DeleteNetworkInterface attached", "InvalidParameterValue/400 or InvalidNetworkInterface.InUse/400", D, ec2.delete_network_interface, NetworkInterfaceId=eni)
rule("AssignPrivateIpAddresses", "accepted", D, ec2.assign_private_ip_addresses, NetworkInterfaceId=eni, SecondaryPrivateIpAddressCount=1)
rule("AssignPrivateIpAddresses nothing", "MissingParameter/400 or InvalidParameterCombination/400", D, ec2.assign_private_ip_addresses, NetworkInterfaceId=eni)
rule("ModifyNetworkInterfaceAttribute unknown group", "InvalidGroup.NotFound/400 or InvalidSecurityGroupID.NotFound/400", D, ec2.modify_network_interface_attribute, NetworkInterfaceId=eni, Groups=[nothing("sg")])
rule("ModifyNetworkInterfaceAttribute", "accepted", D, ec2.modify_network_interface_attribute, NetworkInterfaceId=eni, Groups=[group])
rule("DetachNetworkInterface unknown", "InvalidAttachmentID.NotFound/400", D, ec2.detach_network_interface, AttachmentId=nothing("eni-attach"))
rule("DetachNetworkInterface", "accepted", D, ec2.detach_network_interface, AttachmentId=attachment)
rule("a detached interface is available", "available", D, lambda: until(lambda: interface()["Status"], "available"))
rule("DeleteNetworkInterface", "accepted", D, ec2.delete_network_interface, NetworkInterfaceId=eni)
rule("DeleteNetworkInterface again", "InvalidNetworkInterfaceID.NotFound/400", D, ec2.delete_network_interface, NetworkInterfaceId=eni)
rule("DescribeNetworkInterfaces malformed", "InvalidNetworkInterfaceId.Malformed/400 or InvalidNetworkInterfaceID.Malformed/400", D, ec2.describe_network_interfaces, NetworkInterfaceIds=["eni-x"])

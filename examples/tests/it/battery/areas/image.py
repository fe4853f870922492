"""Images and snapshots."""

from ground import *

vpc = new_vpc()
subnet = new_subnet(vpc)
[source] = run(subnet)
until(lambda: state(source), "running")


def create(**params):
    return ec2.create_image(**{"InstanceId": source, "Name": "k8s-1.10.3-001", **params})


def image(id):
    return ec2.describe_images(ImageIds=[id])["Images"][0]


def snapshot(id):
    return ec2.describe_snapshots(SnapshotIds=[id])["Snapshots"][0]


rule("CreateImage unknown instance", "InvalidInstanceID.NotFound/400", D, create, InstanceId=nothing("i"))
rule("CreateImage malformed instance", "InvalidInstanceID.Malformed/400", D, create, InstanceId="i-x")
rule("CreateImage without a name", "MissingParameter/400", D, ec2.create_image, InstanceId=source)
rule("CreateImage without an instance", "MissingParameter/400", D, ec2.create_image, Name="abc")
for name in ["ab", "a:b", "n" * 129]:
    rule(f"CreateImage name '{name[:9]}'", "InvalidAMIName.Malformed/400", D, create, Name=name)
rule("CreateImage DryRun", "DryRunOperation/412", D, create, DryRun=True)
made = create()["ImageId"]
rule("CreateImage initial state", "pending", D, lambda: image(made)["State"])
rule("CreateImage same name", "InvalidAMIName.Duplicate/400", D, create)
rule("RunInstances while the image is pending", "InvalidAMIID.Unavailable/400", D, lambda: run(subnet, ImageId=made))
rule("CopyImage while the image is pending", "InvalidAMIID.Unavailable/400 or InvalidRequest/400", U, ec2.copy_image, Name="copy", SourceImageId=made, SourceRegion=REGION)
disk = image(made)["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"]
rule("its snapshot is pending", "pending", D, lambda: snapshot(disk)["State"])
rule("an image becomes available", "available", D, lambda: until(lambda: image(made)["State"], "available"))
rule("its snapshot is complete", "completed", D, lambda: until(lambda: snapshot(disk)["State"], "completed"))
rule("an own image", "self", D, lambda: "self" if made in [i["ImageId"] for i in ec2.describe_images(Owners=["self"])["Images"]] else "no")
rule("DescribeImages unknown", "InvalidAMIID.NotFound/400", D, ec2.describe_images, ImageIds=[nothing("ami")])
rule("DescribeImages malformed", "InvalidAMIID.Malformed/400", D, ec2.describe_images, ImageIds=["ami"])
rule("DescribeImages malformed owner", "InvalidUserID.Malformed/400", D, ec2.describe_images, Owners=["nobody"])
rule("DescribeImages of another owner", "0", D, lambda: len(ec2.describe_images(Owners=["123456789013"])["Images"]))
rule("DescribeImages malformed executable user", "InvalidUserID.Malformed/400", D, ec2.describe_images, ExecutableUsers=["nobody"])
rule("DescribeSnapshots malformed owner", "InvalidUserID.Malformed/400", D, ec2.describe_snapshots, OwnerIds=["nobody"])
rule("DescribeImages unknown filter", "InvalidParameterValue/400", D, ec2.describe_images, Filters=filters(colour="red"))
rule("DescribeImageAttribute unknown", "InvalidParameterValue/400 or InvalidRequest/400", D, ec2.describe_image_attribute, ImageId=made, Attribute="colour")
rule("DeleteSnapshot of an image", "InvalidSnapshot.InUse/400", D, ec2.delete_snapshot, SnapshotId=disk)
rule("RunInstances of an own image", "True", D, lambda: bool(run(subnet, ImageId=made)))
copy = lambda **params: ec2.copy_image(**{"Name": "copy", "SourceImageId": made, "SourceRegion": REGION, **params})
rule("CopyImage unknown", "InvalidAMIID.NotFound/400", D, copy, SourceImageId=nothing("ami"))
rule("CopyImage without a region", "MissingParameter/400", D, ec2.copy_image, Name="copy", SourceImageId=made)
rule("CopyImage without a name", "MissingParameter/400", D, ec2.copy_image, SourceImageId=made, SourceRegion=REGION)
copied = copy(ClientToken="copy")["ImageId"]
rule("CopyImage initial state", "pending", D, lambda: image(copied)["State"])
rule("CopyImage same token", "True", D, lambda: copy(ClientToken="copy")["ImageId"] == copied)
rule("CopyImage same token, other name", "IdempotentParameterMismatch/400", D, copy, Name="other", ClientToken="copy")
rule("a copy becomes available", "available", D, lambda: until(lambda: image(copied)["State"], "available"))
register = ec2.register_image
rule("RegisterImage unknown boot mode", "InvalidParameterValue/400", D, register, Name="registered", VirtualizationType="hvm", RootDeviceName="/dev/sda1", BootMode="moon", BlockDeviceMappings=[{"DeviceName": "/dev/sda1", "Ebs": {"SnapshotId": disk}}])
rule("CreateImage description of 256", "InvalidParameterValue/400", U, create, Name="described", Description="d" * 256)
rule("CreateImage bad device name", "InvalidBlockDeviceMapping/400", D, create, Name="devices", BlockDeviceMappings=[{"DeviceName": "moon", "Ebs": {"VolumeSize": 8}}])
rule("RegisterImage without a name", "MissingParameter/400", D, register)
rule("RegisterImage unknown snapshot", "InvalidSnapshot.NotFound/400", D, register, Name="registered", VirtualizationType="hvm", RootDeviceName="/dev/sda1", BlockDeviceMappings=[{"DeviceName": "/dev/sda1", "Ebs": {"SnapshotId": nothing("snap")}}])
rule("RegisterImage", "accepted", D, register, Name="registered", VirtualizationType="hvm", RootDeviceName="/dev/sda1", BlockDeviceMappings=[{"DeviceName": "/dev/sda1", "Ebs": {"SnapshotId": disk}}])
[registered] = ec2.describe_images(Owners=["self"], Filters=filters(name="registered"))["Images"]
rule("RegisterImage is available at once", "available", D, lambda: registered["State"])
ec2.deregister_image(ImageId=registered["ImageId"])
rule("DeregisterImage", "accepted", D, ec2.deregister_image, ImageId=made)
rule("DeregisterImage again", "InvalidAMIID.Unavailable/400 or InvalidAMIID.NotFound/400", D, ec2.deregister_image, ImageId=made)
rule("DeregisterImage unknown", "InvalidAMIID.NotFound/400", D, ec2.deregister_image, ImageId=nothing("ami"))
rule("DeregisterImage malformed", "InvalidAMIID.Malformed/400", D, ec2.deregister_image, ImageId="ami-")
rule("DeregisterImage of another owner", "AuthFailure/400 or AuthFailure/403 or AuthFailure/401", D, ec2.deregister_image, ImageId=xenial())
rule("DeregisterImage leaves the snapshot", "completed", D, lambda: snapshot(disk)["State"])
rule("DescribeImages deregistered", "InvalidAMIID.NotFound/400 or InvalidAMIID.Unavailable/400", D, ec2.describe_images, ImageIds=[made])
rule("RunInstances deregistered", "InvalidAMIID.NotFound/400 or InvalidAMIID.Unavailable/400", D, lambda: run(subnet, ImageId=made))
rule("CreateImage with the name again", "accepted", D, create, NoReboot=True)
rule("DeleteSnapshot", "accepted", D, ec2.delete_snapshot, SnapshotId=disk)
rule("DeleteSnapshot again", "InvalidSnapshot.NotFound/400", D, ec2.delete_snapshot, SnapshotId=disk)
rule("DeleteSnapshot malformed", "InvalidSnapshotID.Malformed/400", D, ec2.delete_snapshot, SnapshotId="snap-x")
rule("DescribeSnapshots unknown", "InvalidSnapshot.NotFound/400", D, ec2.describe_snapshots, SnapshotIds=[nothing("snap")])
rule("CreateSnapshot unknown volume", "InvalidVolume.NotFound/400", D, ec2.create_snapshot, VolumeId=nothing("vol"))
volume = instance(source)["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]
rule("CreateSnapshot initial state", "pending", D, lambda: ec2.create_snapshot(VolumeId=volume)["State"])

"""RunInstances: what it refuses, and what it answers."""

import base64

from ground import *

vpc, other_vpc = new_vpc(), new_vpc("10.1.0.0/16")
subnet, stranger_subnet = new_subnet(vpc), new_subnet(other_vpc, "10.1.0.0/20")
group, stranger = new_group(vpc), new_group(other_vpc)


def launch(**params):
    wanted = dict(ImageId=xenial(), InstanceType="t2.micro", MinCount=1, MaxCount=1, SubnetId=subnet)
    wanted.update(params)
    return ec2.run_instances(**{k: v for k, v in wanted.items() if v is not None})


rule("Ubuntu xenial AMI found by the chapter filter", "True", D, lambda: xenial().startswith("ami-"))
rule("RunInstances malformed AMI", "InvalidAMIID.Malformed/400", D, launch, ImageId="ami-x")
rule("RunInstances unknown AMI", "InvalidAMIID.NotFound/400", D, launch, ImageId=nothing("ami"))
rule("RunInstances no AMI", "MissingParameter/400", D, launch, ImageId=None)
rule("RunInstances no counts", "MissingParameter/400", D, launch, MinCount=None, MaxCount=None)
rule("RunInstances unknown subnet", "InvalidSubnetID.NotFound/400", D, launch, SubnetId=nothing("subnet"))
rule("RunInstances malformed subnet", "InvalidSubnetID.Malformed/400 or InvalidSubnetID.NotFound/400", D, launch, SubnetId="subnet-x")
rule("RunInstances unknown SG", "InvalidGroup.NotFound/400", D, launch, SecurityGroupIds=[nothing("sg")])
rule("RunInstances malformed SG", "InvalidGroupId.Malformed/400 or InvalidGroup.NotFound/400 or InvalidParameterValue/400", D, launch, SecurityGroupIds=["sg"])
rule("RunInstances SG of another VPC", "InvalidParameter/400 or InvalidGroup.NotFound/400", O, launch, SecurityGroupIds=[stranger])
rule("RunInstances SG by name with a subnet", "InvalidParameterCombination/400", O, launch, SecurityGroups=["group"])
rule("RunInstances unknown key", "InvalidKeyPair.NotFound/400", D, launch, KeyName="nobody")
rule("RunInstances bad type", "InvalidParameterValue/400", D, launch, InstanceType="t9.huge")
rule("RunInstances type of another architecture", "InvalidParameterValue/400", O, launch, InstanceType="t4g.micro")
rule("RunInstances private IP outside subnet", "InvalidParameterValue/400", D, launch, PrivateIpAddress="10.0.99.5")
rule("RunInstances private IP malformed", "InvalidParameterValue/400", D, launch, PrivateIpAddress="10.0.0.300")
for address in ["10.0.0.0", "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.15.255"]:
    rule(f"RunInstances reserved address {address}", "InvalidParameterValue/400", O, launch, PrivateIpAddress=address)
rule("RunInstances private IP for two", "InvalidParameterCombination/400 or InvalidParameterValue/400", D, launch, PrivateIpAddress="10.0.0.20", MinCount=2, MaxCount=2)
rule("RunInstances zone other than the subnet's", "InvalidParameterValue/400", D, launch, Placement={"AvailabilityZone": "eu-west-1b"})
rule("RunInstances unknown zone", "InvalidParameterValue/400", D, launch, Placement={"AvailabilityZone": "eu-west-9x"})
rule("RunInstances user data over 16 KiB", "InvalidParameterValue/400", D, launch, UserData="x" * 16385)
rule("RunInstances CpuCredits on m5", "InvalidParameterCombination/400 or InvalidParameterValue/400 or InstanceCreditSpecification.NotSupported/400", D, launch, InstanceType="m5.large", CreditSpecification={"CpuCredits": "unlimited"})
rule("RunInstances unknown CpuCredits", "InvalidParameterValue/400", D, launch, CreditSpecification={"CpuCredits": "endless"})
rule("RunInstances MinCount 0", "InvalidParameterValue/400 or InvalidParameterCombination/400", D, launch, MinCount=0)
rule("RunInstances MinCount -1", "InvalidParameterValue/400 or InvalidParameterCombination/400", D, launch, MinCount=-1)
rule("RunInstances MinCount above MaxCount", "InvalidParameterValue/400 or InvalidParameterCombination/400", D, launch, MinCount=2)
rule("RunInstances unknown profile", "InvalidParameterValue/400", O, launch, IamInstanceProfile={"Name": "nobody"})
rule("RunInstances unknown profile ARN", "InvalidParameterValue/400", O, launch, IamInstanceProfile={"Arn": "arn:aws:iam::123456789012:instance-profile/nobody"})
rule("RunInstances unknown shutdown behaviour", "InvalidParameterValue/400", D, launch, InstanceInitiatedShutdownBehavior="hibernate")
rule("RunInstances unknown HttpTokens", "InvalidParameterValue/400", D, launch, MetadataOptions={"HttpTokens": "maybe"})
rule("RunInstances hop limit 65", "InvalidParameterValue/400", D, launch, MetadataOptions={"HttpPutResponseHopLimit": 65})
rule("RunInstances tags of a wrong type", "InvalidParameterValue/400", D, launch, TagSpecifications=[{"ResourceType": "vpc", "Tags": [{"Key": "a", "Value": "b"}]}])
rule("RunInstances disk smaller than the snapshot", "InvalidBlockDeviceMapping/400", D, launch, BlockDeviceMappings=[{"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": 1}}])
rule("RunInstances bad device name", "InvalidBlockDeviceMapping/400 or InvalidParameterValue/400", O, launch, BlockDeviceMappings=[{"DeviceName": "moon", "Ebs": {"VolumeSize": 8}}])
rule("RunInstances unknown volume type", "InvalidParameterValue/400 or UnknownVolumeType/400", D, launch, BlockDeviceMappings=[{"DeviceName": "/dev/sda1", "Ebs": {"VolumeType": "gp9"}}])
rule("RunInstances unknown interface", "InvalidNetworkInterfaceID.NotFound/400", D, launch, SubnetId=None, NetworkInterfaces=[{"DeviceIndex": 0, "NetworkInterfaceId": nothing("eni")}])
rule("RunInstances interface and subnet", "InvalidParameterCombination/400", D, launch, NetworkInterfaces=[{"DeviceIndex": 0, "SubnetId": subnet}])
rule("RunInstances DryRun", "DryRunOperation/412", D, launch, DryRun=True)
rule("RunInstances beyond the vCPU quota", "VcpuLimitExceeded/400", D, launch, MinCount=40, MaxCount=40)
rule("nothing was launched", "0 0 0", D, lambda: f"{len(ec2.describe_instances()['Reservations'])} {len(ec2.describe_network_interfaces()['NetworkInterfaces'])} {len(ec2.describe_volumes()['Volumes'])}")


def free():
    return ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["AvailableIpAddressCount"]


before = free()
made = launch(
    PrivateIpAddress="10.0.0.10",
    ClientToken="first",
    SecurityGroupIds=[group],
    UserData="#!/bin/sh",
    CreditSpecification={"CpuCredits": "unlimited"},
    TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "one"}]}],
)
[first] = made["Instances"]
id = first["InstanceId"]
rule("RunInstances answers state pending 0", "pending 0", D, lambda: "{Name} {Code}".format(**first["State"]))
rule("first DescribeInstances still pending", "pending", D, lambda: state(id))
rule("a reservation", "r- 123456789012", D, lambda: f"{made['ReservationId'][:2]} {made['OwnerId']}")
rule("the private address asked for", "10.0.0.10", D, lambda: first["PrivateIpAddress"])
rule("the private DNS name", "ip-10-0-0-10.eu-west-1.compute.internal", D, lambda: first["PrivateDnsName"])
rule("free addresses fall by one per interface", "1", D, lambda: before - free())
rule("RunInstances takes tags", "one", D, lambda: instance(id)["Tags"][0]["Value"])
rule("RunInstances same token", "True", D, lambda: launch(PrivateIpAddress="10.0.0.10", ClientToken="first", SecurityGroupIds=[group], UserData="#!/bin/sh", CreditSpecification={"CpuCredits": "unlimited"}, TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "one"}]}])["Instances"][0]["InstanceId"] == id)
rule("a repeated token makes no second one", "1", D, lambda: len(ec2.describe_instances(Filters=filters(vpc_id=vpc))["Reservations"]))
rule("RunInstances same token, other type", "IdempotentParameterMismatch/400", D, launch, ClientToken="first", InstanceType="t2.small")
rule("RunInstances private IP taken", "InvalidIPAddress.InUse/400", D, launch, PrivateIpAddress="10.0.0.10")
rule("an instance runs", "running", D, lambda: until(lambda: state(id), "running"))
rule("no public IP in a private subnet", "False", D, lambda: "PublicIpAddress" in instance(id))
rule("DescribeInstanceCreditSpecifications shows unlimited", "unlimited", D, lambda: ec2.describe_instance_credit_specifications(InstanceIds=[id])["InstanceCreditSpecifications"][0]["CpuCredits"])
rule("a root volume is there", "in-use True", D, lambda: "{State} {0[DeleteOnTermination]}".format((v := ec2.describe_volumes(Filters=[{"Name": "attachment.instance-id", "Values": [id]}])["Volumes"][0])["Attachments"][0], **v))
rule("GetConsoleOutput", "accepted", D, ec2.get_console_output, InstanceId=id)
rule("GetConsoleOutput unknown", "InvalidInstanceID.NotFound/400", D, ec2.get_console_output, InstanceId=nothing("i"))
rule("user data is base64", "#!/bin/sh", D, lambda: base64.b64decode(ec2.describe_instance_attribute(InstanceId=id, Attribute="userData")["UserData"]["Value"]).decode())
rule("status checks are initializing at first", "initializing", D, lambda: ec2.describe_instance_status(InstanceIds=[id])["InstanceStatuses"][0]["InstanceStatus"]["Status"])
ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
new_gateway(vpc)
public = new_subnet(vpc, "10.0.16.0/20")
open_one = launch(SubnetId=None, NetworkInterfaces=[{"DeviceIndex": 0, "SubnetId": public, "AssociatePublicIpAddress": True}])["Instances"][0]["InstanceId"]
rule("no public IP while pending", "False", D, lambda: "PublicIpAddress" in instance(open_one) and state(open_one) == "pending")
until(lambda: state(open_one), "running")
shown = instance(open_one)
rule("a public IP and name once running", "True", D, lambda: shown["PublicDnsName"] == f"ec2-{shown['PublicIpAddress'].replace('.', '-')}.eu-west-1.compute.amazonaws.com")
ec2.stop_instances(InstanceIds=[open_one])
until(lambda: state(open_one), "stopped")
rule("the public IP is lost on stop", "False", D, lambda: "PublicIpAddress" in instance(open_one))
rule("the private IP is kept on stop", "True", D, lambda: instance(open_one)["PrivateIpAddress"] == shown["PrivateIpAddress"])
ec2.start_instances(InstanceIds=[open_one])
until(lambda: state(open_one), "running")
rule("another public IP after start", "True", D, lambda: instance(open_one)["PublicIpAddress"] != shown["PublicIpAddress"])
ec2.terminate_instances(InstanceIds=[id])
until(lambda: state(id), "terminated")
rule("RunInstances token of a terminated instance", "IdempotentInstanceTerminated/400", D, launch, PrivateIpAddress="10.0.0.10", ClientToken="first", SecurityGroupIds=[group], UserData="#!/bin/sh", CreditSpecification={"CpuCredits": "unlimited"}, TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "one"}]}])

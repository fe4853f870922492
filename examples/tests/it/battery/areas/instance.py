"""Instances after their launch."""

from ground import *

vpc = new_vpc()
subnet = new_subnet(vpc)
group, other_group = new_group(vpc), new_group(vpc, "other")
one, two = run(subnet, MinCount=2, MaxCount=2, SecurityGroupIds=[group])
missing = nothing("i")

rule("StopInstances pending", "IncorrectInstanceState/400", U, ec2.stop_instances, InstanceIds=[one])
rule("CreateRoute to an instance", "accepted", D, lambda: ec2.create_route(RouteTableId=main_table(vpc)["RouteTableId"], DestinationCidrBlock="9.0.0.0/8", InstanceId=two))
until(lambda: [state(one), state(two)], ["running", "running"])
for name, call in {
    "DescribeInstances": ec2.describe_instances,
    "StartInstances": ec2.start_instances,
    "StopInstances": ec2.stop_instances,
    "RebootInstances": ec2.reboot_instances,
    "TerminateInstances": ec2.terminate_instances,
    "DescribeInstanceStatus": ec2.describe_instance_status,
    "DescribeInstanceCreditSpecifications": ec2.describe_instance_credit_specifications,
}.items():
    rule(f"{name} unknown", "InvalidInstanceID.NotFound/400", D, call, InstanceIds=[missing])
    rule(f"{name} malformed", "InvalidInstanceID.Malformed/400", D, call, InstanceIds=["i-x"])
for name, call in {
    "StartInstances": ec2.start_instances,
    "StopInstances": ec2.stop_instances,
    "RebootInstances": ec2.reboot_instances,
    "TerminateInstances": ec2.terminate_instances,
}.items():
    rule(f"{name} of nothing", "MissingParameter/400", D, call)
    rule(f"{name} DryRun", "DryRunOperation/412", D, call, InstanceIds=[one], DryRun=True)
rule("Terminate with one unknown id", "InvalidInstanceID.NotFound/400", D, ec2.terminate_instances, InstanceIds=[one, missing])
rule("Terminate with one unknown id terminates none", "running", D, lambda: state(one))
rule("Stop with one unknown id stops none", "InvalidInstanceID.NotFound/400 running", D, lambda: f"{answer(ec2.stop_instances, InstanceIds=[one, missing])} {state(one)}")
rule("DescribeInstances unknown filter", "InvalidParameterValue/400", D, ec2.describe_instances, Filters=filters(colour="red"))
rule("DescribeInstances ids and MaxResults", "InvalidParameterCombination/400", D, ec2.describe_instances, InstanceIds=[one], MaxResults=10)
rule("DescribeInstances MaxResults 4", "InvalidParameterValue/400", D, ec2.describe_instances, MaxResults=4)
rule("DescribeInstances by state", "2", D, lambda: sum(len(r["Instances"]) for r in ec2.describe_instances(Filters=[{"Name": "instance-state-name", "Values": ["running"]}])["Reservations"]))
rule("DescribeInstanceAttribute unknown", "InvalidParameterValue/400", D, ec2.describe_instance_attribute, InstanceId=one, Attribute="colour")
rule("DescribeInstanceAttribute unknown instance", "InvalidInstanceID.NotFound/400", D, ec2.describe_instance_attribute, InstanceId=missing, Attribute="instanceType")

modify = ec2.modify_instance_attribute
rule("ModifyInstanceAttribute user data while running", "IncorrectInstanceState/400", D, modify, InstanceId=one, UserData={"Value": b"x"})
rule("ModifyInstanceAttribute type while running", "IncorrectInstanceState/400", D, modify, InstanceId=one, InstanceType={"Value": "t2.small"})
rule("ModifyInstanceAttribute nothing", "MissingParameter/400 or InvalidParameterCombination/400", O, modify, InstanceId=one)
rule("ModifyInstanceAttribute two at once", "InvalidParameterCombination/400", O, modify, InstanceId=one, EbsOptimized={"Value": True}, SourceDestCheck={"Value": False})
rule("ModifyInstanceAttribute unknown instance", "InvalidInstanceID.NotFound/400", D, modify, InstanceId=missing, SourceDestCheck={"Value": False})
rule("ModifyInstanceAttribute unknown group", "InvalidGroup.NotFound/400", D, modify, InstanceId=one, Groups=[nothing("sg")])
rule("ModifyInstanceAttribute groups", "accepted", D, modify, InstanceId=one, Groups=[other_group])
rule("the groups are those", "other", D, lambda: " ".join(g["GroupName"] for g in instance(one)["SecurityGroups"]))
rule("DeleteSecurityGroup on an instance", "DependencyViolation/400", D, ec2.delete_security_group, GroupId=other_group)
rule("ModifyInstanceAttribute source check", "accepted", D, modify, InstanceId=one, SourceDestCheck={"Value": False})
rule("source check is off", "False", D, lambda: instance(one)["SourceDestCheck"])
rule("ModifyInstanceAttribute unknown behaviour", "InvalidParameterValue/400 or InvalidInstanceAttributeValue/400", D, modify, InstanceId=one, InstanceInitiatedShutdownBehavior={"Value": "sleep"})

credits = ec2.modify_instance_credit_specification
rule("t2 is standard by default", "standard", D, lambda: ec2.describe_instance_credit_specifications(InstanceIds=[one])["InstanceCreditSpecifications"][0]["CpuCredits"])
rule("ModifyInstanceCreditSpecification", "1 0", D, lambda: "{0} {1}".format(*[len(v) for k, v in sorted(credits(InstanceCreditSpecifications=[{"InstanceId": one, "CpuCredits": "unlimited"}]).items()) if k.endswith("Specifications")]))
rule("ModifyInstanceCreditSpecification unknown instance", "InvalidInstanceID.NotFound", D, lambda: credits(InstanceCreditSpecifications=[{"InstanceId": missing, "CpuCredits": "unlimited"}])["UnsuccessfulInstanceCreditSpecifications"][0]["Error"]["Code"])
rule("ModifyInstanceCreditSpecification of nothing", "MissingParameter/400", D, credits)
rule("ModifyInstanceCreditSpecification unknown", "InvalidParameterValue/400", D, credits, InstanceCreditSpecifications=[{"InstanceId": one, "CpuCredits": "endless"}])
metadata = ec2.modify_instance_metadata_options
rule("ModifyInstanceMetadataOptions", "required", D, lambda: metadata(InstanceId=one, HttpTokens="required")["InstanceMetadataOptions"]["HttpTokens"])
rule("ModifyInstanceMetadataOptions unknown tokens", "InvalidParameterValue/400", D, metadata, InstanceId=one, HttpTokens="maybe")
rule("ModifyInstanceMetadataOptions hop limit 0", "InvalidParameterValue/400", D, metadata, InstanceId=one, HttpPutResponseHopLimit=0)
rule("ModifyInstanceMetadataOptions unknown instance", "InvalidInstanceID.NotFound/400", D, metadata, InstanceId=missing, HttpTokens="required")

rule("DeleteSubnet holding an instance", "DependencyViolation/400", D, ec2.delete_subnet, SubnetId=subnet)
interface = instance(one)["NetworkInterfaces"][0]
rule("DeleteNetworkInterface in use", "InvalidParameterValue/400 or InvalidNetworkInterface.InUse/400", D, ec2.delete_network_interface, NetworkInterfaceId=interface["NetworkInterfaceId"])
rule("DetachNetworkInterface primary", "OperationNotPermitted/400", D, ec2.detach_network_interface, AttachmentId=interface["Attachment"]["AttachmentId"])
root = instance(one)["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]
rule("DeleteVolume of an instance", "VolumeInUse/400", D, ec2.delete_volume, VolumeId=root)
rule("DetachVolume root while running", "OperationNotPermitted/400", O, ec2.detach_volume, VolumeId=root)
rule("RebootInstances", "accepted", D, ec2.reboot_instances, InstanceIds=[one])
rule("StartInstances running", "running running", D, lambda: "{0[PreviousState][Name]} {0[CurrentState][Name]}".format(ec2.start_instances(InstanceIds=[one])["StartingInstances"][0]))
rule("state straight after Stop", "stopping", D, lambda: ec2.stop_instances(InstanceIds=[one])["StoppingInstances"][0]["CurrentState"]["Name"])
rule("it was running", "running 64", D, lambda: "{0[PreviousState][Name]} {1[State][Code]}".format(ec2.stop_instances(InstanceIds=[two])["StoppingInstances"][0], instance(two)))
rule("StartInstances stopping", "IncorrectInstanceState/400", D, ec2.start_instances, InstanceIds=[one])
rule("RebootInstances stopping", "IncorrectInstanceState/400 or IncorrectState/400", D, ec2.reboot_instances, InstanceIds=[one])
until(lambda: [state(one), state(two)], ["stopped", "stopped"])
rule("a stopped instance has its code and reason", "80 Client.UserInitiatedShutdown", D, lambda: "{0[State][Code]} {0[StateReason][Code]}".format(instance(one)))
rule("a stopped instance keeps its address", interface["PrivateIpAddress"], D, lambda: instance(one)["PrivateIpAddress"])
rule("DeleteSubnet holding a stopped instance", "DependencyViolation/400", D, ec2.delete_subnet, SubnetId=subnet)
rule("StopInstances stopped", "stopped", D, lambda: ec2.stop_instances(InstanceIds=[one])["StoppingInstances"][0]["CurrentState"]["Name"])
rule("DescribeInstanceStatus leaves stopped out", "0", D, lambda: len(ec2.describe_instance_status(InstanceIds=[one])["InstanceStatuses"]))
rule("ModifyInstanceAttribute user data while stopped", "accepted", D, modify, InstanceId=one, UserData={"Value": b"x"})
rule("ModifyInstanceAttribute user data over 16 KiB", "InvalidParameterValue/400", D, modify, InstanceId=one, UserData={"Value": b"x" * 16385})
rule("ModifyInstanceAttribute unknown type", "InvalidParameterValue/400 or InvalidInstanceAttributeValue/400", D, modify, InstanceId=one, InstanceType={"Value": "t9.huge"})
rule("state straight after Start", "pending", D, lambda: ec2.start_instances(InstanceIds=[one])["StartingInstances"][0]["CurrentState"]["Name"])
until(lambda: state(one), "running")
rule("an instance runs again", "running", D, lambda: state(one))
modify(InstanceId=one, DisableApiTermination={"Value": True})
rule("Terminate with protection", "OperationNotPermitted/400", D, ec2.terminate_instances, InstanceIds=[one])
rule("Terminate one protected of two", "OperationNotPermitted/400", D, ec2.terminate_instances, InstanceIds=[two, one])
rule("terminates none", "stopped", U, lambda: state(two))
modify(InstanceId=one, DisableApiTermination={"Value": False})
modify(InstanceId=one, DisableApiStop={"Value": True})
rule("Stop with protection", "OperationNotPermitted/400", D, ec2.stop_instances, InstanceIds=[one])
rule("state straight after Terminate", "shutting-down running", D, lambda: "{0[CurrentState][Name]} {0[PreviousState][Name]}".format(ec2.terminate_instances(InstanceIds=[one])["TerminatingInstances"][0]))
rule("StartInstances shutting-down", "IncorrectInstanceState/400", D, ec2.start_instances, InstanceIds=[one])
rule("DeleteSubnet while shutting-down", "DependencyViolation/400", D, ec2.delete_subnet, SubnetId=subnet)
rule("terminated instance stays visible", "terminated", D, lambda: until(lambda: state(one), "terminated"))
rule("its reason", "48 Client.UserInitiatedShutdown", D, lambda: "{0[State][Code]} {0[StateReason][Code]}".format(instance(one)))
rule("it has no interface and no address", "False False", D, lambda: f"{bool(instance(one).get('NetworkInterfaces'))} {'PrivateIpAddress' in instance(one)}")
rule("its interface is gone", "InvalidNetworkInterfaceID.NotFound/400", D, ec2.describe_network_interfaces, NetworkInterfaceIds=[interface["NetworkInterfaceId"]])
rule("root volume gone after terminate", "InvalidVolume.NotFound/400", D, ec2.describe_volumes, VolumeIds=[root])
rule("StartInstances terminated", "IncorrectInstanceState/400", D, ec2.start_instances, InstanceIds=[one])
rule("StopInstances terminated", "IncorrectInstanceState/400", D, ec2.stop_instances, InstanceIds=[one])
rule("CreateImage terminated", "IncorrectInstanceState/400", D, ec2.create_image, InstanceId=one, Name="of-nothing")
rule("ModifyInstanceAttribute terminated", "IncorrectInstanceState/400 or UnsupportedOperation/400", U, modify, InstanceId=one, SourceDestCheck={"Value": False})
rule("TerminateInstances again", "terminated", D, lambda: ec2.terminate_instances(InstanceIds=[one])["TerminatingInstances"][0]["CurrentState"]["Name"])
ec2.terminate_instances(InstanceIds=[two])
until(lambda: state(two), "terminated")
rule("a route to a terminated instance is a blackhole", "blackhole", D, lambda: main_table(vpc)["Routes"][-1]["State"])
rule("DeleteSubnet after the instances", "accepted", D, ec2.delete_subnet, SubnetId=subnet)
rule("DeleteSecurityGroup after the instances", "accepted", D, ec2.delete_security_group, GroupId=other_group)

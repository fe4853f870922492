"""Auto Scaling: launch configurations and groups."""

from ground import *

asg = client("autoscaling")
vpc = new_vpc()
subnet = new_subnet(vpc)
group = new_group(vpc)
ami = xenial()


def configuration(**params):
    wanted = dict(LaunchConfigurationName="nodes", ImageId=ami, InstanceType="t2.micro")
    wanted.update(SecurityGroups=[group], **{})
    return asg.create_launch_configuration(**{**wanted, **params})


rule("CreateLaunchConfiguration unknown AMI", "ValidationError/400", D, configuration, ImageId=nothing("ami"))
rule("CreateLaunchConfiguration malformed AMI", "ValidationError/400", D, configuration, ImageId="ami-x")
rule("CreateLaunchConfiguration unknown profile", "ValidationError/400", O, configuration, IamInstanceProfile="nobody")
rule("CreateLaunchConfiguration unknown key", "ValidationError/400", D, configuration, KeyName="nobody")
rule("CreateLaunchConfiguration unknown group", "ValidationError/400", D, configuration, SecurityGroups=[nothing("sg")])
rule("CreateLaunchConfiguration unknown type", "ValidationError/400", D, configuration, InstanceType="t9.huge")
rule("CreateLaunchConfiguration no name", "ValidationError/400 or MissingParameter/400", D, asg.create_launch_configuration, ImageId=ami, InstanceType="t2.micro")
rule("CreateLaunchConfiguration no AMI", "ValidationError/400", D, asg.create_launch_configuration, LaunchConfigurationName="other", InstanceType="t2.micro")
rule("CreateLaunchConfiguration", "accepted", D, configuration)
rule("CreateLaunchConfiguration duplicate", "AlreadyExists/400", D, configuration)
rule("DescribeLaunchConfigurations unknown", "0", D, lambda: len(asg.describe_launch_configurations(LaunchConfigurationNames=["nobody"])["LaunchConfigurations"]))
rule("DeleteLaunchConfiguration unknown", "ValidationError/400", D, asg.delete_launch_configuration, LaunchConfigurationName="nobody")


def create(**params):
    wanted = dict(AutoScalingGroupName="hopper", LaunchConfigurationName="nodes", MinSize=1, MaxSize=2)
    wanted.update(DesiredCapacity=1, VPCZoneIdentifier=subnet)
    wanted["Tags"] = [{"Key": "Name", "Value": "node", "PropagateAtLaunch": True}, {"Key": "own", "Value": "x", "PropagateAtLaunch": False}]
    wanted.update(params)
    return asg.create_auto_scaling_group(**{k: v for k, v in wanted.items() if v is not None})


refused = ("ValidationError/400", D, create)
rule("CreateAutoScalingGroup min>max", *refused, MinSize=3)
rule("CreateAutoScalingGroup desired>max", *refused, DesiredCapacity=3)
rule("CreateAutoScalingGroup desired<min", *refused, DesiredCapacity=0)
rule("CreateAutoScalingGroup min -1", *refused, MinSize=-1, DesiredCapacity=None)
rule("CreateAutoScalingGroup no zone or subnet", *refused, VPCZoneIdentifier=None)
rule("CreateAutoScalingGroup unknown subnet", *refused, VPCZoneIdentifier=nothing("subnet"))
rule("CreateAutoScalingGroup unknown configuration", *refused, LaunchConfigurationName="nobody")
rule("CreateAutoScalingGroup no configuration", *refused, LaunchConfigurationName=None)
rule("CreateAutoScalingGroup unknown template", *refused, LaunchConfigurationName=None, LaunchTemplate={"LaunchTemplateId": nothing("lt")})
rule("CreateAutoScalingGroup configuration and template", *refused, LaunchTemplate={"LaunchTemplateId": nothing("lt")})
rule("CreateAutoScalingGroup unknown health check", *refused, HealthCheckType="MOON")
rule("CreateAutoScalingGroup unknown zone", *refused, VPCZoneIdentifier=None, AvailabilityZones=["eu-west-1z"])
rule("CreateAutoScalingGroup zone other than the subnet's", *refused, AvailabilityZones=["eu-west-1b"])
rule("CreateAutoScalingGroup no name", "ValidationError/400 or MissingParameter/400", D, create, AutoScalingGroupName=None)
rule("CreateAutoScalingGroup no size", "ValidationError/400 or MissingParameter/400", D, create, MinSize=None)
rule("CreateAutoScalingGroup unknown load balancer", *refused, LoadBalancerNames=["nobody"])


def described(name="hopper"):
    found = asg.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"]
    return found[0] if found else {"Instances": [], "Status": "gone"}


rule("CreateAutoScalingGroup", "accepted", D, create)
rule("a new group has no instance", "0", D, lambda: len(described()["Instances"]))
rule("CreateAutoScalingGroup duplicate", "AlreadyExists/400", D, create)
until(lambda: bool(described()["Instances"]))
rule("instance life cycle on first sight", "Pending", D, lambda: described()["Instances"][0]["LifecycleState"])
rule("an instance comes into service", "InService", D, lambda: until(lambda: described()["Instances"][0]["LifecycleState"], "InService"))
id = described()["Instances"][0]["InstanceId"]
rule("its instance runs", "running", D, lambda: state(id))
tags = {t["Key"]: t["Value"] for t in instance(id)["Tags"]}
rule("aws:autoscaling:groupName tag on the instance", "hopper", D, lambda: tags["aws:autoscaling:groupName"])
rule("a propagated tag is on the instance", "node False", D, lambda: f"{tags['Name']} {'own' in tags}")
rule("the security group of the configuration", group, D, lambda: instance(id)["SecurityGroups"][0]["GroupId"])
rule("scaling activity recorded", "Successful True", D, lambda: "{StatusCode} {0}".format((a := asg.describe_scaling_activities(AutoScalingGroupName="hopper")["Activities"][0])["Description"].startswith("Launching a new EC2 instance"), **a))
rule("DescribeAutoScalingInstances", "hopper Healthy", D, lambda: "{AutoScalingGroupName} {0}".format((i := asg.describe_auto_scaling_instances(InstanceIds=[id])["AutoScalingInstances"][0])["HealthStatus"].title(), **i))
rule("defaults", "300 EC2 Default", D, lambda: "{DefaultCooldown} {HealthCheckType} {0}".format(described()["TerminationPolicies"][0], **described()))
rule("DeleteLaunchConfiguration in use", "ResourceInUse/400", O, asg.delete_launch_configuration, LaunchConfigurationName="nodes")
desired = asg.set_desired_capacity
rule("SetDesiredCapacity above max", "ValidationError/400", D, desired, AutoScalingGroupName="hopper", DesiredCapacity=3)
rule("SetDesiredCapacity below min", "ValidationError/400", D, desired, AutoScalingGroupName="hopper", DesiredCapacity=0)
rule("SetDesiredCapacity unknown group", "ValidationError/400", D, desired, AutoScalingGroupName="nobody", DesiredCapacity=1)
update = asg.update_auto_scaling_group
rule("UpdateAutoScalingGroup unknown group", "ValidationError/400", D, update, AutoScalingGroupName="nobody", MinSize=0)
rule("UpdateAutoScalingGroup min>max", "ValidationError/400", D, update, AutoScalingGroupName="hopper", MinSize=5)
rule("UpdateAutoScalingGroup unknown configuration", "ValidationError/400", D, update, AutoScalingGroupName="hopper", LaunchConfigurationName="nobody")
rule("SetInstanceProtection unknown instance", "ValidationError/400", D, asg.set_instance_protection, AutoScalingGroupName="hopper", InstanceIds=[nothing("i")], ProtectedFromScaleIn=True)
rule("SetInstanceHealth unknown instance", "ValidationError/400", D, asg.set_instance_health, InstanceId=nothing("i"), HealthStatus="Unhealthy")
rule("SetInstanceHealth unknown status", "ValidationError/400", D, asg.set_instance_health, InstanceId=id, HealthStatus="Moody")
rule("SuspendProcesses unknown process", "ValidationError/400", D, asg.suspend_processes, AutoScalingGroupName="hopper", ScalingProcesses=["Moon"])
rule("SuspendProcesses unknown group", "ValidationError/400", D, asg.suspend_processes, AutoScalingGroupName="nobody")
rule("TerminateInstanceInAutoScalingGroup unknown", "ValidationError/400", D, asg.terminate_instance_in_auto_scaling_group, InstanceId=nothing("i"), ShouldDecrementDesiredCapacity=False)
rule("DetachInstances unknown", "ValidationError/400", D, asg.detach_instances, AutoScalingGroupName="hopper", InstanceIds=[nothing("i")], ShouldDecrementDesiredCapacity=False)
rule("CreateOrUpdateTags unknown group", "ValidationError/400", D, asg.create_or_update_tags, Tags=[{"ResourceId": "nobody", "ResourceType": "auto-scaling-group", "Key": "a", "Value": "b", "PropagateAtLaunch": True}])
rule("StartInstanceRefresh exists", "ValidationError/400 or accepted", D, asg.start_instance_refresh, AutoScalingGroupName="hopper")
answer(asg.cancel_instance_refresh, AutoScalingGroupName="hopper")
rule("StartInstanceRefresh unknown group", "ValidationError/400", D, asg.start_instance_refresh, AutoScalingGroupName="nobody")
ec2.terminate_instances(InstanceIds=[id])


def successor():
    alive = [i for i in described()["Instances"] if i["InstanceId"] != id]
    return bool(alive) and len(described()["Instances"]) == 1 and alive[0]["LifecycleState"] == "InService"


rule("an instance ended behind its back is replaced", "True", D, lambda: until(successor))
desired(AutoScalingGroupName="hopper", DesiredCapacity=2)
rule("SetDesiredCapacity launches another", "2", D, lambda: until(lambda: sum(i["LifecycleState"] == "InService" for i in described()["Instances"]), 2))
rule("DeleteAutoScalingGroup with instances, no force", "ResourceInUse/400 or ScalingActivityInProgress/400", O, asg.delete_auto_scaling_group, AutoScalingGroupName="hopper")
rule("DeleteAutoScalingGroup unknown", "ValidationError/400", D, asg.delete_auto_scaling_group, AutoScalingGroupName="nobody")
rule("DeleteSecurityGroup of a group's instances", "DependencyViolation/400", D, ec2.delete_security_group, GroupId=group)
asg.delete_auto_scaling_group(AutoScalingGroupName="hopper", ForceDelete=True)
rule("DeleteAutoScalingGroup force: status Delete in progress at first", "Delete in progress", D, lambda: described()["Status"])
rule("UpdateAutoScalingGroup while it is deleted", "ValidationError/400 or ScalingActivityInProgress/400", U, update, AutoScalingGroupName="hopper", MinSize=0)
rule("DeleteLaunchConfiguration while the group is deleted", "ResourceInUse/400", O, asg.delete_launch_configuration, LaunchConfigurationName="nodes")
rule("a deleted group is gone", "gone", D, lambda: until(lambda: described()["Status"] if "Status" in described() else "there", "gone"))
rule("so are its instances", "0", D, lambda: sum(i["State"]["Name"] not in ("terminated",) for r in ec2.describe_instances()["Reservations"] for i in r["Instances"]))
rule("DeleteLaunchConfiguration", "accepted", D, asg.delete_launch_configuration, LaunchConfigurationName="nodes")
rule("DeleteSecurityGroup after the group", "accepted", D, ec2.delete_security_group, GroupId=group)

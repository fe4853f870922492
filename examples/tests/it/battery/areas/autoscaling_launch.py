"""Auto Scaling: what a group launches from, and launches that fail."""

from ground import *

asg = client("autoscaling")
vpc = new_vpc()
subnet = new_subnet(vpc)
ami = xenial()


def configuration(**params):
    wanted = dict(LaunchConfigurationName="nodes", ImageId=ami, InstanceType="t2.micro")
    return asg.create_launch_configuration(**{**wanted, **params})


def create(**params):
    wanted = dict(LaunchConfigurationName="nodes", MinSize=1, MaxSize=2, VPCZoneIdentifier=subnet)
    wanted.update(params)
    return asg.create_auto_scaling_group(**{k: v for k, v in wanted.items() if v is not None})


def described(name):
    return asg.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"][0]


iam = client("iam")
iam.create_role(RoleName="node", AssumeRolePolicyDocument=TRUST)
iam.create_instance_profile(InstanceProfileName="node")
iam.add_role_to_instance_profile(InstanceProfileName="node", RoleName="node")
rule("CreateLaunchConfiguration right after its profile", "ValidationError/400", O, configuration, IamInstanceProfile="node")
rule("CreateLaunchConfiguration some time later", "accepted", O, lambda: until(lambda: answer(configuration, IamInstanceProfile="node"), "accepted"))


def launched(name):
    until(lambda: bool(described(name)["Instances"]))
    return instance(described(name)["Instances"][0]["InstanceId"])


create(AutoScalingGroupName="profiled")
rule("a launch uses the profile of the configuration", "arn:aws:iam::123456789012:instance-profile/node", D, lambda: launched("profiled")["IamInstanceProfile"]["Arn"])
template = ec2.create_launch_template(LaunchTemplateName="nodes", LaunchTemplateData={"ImageId": ami, "InstanceType": "t2.small"})["LaunchTemplate"]
create(AutoScalingGroupName="templated", LaunchConfigurationName=None, LaunchTemplate={"LaunchTemplateId": template["LaunchTemplateId"], "Version": "$Latest"})
rule("a launch uses the template", "t2.small", D, lambda: launched("templated")["InstanceType"])
service = lambda name: sum(i["LifecycleState"] == "InService" for i in described(name)["Instances"])
until(lambda: service("templated"), 1)
asg.update_auto_scaling_group(AutoScalingGroupName="templated", MinSize=0, DesiredCapacity=0)
rule("a smaller capacity ends an instance", "0", D, lambda: until(lambda: len(described("templated")["Instances"]), 0))
rule("DeleteAutoScalingGroup empty, no force", "accepted", D, lambda: until(lambda: answer(asg.delete_auto_scaling_group, AutoScalingGroupName="templated"), "accepted"))
[source] = run(subnet)
until(lambda: state(source), "running")
image = ec2.create_image(InstanceId=source, Name="gone")["ImageId"]
until(lambda: ec2.describe_images(ImageIds=[image])["Images"][0]["State"], "available")
configuration(LaunchConfigurationName="gone", ImageId=image)
ec2.deregister_image(ImageId=image)
rule("CreateAutoScalingGroup of a deregistered image", "accepted or ValidationError/400", U, create, AutoScalingGroupName="failing", LaunchConfigurationName="gone")
activities = lambda: asg.describe_scaling_activities(AutoScalingGroupName="failing")["Activities"]
until(lambda: bool(activities()) and activities()[-1]["StatusCode"], "Failed")
rule("a launch that fails is an activity that failed", "Failed True", D, lambda: "{StatusCode} {0}".format("Status Reason" in activities()[-1]["Description"] or bool(activities()[-1].get("StatusMessage")), **activities()[-1]))
rule("DescribeScalingActivities unknown group", "0 or ValidationError/400", U, lambda: len(asg.describe_scaling_activities(AutoScalingGroupName="nobody")["Activities"]))
rule("DescribeAccountLimits", "200 500", D, lambda: "{MaxNumberOfLaunchConfigurations} {MaxNumberOfAutoScalingGroups}".format(**asg.describe_account_limits()))

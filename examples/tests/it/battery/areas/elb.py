"""Load balancers, classic and new."""

from ground import *

elb, elbv2 = client("elb"), client("elbv2")
vpc = new_vpc()
gateway = new_gateway(vpc)
subnet = new_subnet(vpc)
group = new_group(vpc)
LISTENERS = [{"Protocol": "TCP", "LoadBalancerPort": 80, "InstancePort": 30080}]
ARN = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:{}/app/nobody/0123456789abcdef"


def create(**params):
    wanted = dict(LoadBalancerName="front", Listeners=LISTENERS, Subnets=[subnet], SecurityGroups=[group])
    wanted.update(params)
    return elb.create_load_balancer(**{k: v for k, v in wanted.items() if v is not None})


rule("CreateLoadBalancer without a subnet", "ValidationError/400 or InvalidConfigurationRequest/409", D, create, Subnets=None)
rule("CreateLoadBalancer unknown subnet", "SubnetNotFound/400 or InvalidSubnet/400 or ValidationError/400", D, create, Subnets=[nothing("subnet")])
rule("CreateLoadBalancer unknown group", "InvalidSecurityGroup/400", D, create, SecurityGroups=[nothing("sg")])
rule("CreateLoadBalancer without listeners", "ValidationError/400", D, create, Listeners=None)
rule("CreateLoadBalancer bad name", "ValidationError/400", D, create, LoadBalancerName="a_b")
rule("CreateLoadBalancer unknown protocol", "ValidationError/400 or UnsupportedProtocol/400", D, create, Listeners=[{**LISTENERS[0], "Protocol": "QUIC"}])
rule("CreateLoadBalancer port 0", "ValidationError/400", D, create, Listeners=[{**LISTENERS[0], "LoadBalancerPort": 0}])
rule("CreateLoadBalancer", "True", D, lambda: create()["DNSName"].endswith(".eu-west-1.elb.amazonaws.com"))
rule("CreateLoadBalancer again is the same", "accepted or DuplicateLoadBalancerName/400", D, create)
rule("CreateLoadBalancer same name, other listeners", "DuplicateLoadBalancerName/400", D, create, Listeners=[{**LISTENERS[0], "InstancePort": 1}])
found = elb.describe_load_balancers(LoadBalancerNames=["front"])["LoadBalancerDescriptions"][0]
rule("DescribeLoadBalancers shows where it is", "True True", D, lambda: f"{found['VPCId'] == vpc} {found['Subnets'] == [subnet]}")
rule("DescribeLoadBalancers unknown", "LoadBalancerNotFound/400", D, elb.describe_load_balancers, LoadBalancerNames=["nobody"])
rule("DescribeTags unknown", "LoadBalancerNotFound/400", D, elb.describe_tags, LoadBalancerNames=["nobody"])
rule("DescribeInstanceHealth unknown", "LoadBalancerNotFound/400", D, elb.describe_instance_health, LoadBalancerName="nobody")
check = {"Target": "TCP:30080", "Interval": 30, "Timeout": 5, "UnhealthyThreshold": 2, "HealthyThreshold": 2}
rule("ConfigureHealthCheck", "accepted", D, elb.configure_health_check, LoadBalancerName="front", HealthCheck=check)
rule("ConfigureHealthCheck unknown", "LoadBalancerNotFound/400", D, elb.configure_health_check, LoadBalancerName="nobody", HealthCheck=check)
rule("ConfigureHealthCheck timeout above interval", "ValidationError/400", D, elb.configure_health_check, LoadBalancerName="front", HealthCheck={**check, "Timeout": 30})
rule("a load balancer has an interface in the subnet", "True", D, lambda: until(lambda: bool(ec2.describe_network_interfaces(Filters=filters(subnet_id=subnet))["NetworkInterfaces"])))
rule("DeleteSubnet holding a load balancer", "DependencyViolation/400", D, ec2.delete_subnet, SubnetId=subnet)
rule("DeleteSecurityGroup of a load balancer", "DependencyViolation/400", D, ec2.delete_security_group, GroupId=group)
rule("DetachInternetGateway while a load balancer is there", "DependencyViolation/400", D, ec2.detach_internet_gateway, InternetGatewayId=gateway, VpcId=vpc)
rule("DeleteLoadBalancer", "accepted", D, elb.delete_load_balancer, LoadBalancerName="front")
rule("DeleteLoadBalancer of a missing one", "accepted", D, elb.delete_load_balancer, LoadBalancerName="front")
rule("DeleteSubnet straight after DeleteLoadBalancer", "DependencyViolation/400", O, ec2.delete_subnet, SubnetId=subnet)
rule("DeleteSubnet some time later", "accepted", O, lambda: until(lambda: answer(ec2.delete_subnet, SubnetId=subnet), "accepted"))
rule("elbv2 DescribeLoadBalancers unknown name", "LoadBalancerNotFound/400", D, elbv2.describe_load_balancers, Names=["nobody"])
rule("elbv2 DescribeLoadBalancers", "0", D, lambda: len(elbv2.describe_load_balancers()["LoadBalancers"]))
rule("elbv2 DeleteLoadBalancer of a missing one", "accepted", D, elbv2.delete_load_balancer, LoadBalancerArn=ARN.format("loadbalancer"))
rule("elbv2 DescribeTargetGroups unknown", "TargetGroupNotFound/400", D, elbv2.describe_target_groups, Names=["nobody"])
rule("elbv2 DescribeListeners of a missing one", "LoadBalancerNotFound/400", D, elbv2.describe_listeners, LoadBalancerArn=ARN.format("loadbalancer"))

asg, ami = client("autoscaling"), xenial()
subnet = new_subnet(vpc)
asg.create_launch_configuration(LaunchConfigurationName="nodes", ImageId=ami, InstanceType="t2.micro")
GROUP = dict(AutoScalingGroupName="hopper", LaunchConfigurationName="nodes", MinSize=0, MaxSize=1, VPCZoneIdentifier=subnet)
rule("CreateAutoScalingGroup unknown load balancer", "ValidationError/400", D, asg.create_auto_scaling_group, **GROUP, LoadBalancerNames=["nobody"])
asg.create_auto_scaling_group(**GROUP)
rule("AttachLoadBalancers unknown", "ValidationError/400", D, asg.attach_load_balancers, AutoScalingGroupName="hopper", LoadBalancerNames=["nobody"])
create(LoadBalancerName="behind")
rule("AttachLoadBalancers", "accepted", D, asg.attach_load_balancers, AutoScalingGroupName="hopper", LoadBalancerNames=["behind"])
asg.set_desired_capacity(AutoScalingGroupName="hopper", DesiredCapacity=1)
members = lambda: elb.describe_load_balancers(LoadBalancerNames=["behind"])["LoadBalancerDescriptions"][0]["Instances"]
rule("a group's instance is registered", "True", D, lambda: until(lambda: len(members()) == 1))
rule("DetachLoadBalancers unknown", "ValidationError/400", D, asg.detach_load_balancers, AutoScalingGroupName="hopper", LoadBalancerNames=["nobody"])
rule("DetachLoadBalancers", "accepted", D, asg.detach_load_balancers, AutoScalingGroupName="hopper", LoadBalancerNames=["behind"])
rule("a detached group's instance is not registered", "True", D, lambda: until(lambda: not members()))
rule("DeregisterInstances unknown load balancer", "LoadBalancerNotFound/400", D, elb.deregister_instances_from_load_balancer, LoadBalancerName="nobody", Instances=[{"InstanceId": nothing("i")}])
rule("DeregisterInstances unknown instance", "InvalidInstance/400", D, elb.deregister_instances_from_load_balancer, LoadBalancerName="behind", Instances=[{"InstanceId": nothing("i")}])

"""Looks at an AWS endpoint, or meddles with it, through boto3: a client that hopper knows nothing of.

    cloud.py inventory URL    everything that is there, as JSON
    cloud.py bucket URL       makes the bucket team-journals
    cloud.py journal URL      all objects below hopper/prod in it, one after the other
    cloud.py watch URL        the inventory again for every line that comes in
    cloud.py meddle URL       changes a tag, a rule and a DNS attribute of the cluster
    cloud.py live URL         makes what Kubernetes makes on its own in the cluster's VPC
    cloud.py neighbour URL    makes the same for a cluster of the same name in the default VPC
    cloud.py gateway URL      makes a NAT gateway in a VPC of its own
"""

import json
import sys

import boto3


def client(service):
    return boto3.client(
        service,
        endpoint_url=sys.argv[2],
        region_name="eu-west-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


ec2, iam, autoscaling = (client(service) for service in ["ec2", "iam", "autoscaling"])
elb, elbv2 = (client(service) for service in ["elb", "elbv2"])


def every(client, operation, key, **asked):
    """All that an operation lists, from all of its pages."""
    if not client.can_paginate(operation):
        return getattr(client, operation)(**asked)[key]
    pages = client.get_paginator(operation).paginate(**asked)
    return [found for page in pages for found in page[key]]


def roles():
    """Every role that is not AWS's own, with its policies."""
    found = every(iam, "list_roles", "Roles")
    found = [r for r in found if not r["Path"].startswith("/aws-service-role/")]
    for role in found:
        name = role["RoleName"]
        role["Tags"] = iam.list_role_tags(RoleName=name)["Tags"]
        role["Policies"] = iam.list_role_policies(RoleName=name)["PolicyNames"]
    return found


def launch_templates():
    """Every launch template, with its latest version."""
    found = every(ec2, "describe_launch_templates", "LaunchTemplates")
    for template in found:
        versions = ec2.describe_launch_template_versions(
            LaunchTemplateId=template["LaunchTemplateId"], Versions=["$Latest"]
        )
        template["Data"] = versions["LaunchTemplateVersions"][0]["LaunchTemplateData"]
    return found


def inventory():
    """What is there, but for what is dead and only still shown. Network interfaces and ACLs are
    left out: moto forgets to delete them."""
    instances = [i for r in every(ec2, "describe_instances", "Reservations") for i in r["Instances"]]
    nats = every(ec2, "describe_nat_gateways", "NatGateways")
    vpcs = every(ec2, "describe_vpcs", "Vpcs")
    for vpc in vpcs:
        for attribute in ["enableDnsSupport", "enableDnsHostnames"]:
            got = ec2.describe_vpc_attribute(VpcId=vpc["VpcId"], Attribute=attribute)
            vpc[attribute] = got[attribute[0].upper() + attribute[1:]]["Value"]
    return {
        "vpcs": vpcs,
        "subnets": every(ec2, "describe_subnets", "Subnets"),
        "route_tables": every(ec2, "describe_route_tables", "RouteTables"),
        "internet_gateways": every(ec2, "describe_internet_gateways", "InternetGateways"),
        "addresses": every(ec2, "describe_addresses", "Addresses"),
        "nat_gateways": [n for n in nats if n["State"] != "deleted"],
        "security_groups": every(ec2, "describe_security_groups", "SecurityGroups"),
        "security_group_rules": every(ec2, "describe_security_group_rules", "SecurityGroupRules"),
        "key_pairs": every(ec2, "describe_key_pairs", "KeyPairs"),
        "images": every(ec2, "describe_images", "Images", Owners=["self"]),
        "snapshots": every(ec2, "describe_snapshots", "Snapshots", OwnerIds=["self"]),
        "volumes": every(ec2, "describe_volumes", "Volumes"),
        "launch_templates": launch_templates(),
        "launch_configurations": every(
            autoscaling, "describe_launch_configurations", "LaunchConfigurations"
        ),
        "groups": every(autoscaling, "describe_auto_scaling_groups", "AutoScalingGroups"),
        "roles": roles(),
        "instance_profiles": every(iam, "list_instance_profiles", "InstanceProfiles"),
        "load_balancers": every(elb, "describe_load_balancers", "LoadBalancerDescriptions"),
        "newer_load_balancers": every(elbv2, "describe_load_balancers", "LoadBalancers"),
        "target_groups": every(elbv2, "describe_target_groups", "TargetGroups"),
        "cni_interfaces": every(
            ec2,
            "describe_network_interfaces",
            "NetworkInterfaces",
            Filters=[{"Name": "description", "Values": ["aws-K8S-*"]}],
        ),
        "instances": [i for i in instances if i["State"]["Name"] != "terminated"],
    }


def meddle():
    [vpc] = ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["hopper"]}])["Vpcs"]
    vpc = vpc["VpcId"]
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "Name", "Value": "meddled"}])
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": False})
    groups = ec2.describe_security_groups(
        Filters=[{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["ssh-bastion"]}]
    )
    [group] = groups["SecurityGroups"]
    ec2.revoke_security_group_ingress(
        GroupId=group["GroupId"], IpPermissions=group["IpPermissions"]
    )


def bucket():
    client("s3").create_bucket(
        Bucket="team-journals",
        CreateBucketConfiguration={"LocationConstraint": "eu-west-1"},
    )


def journal():
    s3 = client("s3")
    for page in s3.get_paginator("list_objects_v2").paginate(
        Bucket="team-journals", Prefix="hopper/prod/"
    ):
        for found in page.get("Contents", []):
            got = s3.get_object(Bucket="team-journals", Key=found["Key"])
            sys.stdout.write(got["Body"].read().decode())


def cluster():
    """The cluster's VPC, a subnet of it, and the group of its nodes."""
    shared = {"Name": "tag:kubernetes.io/cluster/hopper", "Values": ["shared"]}
    [vpc] = ec2.describe_vpcs(Filters=[shared])["Vpcs"]
    in_vpc = {"Name": "vpc-id", "Values": [vpc["VpcId"]]}
    nodes = {"Name": "group-name", "Values": ["k8s-nodes"]}
    [nodes] = ec2.describe_security_groups(Filters=[in_vpc, nodes])["SecurityGroups"]
    subnets = ec2.describe_subnets(Filters=[in_vpc])["Subnets"]
    return vpc["VpcId"], subnets[0]["SubnetId"], nodes["GroupId"]


def default():
    [vpc] = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    in_vpc = [{"Name": "vpc-id", "Values": [vpc["VpcId"]]}]
    subnets = ec2.describe_subnets(Filters=in_vpc)["Subnets"]
    return vpc["VpcId"], subnets[0]["SubnetId"], None


def live(vpc, subnet, nodes, name):
    """What Kubernetes makes on its own: a Service's classic load balancer, another's network load
    balancer, each as its provider makes it, and an interface of the CNI."""
    tags = [
        {"Key": "kubernetes.io/cluster/hopper", "Value": "owned"},
        {"Key": "kubernetes.io/service-name", "Value": "default/demo"},
    ]
    group = ec2.create_security_group(
        GroupName=f"k8s-elb-{name}",
        Description="Security group for Kubernetes ELB",
        VpcId=vpc,
        TagSpecifications=[{"ResourceType": "security-group", "Tags": tags[:1]}],
    )["GroupId"]
    if nodes:
        pair = {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group}]}
        ec2.authorize_security_group_ingress(GroupId=nodes, IpPermissions=[pair])
    elb.create_load_balancer(
        LoadBalancerName=name,
        Listeners=[{"Protocol": "TCP", "LoadBalancerPort": 80, "InstancePort": 30080}],
        Subnets=[subnet],
        SecurityGroups=[group],
        Tags=tags,
    )
    tags = [{"Key": "elbv2.k8s.aws/cluster", "Value": "hopper"}]
    target = elbv2.create_target_group(
        Name=f"k8s-{name}", Protocol="TCP", Port=31000, VpcId=vpc, Tags=tags
    )["TargetGroups"][0]["TargetGroupArn"]
    balancer = elbv2.create_load_balancer(
        Name=f"k8s-{name}", Type="network", Subnets=[subnet], Tags=tags
    )["LoadBalancers"][0]["LoadBalancerArn"]
    forward = {"Type": "forward", "TargetGroupArn": target}
    elbv2.create_listener(
        LoadBalancerArn=balancer, Protocol="TCP", Port=443, DefaultActions=[forward]
    )
    ec2.create_network_interface(SubnetId=subnet, Description="aws-K8S-i-0123456789abcdef0")


def gateway():
    """A NAT gateway of nobody's, in a VPC of its own."""
    vpc = ec2.create_vpc(CidrBlock="172.20.0.0/16")["Vpc"]["VpcId"]
    # With a zone, or moto draws one.
    subnet = ec2.create_subnet(
        VpcId=vpc, CidrBlock="172.20.0.0/24", AvailabilityZone="eu-west-1a"
    )["Subnet"]["SubnetId"]
    way_out = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(VpcId=vpc, InternetGatewayId=way_out)
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    made = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)["NatGateway"]
    ec2.get_waiter("nat_gateway_available").wait(NatGatewayIds=[made["NatGatewayId"]])


def watch():
    for _ in sys.stdin:
        print(json.dumps(inventory(), default=str, sort_keys=True), flush=True)


if sys.argv[1] == "meddle":
    meddle()
elif sys.argv[1] == "bucket":
    bucket()
elif sys.argv[1] == "journal":
    journal()
elif sys.argv[1] == "live":
    live(*cluster(), "a0123456789abcdef")
elif sys.argv[1] == "neighbour":
    live(*default(), "a9876543210fedcba")
elif sys.argv[1] == "gateway":
    gateway()
elif sys.argv[1] == "watch":
    watch()
else:
    json.dump(inventory(), sys.stdout, default=str, sort_keys=True)

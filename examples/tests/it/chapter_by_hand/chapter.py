"""The chapter's calls, one after another, through boto3: what a script does that hopper replaces.

    chapter.py up URL POLICIES      makes everything, and prints what it needs to be taken down
    chapter.py down URL STATE       takes everything down

Tags are part of the calls that create. What has to be waited for is asked for every
CHAPTER_DELAY seconds (0.05 unless set). `up` and `down` end with a line of JSON on what it cost.
"""

import json
import os
import pathlib
import resource
import sys
import time

import boto3
from botocore.config import Config

DELAY = float(os.environ.get("CHAPTER_DELAY", "0.05"))
PUBLIC_KEY = (
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIN+69qqKSv4S/E3cwOPebUo1JnnRp5vfaMhRInrupHMq"
)
CLUSTER = "kubernetes.io/cluster/hopper"
MASTER = ["master", "ecr", "cni", "autoscaler", "loadbalancing"]
NODE = ["node", "ecr", "cni"]

calls = 0


def client(service, url):
    made = boto3.client(
        service,
        endpoint_url=url,
        region_name="eu-west-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"max_attempts": 1}),
    )

    def count(**_):
        global calls
        calls += 1

    made.meta.events.register("before-send", count)
    return made


def tagged(kind, **tags):
    named = [{"Key": key, "Value": value} for key, value in tags.items()]
    return [{"ResourceType": kind, "Tags": named}]


def wait(client, waiter, **what):
    """As the SDK's waiters do, but as often as the simulator's speed asks for."""
    client.get_waiter(waiter).wait(WaiterConfig={"Delay": DELAY, "MaxAttempts": 2000}, **what)


def until(look):
    for _ in range(2000):
        got = look()
        if got:
            return got
        time.sleep(DELAY)
    sys.exit("it takes too long")


def up(url, policies):
    ec2, iam, asg = (client(s, url) for s in ["ec2", "iam", "autoscaling"])
    policies = pathlib.Path(policies)

    # 1-20: the network.
    vpc = ec2.create_vpc(
        CidrBlock="10.0.0.0/16",
        TagSpecifications=tagged("vpc", **{"Name": "hopper", CLUSTER: "shared"}),
    )["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsSupport={"Value": True})
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    tables = ec2.describe_route_tables(
        Filters=[
            {"Name": "vpc-id", "Values": [vpc]},
            {"Name": "association.main", "Values": ["true"]},
        ]
    )
    private_table = tables["RouteTables"][0]["RouteTableId"]
    public_table = ec2.create_route_table(
        VpcId=vpc, TagSpecifications=tagged("route-table", Name="hopper-public")
    )["RouteTable"]["RouteTableId"]
    ec2.create_tags(Resources=[private_table], Tags=[{"Key": "Name", "Value": "hopper-private"}])
    private = ec2.create_subnet(
        VpcId=vpc,
        AvailabilityZone="eu-west-1a",
        CidrBlock="10.0.0.0/20",
        TagSpecifications=tagged(
            "subnet",
            **{
                "Name": "hopper-private-1a",
                CLUSTER: "owned",
                "kubernetes.io/role/internal-elb": "1",
            },
        ),
    )["Subnet"]["SubnetId"]
    public = ec2.create_subnet(
        VpcId=vpc,
        AvailabilityZone="eu-west-1a",
        CidrBlock="10.0.16.0/20",
        TagSpecifications=tagged(
            "subnet",
            **{"Name": "hopper-public-1a", CLUSTER: "owned", "kubernetes.io/role/elb": "1"},
        ),
    )["Subnet"]["SubnetId"]
    association = ec2.associate_route_table(SubnetId=public, RouteTableId=public_table)
    association = association["AssociationId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    anywhere = "0.0.0.0/0"
    ec2.create_route(
        RouteTableId=public_table, DestinationCidrBlock=anywhere, GatewayId=gateway
    )
    allocation = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=public, AllocationId=allocation)
    nat = nat["NatGateway"]["NatGatewayId"]
    wait(ec2, "nat_gateway_available", NatGatewayIds=[nat])
    ec2.create_route(
        RouteTableId=private_table, DestinationCidrBlock=anywhere, NatGatewayId=nat
    )

    # P5, 21-26: the bastion.
    ec2.import_key_pair(KeyName="eds_laptop", PublicKeyMaterial=PUBLIC_KEY.encode())

    def group(name, description):
        made = ec2.create_security_group(GroupName=name, Description=description, VpcId=vpc)
        return made["GroupId"]

    def allow(into, protocol, port, source=None):
        permission = {"IpProtocol": protocol}
        if port is not None:
            permission |= {"FromPort": port, "ToPort": port}
        if source is None:
            permission["IpRanges"] = [{"CidrIp": anywhere}]
        else:
            permission["UserIdGroupPairs"] = [{"GroupId": source}]
        ec2.authorize_security_group_ingress(GroupId=into, IpPermissions=[permission])

    bastion_group = group("ssh-bastion", "SSH Bastion Hosts")
    allow(bastion_group, "tcp", 22)
    images = ec2.describe_images(
        Owners=["099720109477"],
        Filters=[
            {"Name": "root-device-type", "Values": ["ebs"]},
            {"Name": "architecture", "Values": ["x86_64"]},
            {"Name": "name", "Values": ["*hvm-ssd/ubuntu-xenial-16.04*"]},
        ],
    )["Images"]
    ubuntu = sorted(images, key=lambda image: image["Name"])[-1]["ImageId"]

    def run(image, size, subnet, groups, tags, **more):
        made = ec2.run_instances(
            ImageId=image,
            InstanceType=size,
            KeyName="eds_laptop",
            MinCount=1,
            MaxCount=1,
            TagSpecifications=tagged("instance", **tags),
            NetworkInterfaces=[
                {
                    "DeviceIndex": 0,
                    "SubnetId": subnet,
                    "Groups": groups,
                    "AssociatePublicIpAddress": more.pop("public", False),
                }
                | ({"PrivateIpAddress": more.pop("address")} if "address" in more else {})
            ],
            **more,
        )
        return made["Instances"][0]["InstanceId"]

    bastion = run(
        ubuntu, "t2.micro", public, [bastion_group], {"Name": "ssh-bastion"}, public=True
    )
    wait(ec2, "instance_running", InstanceIds=[bastion])

    # 29-43: IAM.
    trust = (policies / "ec2-role-trust-policy.json").read_text()
    for role, names in [("K8sMaster", MASTER), ("K8sNode", NODE)]:
        iam.create_role(RoleName=role, AssumeRolePolicyDocument=trust)
        for name in names:
            document = (policies / f"{name}.json").read_text()
            iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=document)
        iam.create_instance_profile(InstanceProfileName=role)
        iam.add_role_to_instance_profile(InstanceProfileName=role, RoleName=role)

    # 44-60: the image.
    ami_group = group("k8s-ami", "Kubernetes AMI Instances")
    allow(ami_group, "tcp", 22, bastion_group)
    builder = run(
        ubuntu,
        "t2.micro",
        private,
        [ami_group],
        {"Name": "kubernetes-node-ami"},
        address="10.0.0.11",
    )
    wait(ec2, "instance_running", InstanceIds=[builder])
    ec2.stop_instances(InstanceIds=[builder])
    wait(ec2, "instance_stopped", InstanceIds=[builder])
    image = ec2.create_image(
        InstanceId=builder, Name="k8s-1.10.3-001", Description="Kubernetes v1.10.3"
    )["ImageId"]
    wait(ec2, "image_available", ImageIds=[image])

    # 61-73: the master.
    master_group = group("k8s-master", "Kubernetes Master Hosts")
    allow(master_group, "tcp", 22, bastion_group)
    master = run(
        image,
        "t2.medium",
        private,
        [master_group],
        {"Name": "hopper-k8s-master", CLUSTER: "owned"},
        address="10.0.0.10",
        CreditSpecification={"CpuCredits": "unlimited"},
        IamInstanceProfile={"Name": "K8sMaster"},
    )
    wait(ec2, "instance_running", InstanceIds=[master])
    allow(master_group, "tcp", 6443, bastion_group)

    # 78-88: the workers.
    node_group = group("k8s-nodes", "Kubernetes Nodes")
    allow(node_group, "tcp", 22, bastion_group)
    allow(master_group, "tcp", 6443, node_group)
    allow(master_group, "-1", 53, node_group)
    allow(node_group, "tcp", 10250, master_group)
    allow(node_group, "tcp", 10255, master_group)
    allow(node_group, "-1", None, node_group)
    asg.create_launch_configuration(
        LaunchConfigurationName="k8s-node-1.10.3-t2-medium-001",
        ImageId=image,
        KeyName="eds_laptop",
        SecurityGroups=[node_group],
        InstanceType="t2.medium",
        IamInstanceProfile="K8sNode",
        AssociatePublicIpAddress=False,
    )
    name = "hopper-t2-medium-nodes"
    asg.create_auto_scaling_group(
        AutoScalingGroupName=name,
        LaunchConfigurationName="k8s-node-1.10.3-t2-medium-001",
        MinSize=1,
        MaxSize=1,
        VPCZoneIdentifier=private,
        Tags=[
            {"Key": key, "Value": value, "PropagateAtLaunch": True}
            for key, value in [
                ("Name", "hopper-k8s-node"),
                (CLUSTER, "owned"),
                ("k8s.io/cluster-autoscaler/enabled", "1"),
            ]
        ],
    )

    def in_service():
        [seen] = asg.describe_auto_scaling_groups(AutoScalingGroupNames=[name])[
            "AutoScalingGroups"
        ]
        states = [i["LifecycleState"] for i in seen["Instances"]]
        return states == ["InService"]

    until(in_service)
    return {
        "vpc": vpc,
        "private_table": private_table,
        "public_table": public_table,
        "subnets": [private, public],
        "association": association,
        "gateway": gateway,
        "allocation": allocation,
        "nat": nat,
        "groups": [bastion_group, ami_group, master_group, node_group],
        "instances": [bastion, builder, master],
        "image": image,
    }


def down(url, state):
    ec2, iam, asg = (client(s, url) for s in ["ec2", "iam", "autoscaling"])
    name = "hopper-t2-medium-nodes"
    [group] = asg.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"]
    workers = [i["InstanceId"] for i in group["Instances"]]
    asg.delete_auto_scaling_group(AutoScalingGroupName=name, ForceDelete=True)
    until(
        lambda: not asg.describe_auto_scaling_groups(AutoScalingGroupNames=[name])[
            "AutoScalingGroups"
        ]
    )
    asg.delete_launch_configuration(LaunchConfigurationName="k8s-node-1.10.3-t2-medium-001")
    ec2.terminate_instances(InstanceIds=state["instances"])
    wait(ec2, "instance_terminated", InstanceIds=state["instances"] + workers)
    [image] = ec2.describe_images(ImageIds=[state["image"]])["Images"]
    ec2.deregister_image(ImageId=state["image"])
    for device in image["BlockDeviceMappings"]:
        if "Ebs" in device:
            ec2.delete_snapshot(SnapshotId=device["Ebs"]["SnapshotId"])
    for role, names in [("K8sMaster", MASTER), ("K8sNode", NODE)]:
        iam.remove_role_from_instance_profile(InstanceProfileName=role, RoleName=role)
        iam.delete_instance_profile(InstanceProfileName=role)
        for policy in names:
            iam.delete_role_policy(RoleName=role, PolicyName=policy)
        iam.delete_role(RoleName=role)
    for id in state["groups"]:
        rules = ec2.describe_security_group_rules(
            Filters=[{"Name": "group-id", "Values": [id]}]
        )["SecurityGroupRules"]
        rules = [rule["SecurityGroupRuleId"] for rule in rules if not rule["IsEgress"]]
        ec2.revoke_security_group_ingress(GroupId=id, SecurityGroupRuleIds=rules)
    for id in state["groups"]:
        ec2.delete_security_group(GroupId=id)
    anywhere = "0.0.0.0/0"
    ec2.delete_route(RouteTableId=state["private_table"], DestinationCidrBlock=anywhere)
    ec2.delete_nat_gateway(NatGatewayId=state["nat"])
    wait(ec2, "nat_gateway_deleted", NatGatewayIds=[state["nat"]])
    ec2.release_address(AllocationId=state["allocation"])
    ec2.delete_route(RouteTableId=state["public_table"], DestinationCidrBlock=anywhere)
    ec2.detach_internet_gateway(InternetGatewayId=state["gateway"], VpcId=state["vpc"])
    ec2.delete_internet_gateway(InternetGatewayId=state["gateway"])
    ec2.disassociate_route_table(AssociationId=state["association"])
    ec2.delete_route_table(RouteTableId=state["public_table"])
    for id in state["subnets"]:
        ec2.delete_subnet(SubnetId=id)
    ec2.delete_key_pair(KeyName="eds_laptop")
    ec2.delete_vpc(VpcId=state["vpc"])


def cost(began):
    used = resource.getrusage(resource.RUSAGE_SELF)
    wall, cpu = time.monotonic() - began, used.ru_utime + used.ru_stime
    print(json.dumps({"calls": calls, "wall": round(wall, 3), "cpu": round(cpu, 3)}))


def main():
    what, url = sys.argv[1:3]
    began = time.monotonic()
    if what == "up":
        print(json.dumps(up(url, sys.argv[3])))
        cost(began)
    elif what == "down":
        down(url, json.loads(sys.argv[3]))
        cost(began)


main()

"""Subnets."""

from ground import *

vpc = new_vpc()
made = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/20", AvailabilityZone="eu-west-1a")["Subnet"]
subnet = made["SubnetId"]


def described():
    return ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]


def create(**params):
    return ec2.create_subnet(**{"VpcId": vpc, **params})


rule("CreateSubnet answers state pending", "pending", D, lambda: made["State"])
rule("a subnet becomes available", "available", D, lambda: until(lambda: described()["State"], "available"))
rule("a /20 has 4,091 addresses", "4091", D, lambda: made["AvailableIpAddressCount"])
rule("a subnet gives no public addresses", "False", D, lambda: made["MapPublicIpOnLaunch"])
rule("CreateSubnet outside VPC CIDR", "InvalidSubnet.Range/400", D, create, CidrBlock="10.1.0.0/20")
rule("CreateSubnet larger than the VPC", "InvalidSubnet.Range/400", D, create, CidrBlock="10.0.0.0/15")
rule("CreateSubnet /29", "InvalidSubnet.Range/400", D, create, CidrBlock="10.0.32.0/29")
rule("CreateSubnet overlap", "InvalidSubnet.Conflict/400", D, create, CidrBlock="10.0.0.0/24")
rule("CreateSubnet the same CIDR", "InvalidSubnet.Conflict/400", D, create, CidrBlock="10.0.0.0/20")
rule("CreateSubnet around another", "InvalidSubnet.Conflict/400", D, create, CidrBlock="10.0.0.0/19")
rule("CreateSubnet malformed CIDR", "InvalidParameterValue/400", D, create, CidrBlock="10.0.0/20")
rule("CreateSubnet bad AZ", "InvalidParameterValue/400", O, create, CidrBlock="10.0.16.0/20", AvailabilityZone="eu-west-1z")
rule("CreateSubnet AZ of another region", "InvalidParameterValue/400", O, create, CidrBlock="10.0.16.0/20", AvailabilityZone="us-east-1a")
rule("CreateSubnet without a VPC", "MissingParameter/400", D, ec2.create_subnet, CidrBlock="10.0.16.0/20")
rule("CreateSubnet without addresses", "MissingParameter/400", D, create)
rule("CreateSubnet unknown VPC", "InvalidVpcID.NotFound/400", D, create, VpcId=nothing("vpc"), CidrBlock="10.0.16.0/20")
rule("CreateSubnet malformed VPC", "InvalidVpcID.Malformed/400", D, create, VpcId="vpc-xyz", CidrBlock="10.0.16.0/20")
rule("CreateSubnet DryRun", "DryRunOperation/412", D, create, CidrBlock="10.0.16.0/20", DryRun=True)
rule("DescribeSubnets unknown", "InvalidSubnetID.NotFound/400", D, ec2.describe_subnets, SubnetIds=[nothing("subnet")])
rule("DescribeSubnets malformed", "InvalidSubnetID.Malformed/400", D, ec2.describe_subnets, SubnetIds=["subnet-"])
rule("DescribeSubnets unknown filter", "InvalidParameterValue/400", D, ec2.describe_subnets, Filters=filters(vpc="x"))
rule("DescribeSubnets MaxResults 4", "InvalidParameterValue/400", D, ec2.describe_subnets, MaxResults=4)
rule("ModifySubnetAttribute", "accepted", D, ec2.modify_subnet_attribute, SubnetId=subnet, MapPublicIpOnLaunch={"Value": True})
rule("MapPublicIpOnLaunch is kept", "True", D, lambda: described()["MapPublicIpOnLaunch"])
rule("ModifySubnetAttribute unknown", "InvalidSubnetID.NotFound/400", D, ec2.modify_subnet_attribute, SubnetId=nothing("subnet"), MapPublicIpOnLaunch={"Value": True})
rule("ModifySubnetAttribute nothing", "MissingParameter/400 or InvalidParameterCombination/400", U, ec2.modify_subnet_attribute, SubnetId=subnet)
rule("ModifySubnetAttribute two at once", "InvalidParameterCombination/400", O, ec2.modify_subnet_attribute, SubnetId=subnet, MapPublicIpOnLaunch={"Value": True}, EnableDns64={"Value": True})
interface = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
rule("an interface takes an address", "4090", D, lambda: described()["AvailableIpAddressCount"])
rule("DeleteSubnet holding an interface", "DependencyViolation/400", D, ec2.delete_subnet, SubnetId=subnet)
rule("DeleteVpc holding an interface", "DependencyViolation/400", D, ec2.delete_vpc, VpcId=vpc)
ec2.delete_network_interface(NetworkInterfaceId=interface)
rule("the address is free again", "4091", D, lambda: described()["AvailableIpAddressCount"])
rule("DeleteSubnet unknown", "InvalidSubnetID.NotFound/400", D, ec2.delete_subnet, SubnetId=nothing("subnet"))
rule("DeleteSubnet malformed", "InvalidSubnetID.Malformed/400", D, ec2.delete_subnet, SubnetId="x")
rule("DeleteSubnet without an id", "MissingParameter/400", D, ec2.delete_subnet)
table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
rule("DeleteSubnet with a table of its own", "accepted", D, ec2.delete_subnet, SubnetId=subnet)
rule("its association is gone with it", "0", D, lambda: len(ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Associations"]))
rule("DeleteSubnet again", "InvalidSubnetID.NotFound/400", D, ec2.delete_subnet, SubnetId=subnet)

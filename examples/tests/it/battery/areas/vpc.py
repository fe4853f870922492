"""VPCs, and what comes and goes with them."""

from ground import *

rule("CreateVpc 10.0.0.0/8", "InvalidVpc.Range/400", O, ec2.create_vpc, CidrBlock="10.0.0.0/8")
rule("CreateVpc /29", "InvalidVpc.Range/400", O, ec2.create_vpc, CidrBlock="10.0.0.0/29")
for cidr in ["300.0.0.0/16", "10.0.0.0", "10.0.0.0/33", "", "2001:db8::/56"]:
    rule(f"CreateVpc '{cidr}'", "InvalidParameterValue/400", D, ec2.create_vpc, CidrBlock=cidr)
rule("CreateVpc without addresses", "MissingParameter/400", D, ec2.create_vpc)
rule("CreateVpc unknown tenancy", "InvalidParameterValue/400", D, ec2.create_vpc, CidrBlock="10.0.0.0/16", InstanceTenancy="shared")
rule("CreateVpc tags for a subnet", "InvalidParameterValue/400", D, ec2.create_vpc, CidrBlock="10.0.0.0/16", TagSpecifications=[{"ResourceType": "subnet", "Tags": [{"Key": "a", "Value": "b"}]}])
rule("CreateVpc DryRun", "DryRunOperation/412", D, ec2.create_vpc, CidrBlock="10.0.0.0/16", DryRun=True)
rule("DryRun makes nothing", "0", D, lambda: len(ec2.describe_vpcs()["Vpcs"]))
made = ec2.create_vpc(
    CidrBlock="10.0.9.9/16",
    TagSpecifications=[{"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": "tagged"}]}],
)["Vpc"]
vpc = made["VpcId"]
rule("CreateVpc answers state pending", "pending", D, lambda: made["State"])
rule("CreateVpc keeps the canonical CIDR", "10.0.0.0/16", D, lambda: made["CidrBlock"])
rule("CreateVpc takes tags", "tagged", D, lambda: made["Tags"][0]["Value"])


def described(id=None):
    return ec2.describe_vpcs(VpcIds=[id or vpc])["Vpcs"][0]


rule("a VPC becomes available", "available", D, lambda: until(lambda: described()["State"], "available"))
rule("ids have 17 digits", "21", D, lambda: len(vpc))
rule("DescribeVpcs malformed id", "InvalidVpcID.Malformed/400", D, ec2.describe_vpcs, VpcIds=["vpc-x"])
rule("DescribeVpcs id of another kind", "InvalidVpcID.Malformed/400", D, ec2.describe_vpcs, VpcIds=[nothing("subnet")])
rule("DescribeVpcs unknown", "InvalidVpcID.NotFound/400", D, ec2.describe_vpcs, VpcIds=[nothing("vpc")])
rule("DescribeVpcs one of two unknown", "InvalidVpcID.NotFound/400", D, ec2.describe_vpcs, VpcIds=[vpc, nothing("vpc")])
rule("DescribeVpcs unknown filter", "InvalidParameterValue/400", D, ec2.describe_vpcs, Filters=filters(colour="red"))
rule("DescribeVpcs filter that fits nothing", "0", D, lambda: len(ec2.describe_vpcs(Filters=filters(cidr="1.0.0.0/8"))["Vpcs"]))
rule("DescribeVpcs filter with a wildcard", "1", D, lambda: len(ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["t?g*"]}])["Vpcs"]))
rule("DescribeVpcs filter without a value", "InvalidParameterValue/400 or MissingParameter/400", U, ec2.describe_vpcs, Filters=[{"Name": "vpc-id", "Values": []}])
for size in [4, 1001, 0, -1]:
    rule(f"DescribeVpcs MaxResults {size}", "InvalidParameterValue/400", D, ec2.describe_vpcs, MaxResults=size)
rule("DescribeVpcs foreign token", "InvalidParameterValue/400 or InvalidNextToken/400", D, ec2.describe_vpcs, NextToken="%%%")
rule("a VPC has a main route table", "True", D, lambda: main_table(vpc)["Associations"][0]["Main"])
rule("its local route", "10.0.0.0/16 local active CreateRouteTable", D, lambda: " ".join(main_table(vpc)["Routes"][0][k] for k in ["DestinationCidrBlock", "GatewayId", "State", "Origin"]))


def default_permissions(which):
    found = ec2.describe_security_groups(GroupIds=[default_group(vpc)])["SecurityGroups"][0]
    return found[which]


rule("its default group lets itself in", "-1 True", D, lambda: " ".join(f"{p['IpProtocol']} {p['UserIdGroupPairs'][0]['GroupId'] == default_group(vpc)}" for p in default_permissions("IpPermissions")))
rule("its default group lets all out", "-1 0.0.0.0/0", D, lambda: " ".join(f"{p['IpProtocol']} {p['IpRanges'][0]['CidrIp']}" for p in default_permissions("IpPermissionsEgress")))
rule("its default network ACL", "[True]", D, lambda: [acl["IsDefault"] for acl in ec2.describe_network_acls(Filters=filters(vpc_id=vpc))["NetworkAcls"]])
rule("its DHCP options exist", "1", D, lambda: len(ec2.describe_dhcp_options(DhcpOptionsIds=[described()["DhcpOptionsId"]])["DhcpOptions"]))

for attribute, value in [("enableDnsSupport", "True"), ("enableDnsHostnames", "False")]:
    shown = lambda: ec2.describe_vpc_attribute(VpcId=vpc, Attribute=attribute)[attribute[0].upper() + attribute[1:]]["Value"]
    rule(f"{attribute} at first", value, D, shown)
rule("DescribeVpcAttribute unknown attribute", "InvalidParameterValue/400", D, ec2.describe_vpc_attribute, VpcId=vpc, Attribute="colour")
rule("DescribeVpcAttribute no attribute", "MissingParameter/400", D, ec2.describe_vpc_attribute, VpcId=vpc)
rule("DescribeVpcAttribute unknown VPC", "InvalidVpcID.NotFound/400", D, ec2.describe_vpc_attribute, VpcId=nothing("vpc"), Attribute="enableDnsSupport")
rule("ModifyVpcAttribute", "accepted", D, ec2.modify_vpc_attribute, VpcId=vpc, EnableDnsHostnames={"Value": True})
rule("ModifyVpcAttribute unknown VPC", "InvalidVpcID.NotFound/400", D, ec2.modify_vpc_attribute, VpcId=nothing("vpc"), EnableDnsSupport={"Value": True})
rule("ModifyVpcAttribute malformed id", "InvalidVpcID.Malformed/400", D, ec2.modify_vpc_attribute, VpcId="vpc-1", EnableDnsSupport={"Value": True})
rule("ModifyVpcAttribute two at once", "InvalidParameterCombination/400", O, ec2.modify_vpc_attribute, VpcId=vpc, EnableDnsSupport={"Value": True}, EnableDnsHostnames={"Value": True})
rule("ModifyVpcAttribute nothing", "MissingParameter/400 or InvalidParameterCombination/400", U, ec2.modify_vpc_attribute, VpcId=vpc)

refused = ("DependencyViolation/400", D, ec2.delete_vpc)
subnet = new_subnet(vpc)
rule("DeleteVpc with subnets", *refused, VpcId=vpc)
ec2.delete_subnet(SubnetId=subnet)
gateway = new_gateway(vpc)
rule("DeleteVpc with attached IGW only", *refused, VpcId=vpc)
ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
group = new_group(vpc)
rule("DeleteVpc with a security group only", *refused, VpcId=vpc)
ec2.delete_security_group(GroupId=group)
table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
rule("DeleteVpc with a route table only", *refused, VpcId=vpc)
ec2.delete_route_table(RouteTableId=table)
rule("DeleteVpc unknown", "InvalidVpcID.NotFound/400", D, ec2.delete_vpc, VpcId=nothing("vpc"))
rule("DeleteVpc malformed", "InvalidVpcID.Malformed/400", D, ec2.delete_vpc, VpcId="vpc_1")
rule("DeleteVpc without an id", "MissingParameter/400", D, ec2.delete_vpc)
rule("DeleteVpc DryRun", "DryRunOperation/412", D, ec2.delete_vpc, VpcId=vpc, DryRun=True)
rule("DeleteVpc with its furniture only", "accepted", D, ec2.delete_vpc, VpcId=vpc)
rule("the furniture is gone with it", "0 0 0", D, lambda: " ".join(str(len(found)) for found in [ec2.describe_route_tables()["RouteTables"], ec2.describe_security_groups()["SecurityGroups"], ec2.describe_network_acls()["NetworkAcls"]]))
rule("DeleteVpc again", "InvalidVpcID.NotFound/400", D, ec2.delete_vpc, VpcId=vpc)

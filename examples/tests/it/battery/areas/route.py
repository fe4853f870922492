"""Internet gateways and route tables."""

from ground import *

vpc, other_vpc = new_vpc(), new_vpc("10.1.0.0/16")
subnet = new_subnet(vpc)
other_subnet = new_subnet(other_vpc, "10.1.0.0/20")
gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
spare = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
attach, detach = ec2.attach_internet_gateway, ec2.detach_internet_gateway

rule("a new IGW is attached to nothing", "0", D, lambda: len(ec2.describe_internet_gateways(InternetGatewayIds=[gateway])["InternetGateways"][0]["Attachments"]))
rule("DetachInternetGateway not attached", "Gateway.NotAttached/400", D, detach, InternetGatewayId=gateway, VpcId=vpc)
rule("AttachInternetGateway unknown VPC", "InvalidVpcID.NotFound/400", D, attach, InternetGatewayId=gateway, VpcId=nothing("vpc"))
rule("AttachInternetGateway unknown IGW", "InvalidInternetGatewayID.NotFound/400", D, attach, InternetGatewayId=nothing("igw"), VpcId=vpc)
rule("AttachInternetGateway malformed IGW", "InvalidInternetGatewayId.Malformed/400", D, attach, InternetGatewayId="igw-x", VpcId=vpc)
rule("AttachInternetGateway without a VPC", "MissingParameter/400", D, attach, InternetGatewayId=gateway)
rule("AttachInternetGateway", "accepted", D, attach, InternetGatewayId=gateway, VpcId=vpc)
rule("its attachment reads available", "available", D, lambda: ec2.describe_internet_gateways(InternetGatewayIds=[gateway])["InternetGateways"][0]["Attachments"][0]["State"])
rule("AttachInternetGateway again", "Resource.AlreadyAssociated/400", D, attach, InternetGatewayId=gateway, VpcId=vpc)
rule("AttachInternetGateway to another VPC", "Resource.AlreadyAssociated/400", D, attach, InternetGatewayId=gateway, VpcId=other_vpc)
rule("Attach a second IGW to the VPC", "InvalidParameterValue/400", O, attach, InternetGatewayId=spare, VpcId=vpc)
rule("DetachInternetGateway from another VPC", "Gateway.NotAttached/400", D, detach, InternetGatewayId=gateway, VpcId=other_vpc)
rule("DetachInternetGateway unknown IGW", "InvalidInternetGatewayID.NotFound/400", D, detach, InternetGatewayId=nothing("igw"), VpcId=vpc)
rule("DetachInternetGateway unknown VPC", "InvalidVpcID.NotFound/400", D, detach, InternetGatewayId=gateway, VpcId=nothing("vpc"))
rule("DeleteInternetGateway attached", "DependencyViolation/400", D, ec2.delete_internet_gateway, InternetGatewayId=gateway)
rule("DeleteInternetGateway unknown", "InvalidInternetGatewayID.NotFound/400", D, ec2.delete_internet_gateway, InternetGatewayId=nothing("igw"))
rule("DeleteInternetGateway malformed", "InvalidInternetGatewayId.Malformed/400", D, ec2.delete_internet_gateway, InternetGatewayId="igw")
rule("DescribeInternetGateways unknown", "InvalidInternetGatewayID.NotFound/400", D, ec2.describe_internet_gateways, InternetGatewayIds=[nothing("igw")])
rule("DescribeInternetGateways malformed", "InvalidInternetGatewayId.Malformed/400", D, ec2.describe_internet_gateways, InternetGatewayIds=["igw-1"])

rule("CreateRouteTable unknown VPC", "InvalidVpcID.NotFound/400", D, ec2.create_route_table, VpcId=nothing("vpc"))
rule("CreateRouteTable without a VPC", "MissingParameter/400", D, ec2.create_route_table)
made = ec2.create_route_table(VpcId=vpc, ClientToken="table")["RouteTable"]
table = made["RouteTableId"]
rule("CreateRouteTable with its token again", "True", D, lambda: ec2.create_route_table(VpcId=vpc, ClientToken="table")["RouteTable"]["RouteTableId"] == table)
rule("CreateRouteTable with its token elsewhere", "IdempotentParameterMismatch/400", D, ec2.create_route_table, VpcId=other_vpc, ClientToken="table")
rule("a new table has the local route only", "local", D, lambda: " ".join(r["GatewayId"] for r in made["Routes"]))
rule("DescribeRouteTables unknown", "InvalidRouteTableID.NotFound/400", D, ec2.describe_route_tables, RouteTableIds=[nothing("rtb")])
rule("DescribeRouteTables malformed", "InvalidRouteTableId.Malformed/400", D, ec2.describe_route_tables, RouteTableIds=["rtb-x"])

associate = ec2.associate_route_table
association = associate(RouteTableId=table, SubnetId=subnet)["AssociationId"]
second = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
rule("AssociateRouteTable subnet already on another table", "Resource.AlreadyAssociated/400", D, associate, RouteTableId=second, SubnetId=subnet)
rule("AssociateRouteTable again gives the same id", "True", O, lambda: associate(RouteTableId=table, SubnetId=subnet)["AssociationId"] == association)
rule("AssociateRouteTable subnet of another VPC", "InvalidParameterValue/400", O, associate, RouteTableId=table, SubnetId=other_subnet)
rule("AssociateRouteTable unknown subnet", "InvalidSubnetID.NotFound/400", D, associate, RouteTableId=table, SubnetId=nothing("subnet"))
rule("AssociateRouteTable unknown table", "InvalidRouteTableID.NotFound/400", D, associate, RouteTableId=nothing("rtb"), SubnetId=subnet)
rule("AssociateRouteTable with nothing", "MissingParameter/400", D, associate, RouteTableId=table)

create = lambda **to: ec2.create_route(**{"RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0", **to})
rule("CreateRoute unknown IGW", "InvalidInternetGatewayID.NotFound/400 or InvalidGatewayID.NotFound/400", D, create, GatewayId=nothing("igw"))
rule("CreateRoute IGW not attached", "InvalidParameterValue/400 or Gateway.NotAttached/400", O, create, GatewayId=spare)
rule("CreateRoute unknown NAT", "InvalidNatGatewayID.NotFound/400", D, create, NatGatewayId=nothing("nat"))
rule("CreateRoute NAT as a gateway", "InvalidGatewayID.NotFound/400", O, create, GatewayId=nothing("nat"))
rule("CreateRoute unknown instance", "InvalidInstanceID.NotFound/400", D, create, InstanceId=nothing("i"))
rule("CreateRoute unknown interface", "InvalidNetworkInterfaceID.NotFound/400", D, create, NetworkInterfaceId=nothing("eni"))
rule("CreateRoute unknown table", "InvalidRouteTableID.NotFound/400", D, create, RouteTableId=nothing("rtb"), GatewayId=gateway)
rule("CreateRoute malformed table", "InvalidRouteTableId.Malformed/400", D, create, RouteTableId="rtb", GatewayId=gateway)
rule("CreateRoute malformed CIDR", "InvalidParameterValue/400", D, create, DestinationCidrBlock="0.0.0.0/40", GatewayId=gateway)
rule("CreateRoute without a target", "MissingParameter/400 or InvalidParameterCombination/400", O, create)
rule("CreateRoute without a destination", "MissingParameter/400", D, ec2.create_route, RouteTableId=table, GatewayId=gateway)
rule("CreateRoute two targets", "InvalidParameterCombination/400", O, create, GatewayId=gateway, InstanceId=nothing("i"))
rule("CreateRoute", "accepted", D, create, GatewayId=gateway)
rule("CreateRoute again", "RouteAlreadyExists/400", D, create, GatewayId=gateway)
rule("CreateRoute the local one", "RouteAlreadyExists/400 or InvalidParameterValue/400", O, create, DestinationCidrBlock="10.0.0.0/16", GatewayId=gateway)
rule("ReplaceRoute missing", "InvalidParameterValue/400 or InvalidRoute.NotFound/400", O, ec2.replace_route, RouteTableId=table, DestinationCidrBlock="9.0.0.0/8", GatewayId=gateway)


def default_route():
    routes = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
    return next((r for r in routes if r["DestinationCidrBlock"] == "0.0.0.0/0"), {})


rule("a route is active", "active", D, lambda: default_route()["State"])
rule("DetachInternetGateway with a route to it", "accepted", D, detach, InternetGatewayId=gateway, VpcId=vpc)
rule("a route to a detached IGW is a blackhole", "blackhole", D, lambda: default_route()["State"])
attach(InternetGatewayId=gateway, VpcId=vpc)
delete = lambda **of: ec2.delete_route(**{"RouteTableId": table, **of})
rule("DeleteRoute missing", "InvalidRoute.NotFound/400", D, delete, DestinationCidrBlock="9.0.0.0/8")
rule("DeleteRoute local", "InvalidParameterValue/400", U, delete, DestinationCidrBlock="10.0.0.0/16")
rule("DeleteRoute unknown table", "InvalidRouteTableID.NotFound/400", D, delete, RouteTableId=nothing("rtb"), DestinationCidrBlock="0.0.0.0/0")
rule("DeleteRoute without a destination", "MissingParameter/400", D, delete)
rule("DeleteRoute", "accepted", D, delete, DestinationCidrBlock="0.0.0.0/0")
rule("DeleteRouteTable associated", "DependencyViolation/400", D, ec2.delete_route_table, RouteTableId=table)
rule("DeleteRouteTable main", "DependencyViolation/400", D, ec2.delete_route_table, RouteTableId=main_table(vpc)["RouteTableId"])
rule("DeleteRouteTable unknown", "InvalidRouteTableID.NotFound/400", D, ec2.delete_route_table, RouteTableId=nothing("rtb"))
rule("DeleteRouteTable malformed", "InvalidRouteTableId.Malformed/400", D, ec2.delete_route_table, RouteTableId="rtb-1")
main = main_table(vpc)["Associations"][0]["RouteTableAssociationId"]
rule("DisassociateRouteTable main", "InvalidParameterValue/400", O, ec2.disassociate_route_table, AssociationId=main)
rule("DisassociateRouteTable unknown", "InvalidAssociationID.NotFound/400", D, ec2.disassociate_route_table, AssociationId=nothing("rtbassoc"))
rule("ReplaceRouteTableAssociation unknown", "InvalidAssociationID.NotFound/400", D, ec2.replace_route_table_association, AssociationId=nothing("rtbassoc"), RouteTableId=table)
replaced = ec2.replace_route_table_association(AssociationId=main, RouteTableId=second)["NewAssociationId"]
rule("ReplaceRouteTableAssociation makes another table main", "True", D, lambda: main_table(vpc)["RouteTableId"] == second)
rule("ReplaceRouteTableAssociation gives a new id", "True", D, lambda: replaced != main)
rule("DisassociateRouteTable", "accepted", D, ec2.disassociate_route_table, AssociationId=association)
rule("DisassociateRouteTable again", "InvalidAssociationID.NotFound/400", D, ec2.disassociate_route_table, AssociationId=association)
rule("DeleteRouteTable", "accepted", D, ec2.delete_route_table, RouteTableId=table)
rule("DeleteRouteTable again", "InvalidRouteTableID.NotFound/400", D, ec2.delete_route_table, RouteTableId=table)

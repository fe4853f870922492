"""Elastic IP addresses and NAT gateways."""

from ground import *

vpc = new_vpc()
subnet, other_subnet = new_subnet(vpc), new_subnet(vpc, "10.0.16.0/20")
bare = new_subnet(new_vpc("10.1.0.0/16"), "10.1.0.0/20")
gateway = new_gateway(vpc)


def allocate():
    return ec2.allocate_address(Domain="vpc")["AllocationId"]


def address(id):
    return ec2.describe_addresses(AllocationIds=[id])["Addresses"][0]


one = allocate()
rule("a new address stands for nothing", "False", D, lambda: "AssociationId" in address(one))
rule("its domain is vpc", "vpc", D, lambda: address(one)["Domain"])
rule("AllocateAddress unknown domain", "InvalidParameterValue/400", D, ec2.allocate_address, Domain="moon")
rule("AllocateAddress DryRun", "DryRunOperation/412", D, ec2.allocate_address, Domain="vpc", DryRun=True)
rule("DescribeAddresses unknown", "InvalidAllocationID.NotFound/400", D, ec2.describe_addresses, AllocationIds=[nothing("eipalloc")])
rule("DescribeAddresses unknown public IP", "InvalidAddress.NotFound/400", D, ec2.describe_addresses, PublicIps=["203.0.113.99"])
rule("ReleaseAddress unknown", "InvalidAllocationID.NotFound/400", D, ec2.release_address, AllocationId=nothing("eipalloc"))
rule("ReleaseAddress without an id", "MissingParameter/400", D, ec2.release_address)
rule("ReleaseAddress by public IP", "InvalidParameterValue/400", O, ec2.release_address, PublicIp=address(one)["PublicIp"])

associate = lambda **of: ec2.associate_address(**{"AllocationId": one, **of})
interface = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
away = ec2.create_network_interface(SubnetId=bare)["NetworkInterface"]["NetworkInterfaceId"]
rule("AssociateAddress unknown allocation", "InvalidAllocationID.NotFound/400", D, associate, AllocationId=nothing("eipalloc"), NetworkInterfaceId=interface)
rule("AssociateAddress unknown interface", "InvalidNetworkInterfaceID.NotFound/400", D, associate, NetworkInterfaceId=nothing("eni"))
rule("AssociateAddress unknown instance", "InvalidInstanceID.NotFound/400", D, associate, InstanceId=nothing("i"))
rule("AssociateAddress malformed instance", "InvalidInstanceID.Malformed/400", D, associate, InstanceId="i-x")
rule("AssociateAddress with nothing", "MissingParameter/400 or InvalidParameterCombination/400", O, associate)
rule("AssociateAddress no address", "MissingParameter/400", D, ec2.associate_address, NetworkInterfaceId=interface)
rule("AssociateAddress in a VPC with no IGW", "Gateway.NotAttached/400", D, associate, NetworkInterfaceId=away)
rule("AssociateAddress", "accepted", D, associate, NetworkInterfaceId=interface)
association = address(one)["AssociationId"]
rule("AssociateAddress again gives the same id", "True", D, lambda: associate(NetworkInterfaceId=interface)["AssociationId"] == association)
two = allocate()
rule("AssociateAddress over another, not allowed", "Resource.AlreadyAssociated/400", D, associate, AllocationId=two, NetworkInterfaceId=interface, AllowReassociation=False)
rule("ReleaseAddress associated", "InvalidIPAddress.InUse/400", D, ec2.release_address, AllocationId=one)
rule("DetachInternetGateway while an interface has a public address", "DependencyViolation/400", O, ec2.detach_internet_gateway, InternetGatewayId=gateway, VpcId=vpc)
rule("DisassociateAddress unknown", "InvalidAssociationID.NotFound/400", D, ec2.disassociate_address, AssociationId=nothing("eipassoc"))
rule("DisassociateAddress", "accepted", D, ec2.disassociate_address, AssociationId=association)
rule("DisassociateAddress again", "InvalidAssociationID.NotFound/400", D, ec2.disassociate_address, AssociationId=association)
ec2.release_address(AllocationId=two)
rule("ReleaseAddress again", "InvalidAllocationID.NotFound/400", D, ec2.release_address, AllocationId=two)
ec2.delete_network_interface(NetworkInterfaceId=interface)
ec2.delete_network_interface(NetworkInterfaceId=away)


def nat(id):
    return ec2.describe_nat_gateways(NatGatewayIds=[id])["NatGateways"][0]


def create(**params):
    return ec2.create_nat_gateway(**{"SubnetId": subnet, "AllocationId": one, **params})


def fate(**params):
    """The state a gateway comes to, with the code of its failure."""
    made = create(**params)["NatGateway"]["NatGatewayId"]
    until(lambda: nat(made)["State"] != "pending")
    ended = nat(made)
    return f"{ended['State']}:{ended['FailureCode']}" if "FailureCode" in ended else ended["State"]


rule("CreateNatGateway unknown allocation", "InvalidAllocationID.NotFound/400 or failed:InvalidAllocationID.NotFound", D, fate, AllocationId=nothing("eipalloc"))
rule("CreateNatGateway unknown subnet", "InvalidSubnetID.NotFound/400 or failed:InvalidSubnetID.NotFound", D, fate, SubnetId=nothing("subnet"))
rule("CreateNatGateway malformed subnet", "InvalidSubnet/400", O, create, SubnetId="subnet-x")
rule("CreateNatGateway public without an allocation", "MissingParameter/400", D, ec2.create_nat_gateway, SubnetId=subnet)
rule("CreateNatGateway without a subnet", "MissingParameter/400", D, ec2.create_nat_gateway, AllocationId=one)
rule("CreateNatGateway unknown connectivity", "InvalidParameterValue/400", D, create, ConnectivityType="moon")
rule("CreateNatGateway in a VPC with no IGW", "failed:Gateway.NotAttached or Gateway.NotAttached/400", D, fate, SubnetId=bare)
rule("CreateNatGateway DryRun", "DryRunOperation/412", D, create, DryRun=True)
made = create(ClientToken="nat")["NatGateway"]
gateway_id = made["NatGatewayId"]
rule("CreateNatGateway initial state", "pending", D, lambda: made["State"])
rule("CreateNatGateway same token", "True", D, lambda: create(ClientToken="nat")["NatGateway"]["NatGatewayId"] == gateway_id)
rule("a repeated token makes no second one", "1", D, lambda: len(ec2.describe_nat_gateways(Filter=filters(subnet_id=subnet))["NatGateways"]))
rule("CreateNatGateway same token, other subnet", "IdempotentParameterMismatch/400", D, create, SubnetId=other_subnet, ClientToken="nat")
rule("CreateNatGateway allocation in use", "failed:Resource.AlreadyAssociated or Resource.AlreadyAssociated/400 or InvalidIPAddress.InUse/400", D, fate, SubnetId=other_subnet)
rule("a NAT becomes available", "available", D, lambda: until(lambda: nat(gateway_id)["State"], "available"))


def interfaces():
    return ec2.describe_network_interfaces(Filters=filters(subnet_id=subnet))["NetworkInterfaces"]


rule("NAT makes a network interface in the subnet", "nat_gateway", D, lambda: interfaces()[0]["InterfaceType"])
rule("its interface is in use and AWS's own", "in-use True", D, lambda: f"{interfaces()[0]['Status']} {interfaces()[0]['RequesterManaged']}")
rule("a NAT has an association of its address", "True", D, lambda: address(one)["NetworkInterfaceId"] == interfaces()[0]["NetworkInterfaceId"])
rule("a NAT shows its public address", "True", D, lambda: nat(gateway_id)["NatGatewayAddresses"][0]["PublicIp"] == address(one)["PublicIp"])
rule("DescribeNatGateways unknown", "NatGatewayNotFound/400", D, ec2.describe_nat_gateways, NatGatewayIds=[nothing("nat")])
rule("DescribeNatGateways malformed", "NatGatewayMalformed/400", D, ec2.describe_nat_gateways, NatGatewayIds=["nat-x"])
rule("DescribeNatGateways unknown filter", "InvalidParameterValue/400", D, ec2.describe_nat_gateways, Filters=filters(colour="red"))
rule("DeleteNatGateway unknown", "NatGatewayNotFound/400", D, ec2.delete_nat_gateway, NatGatewayId=nothing("nat"))
rule("DeleteNatGateway malformed", "NatGatewayMalformed/400", D, ec2.delete_nat_gateway, NatGatewayId="nat-")
rule("DeleteNatGateway without an id", "MissingParameter/400", D, ec2.delete_nat_gateway)
rule("ReleaseAddress held by a NAT", "AuthFailure/400 or InvalidIPAddress.InUse/400 or AuthFailure/403", O, ec2.release_address, AllocationId=one)
rule("DisassociateAddress of a NAT", "AuthFailure/400 or AuthFailure/403 or InvalidParameterValue/400", O, ec2.disassociate_address, AssociationId=address(one)["AssociationId"])
rule("DetachInternetGateway while a NAT has a public address", "DependencyViolation/400", O, ec2.detach_internet_gateway, InternetGatewayId=gateway, VpcId=vpc)
rule("DeleteSubnet holding a NAT", "DependencyViolation/400", D, ec2.delete_subnet, SubnetId=subnet)
rule("DeleteNetworkInterface of a NAT", "InvalidParameterValue/400 or InvalidNetworkInterface.InUse/400 or AuthFailure/400 or OperationNotPermitted/400", D, lambda: ec2.delete_network_interface(NetworkInterfaceId=interfaces()[0]["NetworkInterfaceId"]))
table = main_table(vpc)["RouteTableId"]
ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=gateway_id)
route = lambda: main_table(vpc)["Routes"][-1]["State"]
rule("a route to a NAT is active", "active", D, route)
ec2.delete_nat_gateway(NatGatewayId=gateway_id)
rule("state straight after DeleteNatGateway", "deleting", D, lambda: nat(gateway_id)["State"])
rule("the address is held while deleting", "AuthFailure/400 or InvalidIPAddress.InUse/400 or AuthFailure/403", D, ec2.release_address, AllocationId=one)
rule("DeleteSubnet while its NAT is deleting", "DependencyViolation/400", D, ec2.delete_subnet, SubnetId=subnet)
rule("a deleted NAT stays listed", "deleted", D, lambda: until(lambda: nat(gateway_id)["State"], "deleted"))
rule("a route to a deleted NAT is a blackhole", "blackhole", D, route)
rule("CreateRoute to a deleted NAT", "InvalidNatGatewayID.NotFound/400", D, ec2.create_route, RouteTableId=table, DestinationCidrBlock="9.0.0.0/8", NatGatewayId=gateway_id)
rule("the interface of a deleted NAT is gone", "0", D, lambda: len(interfaces()))
rule("the address of a deleted NAT stays allocated", "False", D, lambda: "AssociationId" in address(one))
rule("ReleaseAddress after the NAT", "accepted", D, ec2.release_address, AllocationId=one)
rule("DeleteSubnet after the NAT", "accepted", D, ec2.delete_subnet, SubnetId=subnet)
rule("DetachInternetGateway after the NAT", "accepted", D, ec2.detach_internet_gateway, InternetGatewayId=gateway, VpcId=vpc)

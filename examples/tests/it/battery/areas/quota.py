"""Quotas of a fresh account."""

from ground import *

vpcs = [new_vpc() for _ in range(5)]
rule("6th VPC", "VpcLimitExceeded/400", D, ec2.create_vpc, CidrBlock="10.0.0.0/16")
for _ in range(5):
    ec2.create_internet_gateway()
rule("6th IGW", "InternetGatewayLimitExceeded/400", D, ec2.create_internet_gateway)
for _ in range(5):
    allocated = ec2.allocate_address(Domain="vpc")["AllocationId"]
rule("6th Elastic IP", "AddressLimitExceeded/400", D, ec2.allocate_address, Domain="vpc")
subnet = new_subnet(vpcs[0])
for _ in range(5):
    ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private")
rule("6th NAT in a zone", "NatGatewayLimitExceeded/400", O, ec2.create_nat_gateway, SubnetId=subnet, ConnectivityType="private")
elsewhere = new_subnet(vpcs[0], "10.0.16.0/20", "eu-west-1b")
rule("1st NAT in another zone", "accepted", O, ec2.create_nat_gateway, SubnetId=elsewhere, ConnectivityType="private")
for number in range(200):
    ec2.create_subnet(VpcId=vpcs[1], CidrBlock=f"10.0.{number}.0/24")
rule("201st subnet of a VPC", "SubnetLimitExceeded/400", D, ec2.create_subnet, VpcId=vpcs[1], CidrBlock="10.0.200.0/24")
for _ in range(199):  # and the main one
    table = ec2.create_route_table(VpcId=vpcs[2])["RouteTable"]["RouteTableId"]
rule("201st route table of a VPC", "RouteTableLimitExceeded/400", D, ec2.create_route_table, VpcId=vpcs[2])
new = ec2.create_network_interface(SubnetId=new_subnet(vpcs[2]))["NetworkInterface"]["NetworkInterfaceId"]
for number in range(500):
    ec2.create_route(RouteTableId=table, DestinationCidrBlock=f"11.{number // 256}.{number % 256}.0/24", NetworkInterfaceId=new)
rule("501st route of a table", "RouteLimitExceeded/400", D, ec2.create_route, RouteTableId=table, DestinationCidrBlock="12.0.0.0/8", NetworkInterfaceId=new)
rule("DescribeAccountAttributes", "5", D, lambda: ec2.describe_account_attributes(AttributeNames=["vpc-max-elastic-ips"])["AccountAttributes"][0]["AttributeValues"][0]["AttributeValue"])
asg, ami = client("autoscaling"), xenial()
for number in range(200):
    asg.create_launch_configuration(LaunchConfigurationName=f"lc-{number}", ImageId=ami, InstanceType="t2.micro")
rule("201st launch configuration", "LimitExceeded/400", D, asg.create_launch_configuration, LaunchConfigurationName="lc-200", ImageId=ami, InstanceType="t2.micro")

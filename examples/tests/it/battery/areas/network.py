"""The rest of a network: ACLs, DHCP options, full subnets, public names."""

from ground import *

vpc = new_vpc()
gateway = new_gateway(vpc)

rule("DescribeDhcpOptions unknown", "InvalidDhcpOptionID.NotFound/400 or InvalidDhcpOptionsID.NotFound/400", D, ec2.describe_dhcp_options, DhcpOptionsIds=[nothing("dopt")])
[options] = ec2.describe_dhcp_options()["DhcpOptions"]
configured = {c["Key"]: c["Values"][0]["Value"] for c in options["DhcpConfigurations"]}
rule("the DHCP options of AWS", "eu-west-1.compute.internal AmazonProvidedDNS", D, lambda: "{domain-name} {domain-name-servers}".format(**configured))
rule("DescribeNetworkAcls unknown", "InvalidNetworkAclID.NotFound/400", D, ec2.describe_network_acls, NetworkAclIds=[nothing("acl")])
subnet = new_subnet(vpc)
acl = lambda: ec2.describe_network_acls(Filters=filters(vpc_id=vpc))["NetworkAcls"][0]
rule("a subnet has the default network ACL", "True", D, lambda: acl()["Associations"][0]["SubnetId"] == subnet)
rule("the default network ACL lets all through", "allow deny allow deny", D, lambda: " ".join(e["RuleAction"] for e in sorted(acl()["Entries"], key=lambda e: (e["Egress"], e["RuleNumber"]))))

small = new_subnet(vpc, "10.0.16.0/28")
full = [ec2.create_network_interface(SubnetId=small)["NetworkInterface"]["NetworkInterfaceId"] for _ in range(11)]
rule("a /28 has 11 addresses", "0", D, lambda: ec2.describe_subnets(SubnetIds=[small])["Subnets"][0]["AvailableIpAddressCount"])
rule("CreateNetworkInterface in a full subnet", "InsufficientFreeAddressesInSubnet/400", D, ec2.create_network_interface, SubnetId=small)
rule("RunInstances in a full subnet", "InsufficientFreeAddressesInSubnet/400", D, run, subnet=small)
address = ec2.allocate_address(Domain="vpc")["AllocationId"]
made = ec2.create_nat_gateway(SubnetId=small, AllocationId=address)["NatGateway"]["NatGatewayId"]
nat = lambda: ec2.describe_nat_gateways(NatGatewayIds=[made])["NatGateways"][0]
rule("a NAT in a full subnet fails", "failed", D, lambda: until(lambda: nat()["State"], "failed"))
rule("it says why", "InsufficientFreeAddressesInSubnet", D, lambda: nat()["FailureCode"])
rule("the address of a failed NAT is free", "accepted", D, ec2.release_address, AllocationId=address)
for interface in full:
    ec2.delete_network_interface(NetworkInterfaceId=interface)

ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": True})
[nameless] = run(subnet)
rule("MapPublicIpOnLaunch gives a public IP", "True", D, lambda: until(lambda: "PublicIpAddress" in instance(nameless)))
rule("no public name without DNS hostnames", "False", D, lambda: bool(instance(nameless)["PublicDnsName"]))
rule("DetachInternetGateway while an instance has a public IP", "DependencyViolation/400", O, ec2.detach_internet_gateway, InternetGatewayId=gateway, VpcId=vpc)
ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
rule("a public name with DNS hostnames", "True", D, lambda: instance(nameless)["PublicDnsName"].startswith("ec2-"))
ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsSupport={"Value": False})
rule("no public name without DNS support", "False", D, lambda: bool(instance(nameless)["PublicDnsName"]))
fixed = ec2.allocate_address(Domain="vpc")
until(lambda: state(nameless), "running")
[pending] = run(subnet)
rule("AssociateAddress to a pending instance", "InvalidInstanceID/400", O, ec2.associate_address, AllocationId=fixed["AllocationId"], InstanceId=pending)
ec2.associate_address(AllocationId=fixed["AllocationId"], InstanceId=nameless)
rule("an Elastic IP takes the place of the public IP", "True", D, lambda: instance(nameless)["PublicIpAddress"] == fixed["PublicIp"])
ec2.stop_instances(InstanceIds=[nameless])
until(lambda: state(nameless), "stopped")
rule("an Elastic IP is kept on stop", "True", D, lambda: instance(nameless)["PublicIpAddress"] == fixed["PublicIp"])
rule("DetachInternetGateway while an instance has an Elastic IP", "DependencyViolation/400", O, ec2.detach_internet_gateway, InternetGatewayId=gateway, VpcId=vpc)
ec2.terminate_instances(InstanceIds=[nameless, pending])
until(lambda: [state(nameless), state(pending)], ["terminated", "terminated"])
rule("an Elastic IP is free after termination", "accepted", D, ec2.release_address, AllocationId=fixed["AllocationId"])
rule("DetachInternetGateway after the instances", "accepted", D, ec2.detach_internet_gateway, InternetGatewayId=gateway, VpcId=vpc)

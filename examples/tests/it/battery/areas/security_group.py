"""Security groups and their rules."""

from ground import *

vpc, other_vpc = new_vpc(), new_vpc("10.1.0.0/16")


def create(**params):
    return ec2.create_security_group(**{"GroupName": "web", "Description": "d", "VpcId": vpc, **params})


group = create()["GroupId"]
stranger = new_group(other_vpc, "stranger")


def described(id=None):
    return ec2.describe_security_groups(GroupIds=[id or group])["SecurityGroups"][0]


rule("a new group lets nothing in", "0", D, lambda: len(described()["IpPermissions"]))
rule("a new group lets all out", "-1", D, lambda: " ".join(p["IpProtocol"] for p in described()["IpPermissionsEgress"]))
rule("CreateSecurityGroup same name", "InvalidGroup.Duplicate/400", D, create)
rule("CreateSecurityGroup same name in another VPC", "accepted", D, create, VpcId=other_vpc)
rule("CreateSecurityGroup named default", "InvalidParameterValue/400 or InvalidGroup.Reserved/400", D, create, GroupName="default")
rule("CreateSecurityGroup named sg-x", "InvalidParameterValue/400", D, create, GroupName="sg-x")
rule("CreateSecurityGroup name of 256", "InvalidParameterValue/400", D, create, GroupName="n" * 256)
rule("CreateSecurityGroup odd name", "InvalidParameterValue/400", D, create, GroupName="näme")
rule("CreateSecurityGroup description of 256", "InvalidParameterValue/400", D, create, GroupName="a", Description="d" * 256)
rule("CreateSecurityGroup odd description", "InvalidParameterValue/400", D, create, GroupName="a", Description="<script>")
rule("CreateSecurityGroup no description", "MissingParameter/400", D, ec2.create_security_group, GroupName="a", VpcId=vpc)
rule("CreateSecurityGroup no name", "MissingParameter/400", D, ec2.create_security_group, Description="a", VpcId=vpc)
rule("CreateSecurityGroup unknown VPC", "InvalidVpcID.NotFound/400", D, create, GroupName="a", VpcId=nothing("vpc"))
rule("CreateSecurityGroup malformed VPC", "InvalidVpcID.Malformed/400 or InvalidVpcID.NotFound/400", D, create, GroupName="a", VpcId="vpc")
rule("DescribeSecurityGroups unknown", "InvalidGroup.NotFound/400", D, ec2.describe_security_groups, GroupIds=[nothing("sg")])
rule("DescribeSecurityGroups malformed", "InvalidGroupId.Malformed/400", D, ec2.describe_security_groups, GroupIds=["sg-x"])
rule("DescribeSecurityGroups unknown filter", "InvalidParameterValue/400", D, ec2.describe_security_groups, Filters=filters(colour="red"))
rule("DescribeSecurityGroups MaxResults 4", "InvalidParameterValue/400", D, ec2.describe_security_groups, MaxResults=4)


def permission(protocol="tcp", first=22, last=None, cidr="0.0.0.0/0", groups=()):
    found = {"IpProtocol": protocol}
    if first is not None:
        found.update(FromPort=first, ToPort=first if last is None else last)
    if cidr is not None:
        found["IpRanges"] = [{"CidrIp": cidr}]
    if groups:
        found["UserIdGroupPairs"] = [{"GroupId": id} for id in groups]
    return found


def authorize(*permissions, **params):
    wanted = dict(GroupId=group, IpPermissions=list(permissions))
    return ec2.authorize_security_group_ingress(**{**wanted, **params})


def revoke(*permissions, **params):
    wanted = dict(GroupId=group, IpPermissions=list(permissions))
    return ec2.revoke_security_group_ingress(**{**wanted, **params})


ssh = permission()
rule("Authorize tcp 22", "accepted", D, lambda: authorize(ssh))
rule("Authorize again", "InvalidPermission.Duplicate/400", D, lambda: authorize(ssh))
rule("Authorize tcp as a number again", "InvalidPermission.Duplicate/400", D, lambda: authorize(permission("6")))
rule("Authorize the same twice in one call", "InvalidParameterValue/400 or InvalidPermission.Duplicate/400", D, lambda: authorize(permission(first=80), permission(first=80)))
rule("Authorize a host bit away", "accepted", D, lambda: authorize(permission(cidr="10.9.9.9/8")))
rule("it is kept as a network", "True", D, lambda: {"CidrIp": "10.0.0.0/8"} in described()["IpPermissions"][0]["IpRanges"])
rule("Authorize it in canonical form again", "InvalidPermission.Duplicate/400", D, lambda: authorize(permission(cidr="10.0.0.0/8")))
rule("Authorize answers the rule", "True tcp 23 23", D, lambda: "{Return} {0[IpProtocol]} {0[FromPort]} {0[ToPort]}".format((got := authorize(permission(first=23)))["SecurityGroupRules"][0], Return=got["Return"]))


def stored(protocol):
    found = next(p for p in described()["IpPermissions"] if p["IpProtocol"] == protocol)
    return f"{found['IpProtocol']} {found.get('FromPort')} {found.get('ToPort')}"


rule("Authorize protocol all port 53", "accepted", D, ec2.authorize_security_group_ingress, GroupId=group, IpProtocol="all", FromPort=53, ToPort=53, CidrIp="10.0.0.0/16")
rule("Authorize protocol all port 53 stores no ports", "-1 None None", D, stored, protocol="-1")
rule("Authorize protocol -1 again", "InvalidPermission.Duplicate/400", D, lambda: authorize(permission("-1", None, cidr="10.0.0.0/16")))
rule("Authorize icmp without a type", "accepted", D, lambda: authorize(permission("icmp", -1)))
rule("Authorize icmp of every type again", "InvalidPermission.Duplicate/400", D, lambda: authorize(permission("1", -1)))
rule("Authorize both ways of saying it", "InvalidParameterCombination/400", O, lambda: authorize(permission(first=81), CidrIp="0.0.0.0/0"))
rule("Authorize a group by id and by name", "InvalidParameterCombination/400", U, lambda: authorize(permission(first=81), GroupName="web"))
rule("Authorize a protocol for nobody", "MissingParameter/400 or InvalidParameterValue/400", U, ec2.authorize_security_group_ingress, GroupId=group, IpProtocol="tcp", FromPort=81, ToPort=81)
rule("Authorize unknown source group", "InvalidGroup.NotFound/400", D, lambda: authorize(permission(cidr=None, groups=[nothing("sg")])))
rule("Authorize malformed source group", "InvalidGroupId.Malformed/400", D, lambda: authorize(permission(cidr=None, groups=["sg-x"])))
rule("Authorize source group of another VPC", "InvalidGroup.NotFound/400", O, lambda: authorize(permission(cidr=None, groups=[stranger])))
for cidr in ["0.0.0.0/33", "banana", "10.0.0.0", ""]:
    rule(f"Authorize malformed CIDR '{cidr}'", "InvalidParameterValue/400", D, lambda: authorize(permission(first=81, cidr=cidr)))
rule("Authorize unknown protocol", "InvalidParameterValue/400", D, lambda: authorize(permission("quic")))
rule("Authorize protocol 256", "InvalidParameterValue/400", D, lambda: authorize(permission("256")))
rule("Authorize port 65536", "InvalidParameterValue/400", D, lambda: authorize(permission(first=65536)))
rule("Authorize from above to", "InvalidParameterValue/400", D, lambda: authorize(permission(first=80, last=22)))
rule("Authorize tcp without ports", "InvalidParameterValue/400 or MissingParameter/400", D, lambda: authorize(permission(first=None)))
rule("Authorize without peers", "MissingParameter/400 or InvalidParameterValue/400", D, lambda: authorize(permission(cidr=None)))
rule("Authorize without permissions", "MissingParameter/400", D, ec2.authorize_security_group_ingress, GroupId=group)
rule("Authorize without a group", "MissingParameter/400", D, ec2.authorize_security_group_ingress, IpPermissions=[ssh])
rule("Authorize unknown group", "InvalidGroup.NotFound/400", D, lambda: authorize(ssh, GroupId=nothing("sg")))
rule("Authorize malformed group", "InvalidGroupId.Malformed/400", D, lambda: authorize(ssh, GroupId="sg-1"))
rule("Authorize DryRun", "DryRunOperation/412", D, lambda: authorize(permission(first=99), DryRun=True))
rule("Authorize all or nothing", "InvalidPermission.Duplicate/400", U, lambda: authorize(permission(first=8080), ssh))
rule("nothing of it is there", "False", U, lambda: any(p.get("FromPort") == 8080 for p in described()["IpPermissions"]))
rule("Revoke missing rule", "InvalidPermission.NotFound/400", D, lambda: revoke(permission(first=4711)))
rule("Revoke unknown group", "InvalidGroup.NotFound/400", D, lambda: revoke(ssh, GroupId=nothing("sg")))
rule("Revoke without permissions", "MissingParameter/400", D, ec2.revoke_security_group_ingress, GroupId=group)
rule("Revoke unknown rule id", "InvalidSecurityGroupRuleId.NotFound/400", D, lambda: revoke(IpPermissions=[], SecurityGroupRuleIds=[nothing("sgr")]))
rule("Revoke", "accepted", D, lambda: revoke(ssh))
rule("Revoke again", "InvalidPermission.NotFound/400", D, lambda: revoke(ssh))
out = permission("-1", None)
rule("AuthorizeEgress again", "InvalidPermission.Duplicate/400", D, lambda: ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[out]))
rule("RevokeEgress", "accepted", D, lambda: ec2.revoke_security_group_egress(GroupId=group, IpPermissions=[out]))
rule("RevokeEgress again", "InvalidPermission.NotFound/400", D, lambda: ec2.revoke_security_group_egress(GroupId=group, IpPermissions=[out]))
listed = lambda: ec2.describe_security_group_rules(Filters=filters(group_id=group))["SecurityGroupRules"]
one, other = [r["SecurityGroupRuleId"] for r in listed() if r["IpProtocol"] == "tcp"][:2]
change = lambda id=None, **terms: ec2.modify_security_group_rules(GroupId=group, SecurityGroupRules=[{"SecurityGroupRuleId": id or one, "SecurityGroupRule": {"IpProtocol": "tcp", "FromPort": 9000, "ToPort": 9001, "CidrIpv4": "0.0.0.0/0", **terms}}])
rule("ModifySecurityGroupRules", "accepted", D, change)
rule("the rule is changed", "9000 9001", D, lambda: " ".join("{FromPort} {ToPort}".format(**r) for r in listed() if r["SecurityGroupRuleId"] == one))
rule("ModifySecurityGroupRules to another's terms", "InvalidPermission.Duplicate/400", D, lambda: change(other))
rule("ModifySecurityGroupRules unknown rule", "InvalidSecurityGroupRuleId.NotFound/400", D, lambda: change(nothing("sgr")))
rule("ModifySecurityGroupRules two sources", "InvalidParameterCombination/400 or InvalidParameterValue/400", D, lambda: change(ReferencedGroupId=group))
rule("ModifySecurityGroupRules of nothing", "MissingParameter/400", D, ec2.modify_security_group_rules, GroupId=group)
rule("DescribeSecurityGroupRules unknown", "InvalidSecurityGroupRuleId.NotFound/400", D, ec2.describe_security_group_rules, SecurityGroupRuleIds=[nothing("sgr")])
rule("DescribeSecurityGroupRules malformed", "InvalidSecurityGroupRuleId.Malformed/400", D, ec2.describe_security_group_rules, SecurityGroupRuleIds=["sgr-x"])

delete = ec2.delete_security_group
rule("DeleteSecurityGroup default", "CannotDelete/400", D, lambda: delete(GroupId=default_group(vpc)))
rule("DeleteSecurityGroup unknown", "InvalidGroup.NotFound/400", D, delete, GroupId=nothing("sg"))
rule("DeleteSecurityGroup malformed", "InvalidGroupId.Malformed/400", D, delete, GroupId="sg-y")
rule("DeleteSecurityGroup without an id", "MissingParameter/400", D, delete)
friend = new_group(vpc, "friend")
authorize(permission(cidr=None, first=443, groups=[friend]))
rule("DeleteSecurityGroup named in another group's rule", "DependencyViolation/400", D, delete, GroupId=friend)
revoke(permission(cidr=None, first=443, groups=[friend]))
itself = permission(cidr=None, first=443, groups=[friend])
authorize(itself, GroupId=friend)
rule("DeleteSecurityGroup named in its own rule", "accepted", D, delete, GroupId=friend)
subnet = new_subnet(vpc)
interface = ec2.create_network_interface(SubnetId=subnet, Groups=[group])["NetworkInterface"]["NetworkInterfaceId"]
rule("DeleteSecurityGroup on an interface", "DependencyViolation/400", D, delete, GroupId=group)
ec2.delete_network_interface(NetworkInterfaceId=interface)
many = new_group(vpc, "many")
authorize(*[permission(first=port) for port in range(1, 61)], GroupId=many)
rule("61st rule", "RulesPerSecurityGroupLimitExceeded/400", D, lambda: authorize(permission(first=61), GroupId=many))
six = [new_group(vpc, f"six-{number}") for number in range(6)]
rule("6 groups on an interface", "SecurityGroupsPerInterfaceLimitExceeded/400", D, ec2.create_network_interface, SubnetId=subnet, Groups=six)
rule("DeleteSecurityGroup", "accepted", D, delete, GroupId=group)
rule("DeleteSecurityGroup again", "InvalidGroup.NotFound/400", D, delete, GroupId=group)

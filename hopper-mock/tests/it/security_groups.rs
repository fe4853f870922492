//! Rules of security groups.

use hopper_mock::{Mock, Quotas};

use crate::support::{accepted, made, mock, refused, vpc};

const UNKNOWN: &str = "sg-0123456789abcdef0";

pub(crate) fn group(mock: &Mock, vpc_id: &str, name: &str) -> String {
    let params = [("VpcId", vpc_id), ("GroupName", name), ("GroupDescription", "For a test")];
    made(&mock.call("CreateSecurityGroup", &params), "groupId")
}

fn ssh(mock: &Mock, group_id: &str, cidr: &str) -> String {
    let params = [
        ("GroupId", group_id),
        ("IpPermissions.1.IpProtocol", "tcp"),
        ("IpPermissions.1.FromPort", "22"),
        ("IpPermissions.1.ToPort", "22"),
        ("IpPermissions.1.IpRanges.1.CidrIp", cidr),
    ];
    let reply = accepted(mock, "AuthorizeSecurityGroupIngress", &params);
    made(&reply, "securityGroupRuleSet/0/securityGroupRuleId")
}

fn from_group(mock: &Mock, group_id: &str, source: &str) -> hopper_mock::Reply {
    let params = [
        ("GroupId", group_id),
        ("IpPermissions.1.IpProtocol", "-1"),
        ("IpPermissions.1.FromPort", "53"),
        ("IpPermissions.1.ToPort", "53"),
        ("IpPermissions.1.Groups.1.GroupId", source),
        ("IpPermissions.1.Groups.1.Description", "from nodes"),
    ];
    mock.call("AuthorizeSecurityGroupIngress", &params)
}

// [D] A new group lets nothing in and everything out; it reads back as it was made.
#[test]
fn a_new_group_reads_back() {
    let mock = mock();
    let vpc_id = vpc(&mock, "10.0.0.0/16");
    let params = [
        ("VpcId", vpc_id.as_str()),
        ("GroupName", "ssh-bastion"),
        ("GroupDescription", "SSH Bastion Hosts"),
        ("TagSpecification.1.ResourceType", "security-group"),
        ("TagSpecification.1.Tag.1.Key", "Name"),
        ("TagSpecification.1.Tag.1.Value", "bastion"),
    ];
    let reply = accepted(&mock, "CreateSecurityGroup", &params);
    assert_eq!(reply.text("tagSet/0/value"), Some("bastion"));
    let id = made(&reply, "groupId");
    let reply = accepted(&mock, "DescribeSecurityGroups", &[("GroupId.1", &id)]);
    for (path, expected) in [
        ("groupName", Some("ssh-bastion")),
        ("groupDescription", Some("SSH Bastion Hosts")),
        ("vpcId", Some(vpc_id.as_str())),
        ("tagSet/0/value", Some("bastion")),
        ("ipPermissions/0/ipProtocol", None),
        ("ipPermissionsEgress/0/ipProtocol", Some("-1")),
        ("ipPermissionsEgress/0/ipRanges/0/cidrIp", Some("0.0.0.0/0")),
    ] {
        assert_eq!(reply.text(&format!("securityGroupInfo/0/{path}")), expected, "{path}");
    }
}

// [D] Names are unique in a VPC and cannot begin with sg-; a description is required.
#[test]
fn names_and_descriptions_are_checked() {
    let mock = mock();
    let (one, other) = (vpc(&mock, "10.0.0.0/16"), vpc(&mock, "10.1.0.0/16"));
    group(&mock, &one, "nodes");
    group(&mock, &other, "nodes");
    let create = |name: &str, description: &str, code: &str| {
        let params =
            [("VpcId", one.as_str()), ("GroupName", name), ("GroupDescription", description)];
        refused(&mock, "CreateSecurityGroup", &params, code);
    };
    create("nodes", "again", "InvalidGroup.Duplicate/400");
    create("sg-x", "d", "InvalidParameterValue/400");
    create("nödes", "d", "InvalidParameterValue/400");
    create("n", "", "InvalidParameterValue/400");
    create(&"n".repeat(256), "d", "InvalidParameterValue/400");
    create("default", "d", "InvalidGroup.Reserved/400");
    let incomplete = [("VpcId", one.as_str()), ("GroupName", "n")];
    refused(&mock, "CreateSecurityGroup", &incomplete, "MissingParameter/400");
    let nowhere = [("GroupName", "n"), ("GroupDescription", "d")];
    refused(&mock, "CreateSecurityGroup", &nowhere, "VPCIdNotSpecified/400");
}

// [D] Protocol -1 ignores ports, so `--protocol all --port 53` opens everything.
#[test]
fn all_protocols_store_no_ports() {
    let mock = mock();
    let vpc_id = vpc(&mock, "10.0.0.0/16");
    let (master, nodes) = (group(&mock, &vpc_id, "master"), group(&mock, &vpc_id, "nodes"));
    let reply = from_group(&mock, &master, &nodes);
    let rule = |path: &str| reply.text(&format!("securityGroupRuleSet/0/{path}"));
    assert_eq!((rule("fromPort"), rule("toPort")), (Some("-1"), Some("-1")));
    assert_eq!(rule("referencedGroupInfo/groupId"), Some(nodes.as_str()));
    assert_eq!(rule("description"), Some("from nodes"));
    let reply = accepted(&mock, "DescribeSecurityGroups", &[("GroupId.1", &master)]);
    let permission =
        |path: &str| reply.text(&format!("securityGroupInfo/0/ipPermissions/0/{path}"));
    assert_eq!(permission("ipProtocol"), Some("-1"));
    assert_eq!((permission("fromPort"), permission("toPort")), (None, None));
    assert_eq!(permission("groups/0/groupId"), Some(nodes.as_str()));
    // The same rule in other words is the same rule.
    assert_eq!(from_group(&mock, &master, &nodes).code(), Some("InvalidPermission.Duplicate"));
}

// [D] Duplicates are found after blocks are brought into their canonical form.
#[test]
fn a_rule_cannot_be_added_twice() {
    let mock = mock();
    let vpc_id = vpc(&mock, "10.0.0.0/16");
    let id = group(&mock, &vpc_id, "nodes");
    ssh(&mock, &id, "10.1.2.3/16");
    let again = |cidr: &'static str| {
        let ports = [("IpProtocol", "6"), ("FromPort", "22"), ("ToPort", "22"), ("CidrIp", cidr)];
        let params = [&[("GroupId", id.as_str())], ports.as_slice()].concat();
        mock.call("AuthorizeSecurityGroupIngress", &params)
    };
    let refusal = again("10.1.0.0/16");
    let error = refusal.error().unwrap();
    assert_eq!(error.code, "InvalidPermission.Duplicate");
    assert_eq!(
        error.message,
        "the specified rule \"peer: 10.1.0.0/16, TCP, from port: 22, to port: 22, ALLOW\" already \
         exists"
    );
    assert_eq!(again("10.2.0.0/16").code(), None);
    let twice = [
        ("GroupId", id.as_str()),
        ("IpPermissions.1.IpProtocol", "udp"),
        ("IpPermissions.1.FromPort", "53"),
        ("IpPermissions.1.ToPort", "53"),
        ("IpPermissions.1.IpRanges.1.CidrIp", "0.0.0.0/0"),
        ("IpPermissions.1.IpRanges.2.CidrIp", "1.2.3.4/0"),
    ];
    refused(&mock, "AuthorizeSecurityGroupIngress", &twice, "InvalidParameterValue/400");
}

// [D] What a rule cannot be about.
#[test]
fn bad_rules_are_refused_as_a_whole() {
    let mock = mock();
    let (vpc_id, elsewhere) = (vpc(&mock, "10.0.0.0/16"), vpc(&mock, "10.1.0.0/16"));
    let (id, foreign) = (group(&mock, &vpc_id, "nodes"), group(&mock, &elsewhere, "nodes"));
    let before = mock.world();
    let authorize = |params: &[(&str, &str)], code: &str| {
        let good = [
            ("GroupId", id.as_str()),
            ("IpPermissions.1.IpProtocol", "tcp"),
            ("IpPermissions.1.FromPort", "22"),
            ("IpPermissions.1.ToPort", "22"),
            ("IpPermissions.1.IpRanges.1.CidrIp", "0.0.0.0/0"),
            ("IpPermissions.2.IpProtocol", "-1"),
        ];
        let params = [good.as_slice(), params].concat();
        refused(&mock, "AuthorizeSecurityGroupIngress", &params, code);
    };
    let source = "IpPermissions.2.Groups.1.GroupId";
    authorize(&[(source, UNKNOWN)], "InvalidGroup.NotFound/400");
    authorize(&[(source, &foreign)], "InvalidGroup.NotFound/400");
    authorize(&[(source, "nodes")], "InvalidGroupId.Malformed/400");
    authorize(&[("IpPermissions.2.IpRanges.1.CidrIp", "10.0.0.0/33")], "InvalidParameterValue/400");
    authorize(&[], "MissingParameter/400");
    let list = ("IpPermissions.2.PrefixListIds.1.PrefixListId", "pl-0123456789abcdef0");
    authorize(&[list], "InvalidPrefixListID.NotFound/400");
    assert_eq!(mock.world().diff(&before).to_string(), "");
    refused(
        &mock,
        "AuthorizeSecurityGroupEgress",
        &[("CidrIp", "0.0.0.0/0")],
        "MissingParameter/400",
    );
}

// [D] 60 rules each way.
#[test]
fn the_sixty_first_rule_is_refused() {
    let mock = mock();
    let vpc_id = vpc(&mock, "10.0.0.0/16");
    let id = group(&mock, &vpc_id, "nodes");
    for n in 0..60 {
        ssh(&mock, &id, &format!("10.{n}.0.0/16"));
    }
    let params = [("GroupId", id.as_str()), ("IpProtocol", "-1"), ("CidrIp", "0.0.0.0/0")];
    let code = "RulesPerSecurityGroupLimitExceeded/400";
    refused(&mock, "AuthorizeSecurityGroupIngress", &params, code);
    let out = [("GroupId", id.as_str()), ("IpProtocol", "-1"), ("CidrIp", "10.0.0.0/8")];
    accepted(&mock, "AuthorizeSecurityGroupEgress", &out);
}

// [D] Rules are revoked by what they say, whatever their description, or by id.
#[test]
fn rules_are_revoked_by_permission_or_by_id() {
    let mock = mock();
    let vpc_id = vpc(&mock, "10.0.0.0/16");
    let (id, other) = (group(&mock, &vpc_id, "nodes"), group(&mock, &vpc_id, "master"));
    let first = ssh(&mock, &id, "0.0.0.0/0");
    let permission = [
        ("GroupId", id.as_str()),
        ("IpProtocol", "tcp"),
        ("FromPort", "22"),
        ("ToPort", "22"),
        ("CidrIp", "0.0.0.0/0"),
    ];
    let reply = accepted(&mock, "RevokeSecurityGroupIngress", &permission);
    let revoked = reply.text("revokedSecurityGroupRuleSet/0/securityGroupRuleId");
    assert_eq!(revoked, Some(first.as_str()));
    let revoke = |operation: &str, params: &[(&str, &str)], code: &str| {
        refused(&mock, operation, params, code);
    };
    revoke("RevokeSecurityGroupIngress", &permission, "InvalidPermission.NotFound/400");

    let second = ssh(&mock, &id, "10.0.0.0/8");
    let missing = "InvalidSecurityGroupRuleId.NotFound/400";
    let rule = ("SecurityGroupRuleId.1", second.as_str());
    revoke("RevokeSecurityGroupIngress", &[("GroupId", &other), rule], missing);
    revoke("RevokeSecurityGroupEgress", &[("GroupId", &id), rule], missing);
    let both = [&permission[..], &[rule]].concat();
    revoke("RevokeSecurityGroupIngress", &both, "InvalidParameterCombination/400");
    accepted(&mock, "RevokeSecurityGroupIngress", &[("GroupId", &id), rule]);
    revoke("RevokeSecurityGroupIngress", &[("GroupId", &id), rule], missing);
}

// [D] A rule gets other terms under its id.
#[test]
fn rules_are_modified_in_place() {
    let mock = mock();
    let vpc_id = vpc(&mock, "10.0.0.0/16");
    let id = group(&mock, &vpc_id, "nodes");
    let (rule, other) = (ssh(&mock, &id, "0.0.0.0/0"), ssh(&mock, &id, "10.0.0.0/8"));
    let modify = |cidr: &str| {
        let params = [
            ("GroupId", id.as_str()),
            ("SecurityGroupRule.1.SecurityGroupRuleId", rule.as_str()),
            ("SecurityGroupRule.1.SecurityGroupRule.IpProtocol", "tcp"),
            ("SecurityGroupRule.1.SecurityGroupRule.FromPort", "22"),
            ("SecurityGroupRule.1.SecurityGroupRule.ToPort", "22"),
            ("SecurityGroupRule.1.SecurityGroupRule.CidrIpv4", cidr),
            ("SecurityGroupRule.1.SecurityGroupRule.Description", "office"),
        ];
        mock.call("ModifySecurityGroupRules", &params).code().map(str::to_owned)
    };
    assert_eq!(modify("10.9.9.9/8").as_deref(), Some("InvalidPermission.Duplicate"));
    assert_eq!(modify("192.0.2.0/24"), None);
    let another_type = [
        ("GroupId", id.as_str()),
        ("SecurityGroupRule.1.SecurityGroupRuleId", rule.as_str()),
        ("SecurityGroupRule.1.SecurityGroupRule.IpProtocol", "-1"),
        ("SecurityGroupRule.1.SecurityGroupRule.ReferencedGroupId", id.as_str()),
    ];
    let refused = mock.call("ModifySecurityGroupRules", &another_type);
    assert_eq!(refused.code(), Some("InvalidParameterValue"));
    let ids = [("Filter.1.Name", "group-id"), ("Filter.1.Value.1", id.as_str())];
    assert_eq!(
        accepted(&mock, "DescribeSecurityGroupRules", &ids).count("securityGroupRuleSet"),
        3
    );
    let shown = [("SecurityGroupRuleId.1", rule.as_str())];
    let reply = accepted(&mock, "DescribeSecurityGroupRules", &shown);
    assert_eq!(reply.text("securityGroupRuleSet/0/cidrIpv4"), Some("192.0.2.0/24"));
    assert_eq!(reply.text("securityGroupRuleSet/0/description"), Some("office"));
    let tag = [("ResourceId.1", other.as_str()), ("Tag.1.Key", "why"), ("Tag.1.Value", "vpn")];
    accepted(&mock, "CreateTags", &tag);
    let tagged = [("Filter.1.Name", "tag:why"), ("Filter.1.Value.1", "vpn")];
    let reply = accepted(&mock, "DescribeSecurityGroupRules", &tagged);
    assert_eq!(reply.texts("securityGroupRuleSet/*/securityGroupRuleId"), [other]);
}

// [D] Tags given with rules go to each of them.
#[test]
fn rules_are_tagged_as_they_are_made() {
    let mock = mock();
    let vpc_id = vpc(&mock, "10.0.0.0/16");
    let id = group(&mock, &vpc_id, "nodes");
    let params = [
        ("GroupId", id.as_str()),
        ("IpPermissions.1.IpProtocol", "icmp"),
        ("IpPermissions.1.FromPort", "8"),
        ("IpPermissions.1.ToPort", "-1"),
        ("IpPermissions.1.IpRanges.1.CidrIp", "0.0.0.0/0"),
        ("IpPermissions.1.Ipv6Ranges.1.CidrIpv6", "::/0"),
        ("TagSpecification.1.ResourceType", "security-group-rule"),
        ("TagSpecification.1.Tag.1.Key", "a"),
        ("TagSpecification.1.Tag.1.Value", "b"),
    ];
    let reply = accepted(&mock, "AuthorizeSecurityGroupIngress", &params);
    assert_eq!(reply.texts("securityGroupRuleSet/*/tagSet/0/value"), ["b", "b"]);
    assert_eq!(reply.texts("securityGroupRuleSet/*/cidrIpv6"), ["::/0"]);
}

// [D] A rule of another group keeps a group, and the refusal knows which; its own rule does not.
#[test]
fn a_group_named_in_another_group_s_rule_stays() {
    let mock = mock();
    let vpc_id = vpc(&mock, "10.0.0.0/16");
    let (master, nodes) = (group(&mock, &vpc_id, "master"), group(&mock, &vpc_id, "nodes"));
    assert_eq!(from_group(&mock, &nodes, &nodes).code(), None);
    let reply = from_group(&mock, &master, &nodes);
    let rule = made(&reply, "securityGroupRuleSet/0/securityGroupRuleId");
    let reply = mock.call("DeleteSecurityGroup", &[("GroupId", &nodes)]);
    let error = reply.error().unwrap();
    assert_eq!(error.code, "DependencyViolation");
    assert_eq!(error.message, format!("resource {nodes} has a dependent object"));
    assert_eq!(error.blockers, [rule]);
    refused(&mock, "DeleteVpc", &[("VpcId", &vpc_id)], "DependencyViolation/400");

    accepted(&mock, "DeleteSecurityGroup", &[("GroupId", &master)]);
    accepted(&mock, "DeleteSecurityGroup", &[("GroupId", &nodes)]);
    accepted(&mock, "DeleteVpc", &[("VpcId", &vpc_id)]);
    assert_eq!(mock.world().ec2.security_group_rules.len(), 0);
    refused(&mock, "DeleteSecurityGroup", &[("GroupId", &nodes)], "InvalidGroup.NotFound/400");
}

// [D] The default group cannot be deleted.
#[test]
fn the_default_group_stays() {
    let mock = mock();
    vpc(&mock, "10.0.0.0/16");
    let named = [("Filter.1.Name", "group-name"), ("Filter.1.Value.1", "default")];
    let reply = accepted(&mock, "DescribeSecurityGroups", &named);
    let id = made(&reply, "securityGroupInfo/0/groupId");
    refused(&mock, "DeleteSecurityGroup", &[("GroupId", &id)], "CannotDelete/400");
    refused(&mock, "DeleteSecurityGroup", &[("GroupId", UNKNOWN)], "InvalidGroup.NotFound/400");
    refused(&mock, "DeleteSecurityGroup", &[], "MissingParameter/400");
}

// [D] 2,500 groups in a region; the quota can be set.
#[test]
fn groups_have_a_quota() {
    let quotas = Quotas { security_groups: 2, ..Quotas::default() };
    let mock = Mock::builder().quotas(quotas).build();
    let vpc_id = vpc(&mock, "10.0.0.0/16");
    group(&mock, &vpc_id, "one");
    let params = [("VpcId", vpc_id.as_str()), ("GroupName", "two"), ("GroupDescription", "d")];
    refused(&mock, "CreateSecurityGroup", &params, "SecurityGroupLimitExceeded/400");
}

// [D] Names are those of the default VPC, which a fresh account of the simulator does not have.
#[test]
fn names_are_looked_up_in_the_default_vpc() {
    let mock = mock();
    group(&mock, &vpc(&mock, "10.0.0.0/16"), "nodes");
    let names = [("GroupName.1", "nodes")];
    refused(&mock, "DescribeSecurityGroups", &names, "InvalidGroup.NotFound/400");
    let filter = [("Filter.1.Name", "group-name"), ("Filter.1.Value.1", "nodes")];
    let reply = accepted(&mock, "DescribeSecurityGroups", &filter);
    assert_eq!(reply.count("securityGroupInfo"), 1);
}

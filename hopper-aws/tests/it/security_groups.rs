//! Security groups and their rules.

use crate::ground::{cidr, drift, group, image, instance, output, stranger, subnet, told, vpc};
use hopper_aws::{
    Cidr, SecurityGroupId, Tags,
    ec2::{Direction, Peer, Permission, Protocol, SecurityGroupRule},
    testing::Stage,
};
use hopper_core::{
    Input, MemoryJournal, Outcome, Workflow, testing::Lab as _, testing::on_paused_time,
};
use hopper_mock::{Mock, Visibility};
use std::time::Duration;

fn rule(group: &Input<SecurityGroupId>, protocol: Protocol, peer: Peer) -> SecurityGroupRule {
    let (direction, description) = (Direction::Ingress, "let in".to_owned());
    SecurityGroupRule {
        group: group.clone(),
        permission: Permission { direction, protocol, peer, description },
        tags: Tags::named("rule"),
    }
}

/// Two groups, with rules of every kind: the master lets the nodes in, and the nodes each other.
fn recipe(w: &Workflow) {
    let vpc = vpc(w);
    let (master, nodes) = (group(w, "master", &vpc), group(w, "nodes", &vpc));
    let anywhere = Peer::Cidr(Cidr::ANYWHERE.into());
    w.step("ssh").does(rule(&master, Protocol::tcp(22), anywhere.clone()));
    w.step("api").does(rule(&master, Protocol::tcp(6443), Peer::Group(nodes.clone())));
    w.step("kubelet").does(rule(&nodes, Protocol::tcp(10250), Peer::Group(master)));
    w.step("each-other").does(rule(&nodes, Protocol::All, Peer::Group(nodes.clone())));
    w.step("ping").does(rule(&nodes, Protocol::Icmp, anywhere));
    let mut dns =
        rule(&nodes, Protocol::Udp { from: 53, to: 54 }, Peer::Cidr(cidr("10.0.0.0/16").into()));
    dns.permission.direction = Direction::Egress;
    dns.permission.description.clear();
    w.step("dns").does(dns);
}

const CHANGES: [&str; 3] =
    ["CreateSecurityGroup", "AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress"];
const TAKE_BACKS: [&str; 3] =
    ["DeleteSecurityGroup", "RevokeSecurityGroupIngress", "RevokeSecurityGroupEgress"];

#[test]
fn endure_everything() {
    Stage::new(recipe).endure();
}

#[test]
fn endure_what_is_not_visible_yet() {
    let visibility = Visibility::Seeded { max: Duration::from_secs(9) };
    Stage::new(recipe).visibility(visibility).endure();
}

#[test]
fn bad_weather_changes_nothing() {
    Stage::new(recipe).in_bad_weather(&[&CHANGES[..], &TAKE_BACKS].concat());
    let visibility = Visibility::Fixed(Duration::from_secs(5));
    Stage::new(recipe).visibility(visibility).in_bad_weather(&[&CHANGES[..], &TAKE_BACKS].concat());
}

#[test]
fn what_is_asked_for_is_what_is_there() {
    Stage::new(recipe).tags(Tags::new().with("team", "blue")).up_and_down(
        async |mock, engine, _| {
            assert_eq!(engine.check().await.unwrap(), []);
            let world = mock.world();
            let group = |id: &String| world.ec2.security_groups[id].name.clone();
            let mut rules: Vec<_> = world
                .ec2
                .security_group_rules
                .values()
                .filter(|rule| rule.tags.contains_key("team"))
                .map(|rule| {
                    let way = if rule.is_egress { "egress" } else { "ingress" };
                    let peer = match &rule.peer {
                        hopper_mock::ec2::Peer::Group(id) => group(id),
                        peer => peer.to_string(),
                    };
                    let ports = (rule.from_port.unwrap_or(-1), rule.to_port.unwrap_or(-1));
                    format!("{} {way} {} {ports:?} {peer}", group(&rule.group_id), rule.protocol)
                })
                .collect();
            rules.sort();
            insta::assert_snapshot!(rules.join("\n"), @r"
        master ingress tcp (22, 22) 0.0.0.0/0
        master ingress tcp (6443, 6443) nodes
        nodes egress udp (53, 54) 10.0.0.0/16
        nodes ingress -1 (-1, -1) nodes
        nodes ingress icmp (-1, -1) 0.0.0.0/0
        nodes ingress tcp (10250, 10250) master
        ");
        },
    );
}

#[test]
fn every_change_behind_its_back_is_named() {
    Stage::new(recipe).tags(Tags::new().with("team", "blue")).up_and_down(
        async |mock, engine, report| {
            let id = |step: &str| output(report, step, "id");
            let (ssh, api, nodes) = (id("ssh"), id("api"), id("nodes"));
            let ping = id("ping");
            mock.edit(|world| {
                let rules = &mut world.ec2.security_group_rules;
                let rule = rules.get_mut(&ssh).unwrap();
                (rule.from_port, rule.to_port) = (Some(1), Some(2));
                rule.protocol = "udp".to_owned();
                rule.description = None;
                rule.peer = hopper_mock::ec2::Peer::Ipv4("10.0.0.0/8".parse().unwrap());
                rule.tags.remove("team");
                let api = rules.get_mut(&api).unwrap();
                api.peer = hopper_mock::ec2::Peer::anywhere();
                rules.remove(&ping);
                let group = world.ec2.security_groups.get_mut(&nodes).unwrap();
                group.description = "other".to_owned();
                group.tags.insert("Name".to_owned(), "other".to_owned());
            });
            let names = [(&*ssh, "ssh"), (&*ping, "ping"), (&*nodes, "nodes")];
            insta::assert_snapshot!(drift(engine, &names).await, @r"
        nodes (aws.ec2.security_group)
          groupDescription: recorded The group nodes, actual other
          tags.Name: recorded nodes, actual other
        ssh (aws.ec2.security_group_rule)
          ipProtocol: recorded tcp, actual udp
          fromPort: recorded 22, actual 1
          toPort: recorded 22, actual 2
          cidrIpv4: recorded 0.0.0.0/0, actual 10.0.0.0/8
          description: recorded let in, actual none
          tags.team: recorded blue, actual none
        api (aws.ec2.security_group_rule)
          referencedGroupInfo.groupId: recorded [nodes], actual none
        ping (aws.ec2.security_group_rule)
          [ping] is gone
        ");
        },
    );
}

/// A VPC of a stranger's with the recipe's names in it, and the recipe's steps in there.
fn in_a_strangers_vpc(vpc: &str) -> Workflow {
    let w = Workflow::new("test");
    let nodes = group(&w, "nodes", &vpc.into());
    w.step("ssh").does(rule(&nodes, Protocol::tcp(22), Peer::Cidr(Cidr::ANYWHERE.into())));
    w
}

fn strangers_vpc(mock: &Mock) -> String {
    stranger(mock, "CreateVpc", "vpc/vpcId", &[("CidrBlock", "10.9.0.0/16")])
}

#[test]
fn a_name_of_somebody_elses_is_a_conflict() {
    let stage = Stage::new(recipe);
    let mock = stage.world();
    let vpc = strangers_vpc(&mock);
    let params = [("GroupName", "nodes"), ("GroupDescription", "Theirs"), ("VpcId", vpc.as_str())];
    let theirs = stranger(&mock, "CreateSecurityGroup", "groupId", &params);
    let before = mock.world();
    let report = on_paused_time(async {
        let plan = in_a_strangers_vpc(&vpc).plan().unwrap();
        stage.engine(&mock, MemoryJournal::default()).run(&plan).await.unwrap()
    });
    assert_eq!(report.outcome, Outcome::Undone, "{report}");
    let names = [(&*theirs, "theirs"), (&*vpc, "vpc")];
    insta::assert_snapshot!(told(&report.errors[0].1, &names), @r#"CreateSecurityGroup: InvalidGroup.Duplicate: the security group 'nodes' already exists for VPC '[vpc]'; security group [theirs] "nodes" was not made by hopper: delete it, or choose another name"#);
    assert_eq!(mock.world().diff(&before).to_string(), "");
}

#[test]
fn a_rule_of_somebody_elses_that_says_the_same_is_left_alone() {
    let stage = Stage::new(|w| {
        let nodes = group(w, "nodes", &vpc(w));
        let ssh = || rule(&nodes, Protocol::tcp(22), Peer::Cidr(Cidr::ANYWHERE.into()));
        let first = w.step("first").does(ssh());
        w.step("second").after(&first).does(ssh());
    });
    let mock = stage.world();
    let report = on_paused_time(async {
        stage.engine(&mock, MemoryJournal::default()).run(&stage.plan()).await.unwrap()
    });
    assert_eq!(report.outcome, Outcome::Undone, "{report}");
    let (step, error) = &report.errors[0];
    assert_eq!(step, "second");
    let error = error.to_string();
    assert!(error.contains("InvalidPermission.Duplicate"), "{error}");
    assert!(error.contains("says the same and was made by step first of run"), "{error}");
    assert_eq!(stage.leftovers(&mock), [""; 0]);
}

#[test]
fn what_keeps_a_group_is_named() {
    let stage = Stage::new(|w| {
        let vpc = vpc(w);
        let (subnet, master) = (subnet(w, &vpc), group(w, "master", &vpc));
        let mut host = instance(image(w), &subnet, &group(w, "nodes", &vpc));
        host.public_address = false;
        w.step("host").after(&master).does(host);
    });
    let mock = stage.world();
    on_paused_time(async {
        let engine = stage.engine(&mock, MemoryJournal::default());
        let report = engine.run(&stage.plan()).await.unwrap();
        let [master, subnet] = ["master", "subnet"].map(|step| output(&report, step, "id"));
        let vpc = output(&report, "vpc", "id");
        // Kubernetes makes interfaces and groups of its own, and refers to ours.
        let interface = stranger(
            &mock,
            "CreateNetworkInterface",
            "networkInterface/networkInterfaceId",
            &[("SubnetId", &subnet), ("Description", "ELB a1b2"), ("SecurityGroupId.1", &master)],
        );
        let params = [("GroupName", "k8s-elb-a1b2"), ("GroupDescription", "x"), ("VpcId", &*vpc)];
        let balancer = stranger(&mock, "CreateSecurityGroup", "groupId", &params);
        let params = [
            ("GroupId", &*balancer),
            ("IpPermissions.1.IpProtocol", "-1"),
            ("IpPermissions.1.Groups.1.GroupId", &*master),
        ];
        stranger(&mock, "AuthorizeSecurityGroupIngress", "return", &params);
        let report = engine.undo().await.unwrap();
        assert_eq!(report.outcome, Outcome::Stuck, "{report}");
        let (_, error) = report.errors.iter().find(|(step, _)| step == "master").unwrap();
        let names = [(&*interface, "interface"), (&*balancer, "balancer"), (&*master, "master")];
        insta::assert_snapshot!(told(error, &names), @r#"DeleteSecurityGroup: DependencyViolation: resource [master] has a dependent object; it is kept by [interface] (ELB a1b2, of nobody: delete it); the rule of security group [balancer] "k8s-elb-a1b2" that lets all traffic in from [master]: revoke it"#);
    });
}

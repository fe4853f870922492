//! Rules of security groups, launch templates and tags on what others made, changed in place.

use crate::{
    change::calls_of_change,
    ground::{self, stranger},
};
use hopper_aws::{
    Tags,
    autoscaling::{AutoScalingGroup, LaunchSource},
    ec2::{
        Direction, LaunchTemplate, MetadataOptions, Peer, Permission, Protocol, ResourceTags,
        SecurityGroupRule,
    },
    testing::{Stage, crash_in_change},
};
use hopper_core::{
    EngineError, Input, Ledger, MemoryJournal, Outcome, Workflow,
    testing::{Lab as _, change_everywhere, on_paused_time},
};
use hopper_mock::Mock;
use std::time::Duration;

/// A group that lets in SSH from somewhere, and something from itself.
fn rules(ssh: Permission, from_itself: Protocol) -> impl Fn(&Workflow) {
    move |w: &Workflow| {
        let group = ground::group(w, "nodes", &ground::vpc(w));
        let ssh = ssh.clone();
        let tags = Tags::named;
        w.step("ssh").does(SecurityGroupRule {
            group: group.clone(),
            permission: ssh,
            tags: tags("ssh"),
        });
        let permission = Permission {
            direction: Direction::Ingress,
            protocol: from_itself,
            peer: Peer::Group(group.clone()),
            description: String::new(),
        };
        w.step("itself").does(SecurityGroupRule { group, permission, tags: tags("itself") });
    }
}

fn ssh(port: u16, from: &str, description: &str) -> Permission {
    Permission {
        direction: Direction::Ingress,
        protocol: Protocol::tcp(port),
        peer: Peer::Cidr(ground::cidr(from).into()),
        description: description.to_owned(),
    }
}

#[test]
fn a_rule_lets_through_something_else_under_its_id() {
    let old = Stage::new(rules(ssh(22, "0.0.0.0/0", "SSH"), Protocol::All));
    let new = Stage::new(rules(ssh(2222, "192.0.2.0/24", "from the office"), Protocol::tcp(443)));
    let calls = calls_of_change(&old, &new, |mock| {
        let world = mock.world();
        let rules = world.ec2.security_group_rules.values();
        let mut rules: Vec<String> = rules
            .filter(|rule| !rule.tags.is_empty())
            .map(|rule| {
                let peer = rule.peer.to_string();
                let peer = if peer.starts_with("sg-") { "itself" } else { &peer };
                let ports = (rule.from_port, rule.to_port);
                format!("{} {ports:?} {peer} {:?}", rule.protocol, rule.description)
            })
            .collect();
        rules.sort();
        assert_eq!(
            rules,
            [
                "tcp (Some(2222), Some(2222)) 192.0.2.0/24 Some(\"from the office\")",
                "tcp (Some(443), Some(443)) itself None",
            ]
        );
    });
    let (modify, tag) = ("ModifySecurityGroupRules", "CreateTags");
    assert_eq!(calls.iter().filter(|call| *call == modify).count(), 2, "{calls:?}");
    assert!(calls.iter().all(|call| call == modify || call == tag), "{calls:?}");
    assert!(2 < change_everywhere(&old, &new));
    let crashes = crash_in_change(&old, &new, 1, 1);
    assert_eq!(crashes.wrong, [""; 0]);
}

/// One takes over what the other gives up: whichever comes first waits for the other.
#[test]
fn rules_that_follow_each_other_do_not_collide_for_good() {
    let chain = |first: u16, second: u16| {
        move |w: &Workflow| {
            let group = ground::group(w, "nodes", &ground::vpc(w));
            for (name, port) in [("one", first), ("two", second)] {
                let permission = ssh(port, "0.0.0.0/0", name);
                let (group, tags) = (group.clone(), Tags::named(name));
                w.step(name).does(SecurityGroupRule { group, permission, tags });
            }
        }
    };
    for (from, to) in [((80, 443), (443, 8443)), ((443, 8443), (80, 443))] {
        let old = Stage::new(chain(from.0, from.1));
        let new = Stage::new(chain(to.0, to.1));
        calls_of_change(&old, &new, |_| ());
    }
}

/// AWS has no way to turn a rule around, nor to have it let in a group in the place of addresses.
#[test]
fn what_a_rule_cannot_become_is_refused_with_both_values() {
    let old = Stage::new(rules(ssh(22, "0.0.0.0/0", "SSH"), Protocol::All));
    let egress = Permission { direction: Direction::Egress, ..ssh(22, "0.0.0.0/0", "SSH") };
    let group = Input::from(hopper_aws::SecurityGroupId::from("sg-0123456789abcdef0"));
    let of_group = Permission { peer: Peer::Group(group), ..ssh(22, "0.0.0.0/0", "SSH") };
    for (permission, told) in [
        (egress, "permission.direction: \"ingress\" -> \"egress\""),
        (of_group, "permission.peer.cidr: \"0.0.0.0/0\" -> none"),
    ] {
        let new = Stage::new(rules(permission, Protocol::All));
        let (mock, journal) = (new.world(), MemoryJournal::default());
        on_paused_time(async {
            new.engine(&mock, journal.clone()).run(&old.plan()).await.unwrap();
            let before = mock.calls().len();
            let refused = new.engine(&mock, journal.clone()).run(&new.plan()).await.unwrap_err();
            assert!(matches!(refused, EngineError::Changed(_)), "{refused}");
            assert!(refused.to_string().contains(told), "{refused}");
            assert_eq!(mock.calls().len(), before);
            new.engine(&mock, journal.clone()).undo().await.unwrap();
            assert_eq!(new.leftovers(&mock), [""; 0]);
        });
    }
}

/// A group of instances, launched from a template like this.
fn launched(change: fn(LaunchTemplate) -> LaunchTemplate) -> impl Fn(&Workflow) {
    move |w: &Workflow| {
        let vpc = ground::vpc(w);
        let subnet = ground::subnet(w, &vpc);
        let template = change(LaunchTemplate {
            security_groups: vec![ground::group(w, "k8s-nodes", &vpc)],
            metadata: Some(MetadataOptions::default()),
            user_data: Some("#cloud-config\n".into()),
            tags: Tags::named("node"),
            ..LaunchTemplate::new("nodes", ground::image(w), "t3.medium")
        });
        let template = w.step("template").does(template);
        w.step("nodes").does(AutoScalingGroup {
            name: "hopper-nodes".to_owned(),
            min: 1,
            max: 2,
            desired: 1,
            subnets: vec![subnet.id()],
            launch: LaunchSource::Template { id: template.id(), version: template.version() },
            health_check_grace: Duration::from_secs(300),
            tags: Tags::named("node"),
        });
    }
}

/// The numbers of the template's versions, its default one, and what the group launches.
fn versions(mock: &Mock) -> (Vec<u64>, u64, String) {
    let world = mock.world();
    let template = world.ec2.launch_templates.values().next().unwrap();
    let group = world.autoscaling.groups.values().next().unwrap();
    let numbers = template.versions.keys().copied().collect();
    (numbers, template.default_version, format!("{:?}", group.source))
}

#[test]
fn a_template_gets_a_version_and_its_group_launches_it() {
    let old = Stage::new(launched(|template| template));
    let new = Stage::new(launched(|template| LaunchTemplate {
        instance_type: "t3.large".to_owned(),
        // What is left out now is not in the new version.
        metadata: None,
        user_data: Some("#cloud-config\nhostname: node\n".into()),
        tags: Tags::named("other"),
        ..template
    }));
    let calls = calls_of_change(&old, &new, |mock| {
        let (versions, default, launched) = versions(mock);
        assert_eq!((&*versions, default), (&[1, 2][..], 2));
        assert!(launched.contains('2'), "{launched}");
        let reply =
            mock.call("DescribeLaunchTemplateVersions", &[("LaunchTemplateVersion.1", "$Latest")]);
        assert!(reply.body.contains("t3.large"), "{}", reply.body);
        assert!(!reply.body.contains("metadataOptions"), "{}", reply.body);
    });
    let expected = [
        "CreateLaunchTemplateVersion",
        "ModifyLaunchTemplate",
        "CreateTags",
        "UpdateAutoScalingGroup",
        "CreateOrUpdateTags",
    ];
    assert_eq!(calls, expected);
    let crashes = crash_in_change(&old, &new, 1, 1);
    println!("a template: {crashes}");
    assert!(30 < crashes.worlds, "{crashes}");
}

/// The plan tells beforehand that the group follows.
#[test]
fn a_diff_tells_that_a_group_follows_its_template() {
    let old = Stage::new(launched(|template| template));
    let new = Stage::new(launched(|template| LaunchTemplate {
        instance_type: "t3.large".to_owned(),
        ..template
    }));
    let (mock, journal) = (new.world(), MemoryJournal::default());
    on_paused_time(async {
        new.engine(&mock, journal.clone()).run(&old.plan()).await.unwrap();
        let diff = new.plan().diff(&Ledger::of(&journal.entries())).to_string();
        assert!(diff.contains("2 changed"), "{diff}");
        assert!(diff.contains("\"${template.version}\"}}, known after template"), "{diff}");
        assert!(!diff.contains("replacement"), "{diff}");
        new.engine(&mock, journal.clone()).undo().await.unwrap();
    });
}

/// A reply that is lost makes no version twice.
#[test]
fn a_version_is_made_once() {
    let old = Stage::new(launched(|template| template));
    let new = Stage::new(launched(|template| LaunchTemplate {
        instance_type: "t3.large".to_owned(),
        ..template
    }));
    let (mock, journal) = (new.world(), MemoryJournal::default());
    on_paused_time(async {
        new.engine(&mock, journal.clone()).run(&old.plan()).await.unwrap();
        mock.fail("CreateLaunchTemplateVersion").lose_reply();
        let report = new.engine(&mock, journal.clone()).run(&new.plan()).await.unwrap();
        assert_eq!(report.outcome, Outcome::Done, "{report}");
        assert_eq!(mock.calls().count_by_operation()["CreateLaunchTemplateVersion"], 2);
        assert_eq!(versions(&mock).0, [1, 2]);
        // And back again: another version, with what the first one held.
        let report = new.engine(&mock, journal.clone()).run(&old.plan()).await.unwrap();
        assert_eq!(report.outcome, Outcome::Done, "{report}");
        let (versions, default, _) = versions(&mock);
        assert_eq!((&*versions, default), (&[1, 2, 3][..], 3));
        let engine = new.engine(&mock, journal.clone());
        assert_eq!(engine.check().await.unwrap(), []);
        engine.undo().await.unwrap();
        assert_eq!(new.leftovers(&mock), [""; 0]);
    });
}

const SHARED: [(&str, &str); 2] = [("Name", "theirs"), ("owner", "them")];

/// Tags on a VPC of somebody else's.
fn on_a_vpc_of_others(tags: Tags) -> Stage {
    let given = |mock: &Mock| {
        let vpc = stranger(mock, "CreateVpc", "vpc/vpcId", &[("CidrBlock", "10.9.0.0/16")]);
        for (key, value) in SHARED {
            let tag = [("ResourceId.1", &*vpc), ("Tag.1.Key", key), ("Tag.1.Value", value)];
            stranger(mock, "CreateTags", "", &tag);
        }
    };
    // The world is the same every time, and so is the id.
    let mock = Mock::builder().seed(7).build();
    given(&mock);
    let id =
        mock.world().ec2.vpcs.values().find(|v| v.tags.contains_key("owner")).unwrap().id.clone();
    Stage::new(move |w: &Workflow| {
        let (resource, tags) = (id.as_str().into(), tags.clone());
        w.step("tags").does(ResourceTags { resource, tags });
    })
    .given(given)
}

#[test]
fn tags_on_what_others_made_change_and_are_taken_back() {
    let old = on_a_vpc_of_others(Tags::named("ours").with("a", "1").with("b", "1"));
    let new = on_a_vpc_of_others(Tags::new().with("a", "2").with("owner", "us").with("c", "1"));
    let (mock, journal) = (new.world(), MemoryJournal::default());
    let tags = |mock: &Mock| {
        let world = mock.world();
        let vpc = world.ec2.vpcs.values().find(|vpc| vpc.tags.contains_key("owner")).unwrap();
        let tags: Vec<String> = vpc.tags.iter().map(|(k, v)| format!("{k}={v}")).collect();
        tags.join(" ")
    };
    on_paused_time(async {
        new.engine(&mock, journal.clone()).run(&old.plan()).await.unwrap();
        assert_eq!(tags(&mock), "Name=ours a=1 b=1 owner=them");
        let report = new.engine(&mock, journal.clone()).run(&new.plan()).await.unwrap();
        assert_eq!(report.outcome, Outcome::Done, "{report}");
        assert_eq!(tags(&mock), "Name=theirs a=2 c=1 owner=us");
        let engine = new.engine(&mock, journal.clone());
        assert_eq!(engine.check().await.unwrap(), []);
        engine.undo().await.unwrap();
        assert_eq!(tags(&mock), "Name=theirs owner=them");
    });
    for (from, to) in [(&old, &new), (&new, &old)] {
        assert!(2 < change_everywhere(from, to));
        let crashes = crash_in_change(from, to, 1, 1);
        assert!(10 < crashes.worlds, "{crashes}");
    }
}

//! Tags, policies and trust that change in place.

use crate::{
    ground::{self, KEY},
    iam::document,
};
use hopper_aws::{
    PolicyDocument, Tags,
    ec2::{
        Address, Direction, InternetGateway, KeyPair, NatGateway, Peer, Permission, Protocol,
        RouteTable, SecurityGroup, SecurityGroupRule, Subnet, Vpc,
    },
    iam::{Role, RolePolicy},
    testing::Stage,
};
use hopper_core::{
    Difference, How, Ledger, MemoryJournal, Outcome, Workflow,
    testing::{Lab as _, change_everywhere, on_paused_time},
};

/// One of everything that takes other tags where it is.
fn everything(tags: &Tags) -> impl Fn(&Workflow) + use<> {
    let tags = tags.clone();
    move |w: &Workflow| {
        let tags = || tags.clone();
        let vpc = w.step("vpc").does(Vpc {
            cidr: ground::cidr("10.0.0.0/16").into(),
            dns_support: true,
            dns_hostnames: false,
            tags: tags(),
        });
        let (zone, cidr) = ("eu-west-1a".into(), ground::cidr("10.0.0.0/20").into());
        let subnet = Subnet { vpc: vpc.id(), zone, cidr, tags: tags() };
        let subnet = w.step("subnet").does(subnet);
        let gateway = InternetGateway { vpc: vpc.id(), tags: tags() };
        let gateway = w.step("gateway").does(gateway);
        w.step("table").does(RouteTable { vpc: vpc.id(), tags: tags() });
        let group = w.step("group").does(SecurityGroup {
            name: "nodes".to_owned(),
            description: "Nodes".to_owned(),
            vpc: vpc.id(),
            tags: tags(),
        });
        let permission = Permission {
            direction: Direction::Ingress,
            protocol: Protocol::tcp(22),
            peer: Peer::Cidr(ground::cidr("0.0.0.0/0").into()),
            description: "SSH".to_owned(),
        };
        w.step("rule").does(SecurityGroupRule { group: group.id(), permission, tags: tags() });
        let address = w.step("address").does(Address { tags: tags() });
        w.step("nat").after(&gateway).does(NatGateway {
            subnet: subnet.id(),
            address: address.id(),
            tags: tags(),
        });
        w.step("key").does(KeyPair {
            name: "key".to_owned(),
            public_key: KEY.parse::<hopper_aws::PublicKey>().unwrap().into(),
            tags: tags(),
        });
    }
}

fn access(trusted: &str, action: &str, tags: &Tags) -> impl Fn(&Workflow) + use<> {
    let (trusted, action, tags) = (trusted.to_owned(), action.to_owned(), tags.clone());
    move |w: &Workflow| {
        let role = w.step("role").does(Role {
            name: "K8sNode".to_owned(),
            path: None,
            trust_policy: PolicyDocument::assumed_by(&trusted).into(),
            description: "What a worker may do".to_owned(),
            tags: tags.clone(),
        });
        w.step("policy").does(RolePolicy {
            role: role.name(),
            name: "ecr".to_owned(),
            document: document(&action).into(),
        });
    }
}

/// Everything that differs does so in place; the calls that the change takes, sorted.
fn change(old: &Stage, new: &Stage) -> Vec<String> {
    let (mock, journal) = (new.world(), MemoryJournal::default());
    on_paused_time(async {
        let report = new.engine(&mock, journal.clone()).run(&old.plan()).await.unwrap();
        assert_eq!(report.outcome, Outcome::Done, "{report}");
        let plan = new.plan();
        let diff = plan.diff(&Ledger::of(&journal.entries()));
        for name in ["vpc", "subnet", "gateway", "table", "group", "rule", "address", "nat", "key"]
            .into_iter()
            .chain(["role", "policy"])
        {
            if let Some(step) = diff.get(name) {
                let in_place = matches!(&step.is, Difference::Changed { how: How::InPlace, .. });
                assert!(in_place, "{name}: {:?}", step.is);
            }
        }
        let before = mock.calls().len();
        let report = new.engine(&mock, journal.clone()).run(&plan).await.unwrap();
        assert_eq!(report.outcome, Outcome::Done, "{report}");
        let calls = mock.calls();
        let calls = calls.iter().skip(before).map(|call| call.operation.clone());
        let reads = |name: &String| name.starts_with("Describe") || name.starts_with("Get");
        let mut calls: Vec<String> = calls.filter(|name| !reads(name)).collect();
        calls.sort();
        let engine = new.engine(&mock, journal.clone());
        assert_eq!(engine.check().await.unwrap(), []);
        let report = engine.undo().await.unwrap();
        assert_eq!(report.outcome, Outcome::Undone, "{report}");
        assert_eq!(new.leftovers(&mock), [""; 0]);
        calls
    })
}

fn tags() -> [Tags; 2] {
    [Tags::named("one").with("old", "yes"), Tags::named("two").with("new", "yes")]
}

#[test]
fn a_whole_network_changes_nothing_but_its_tags() {
    let [one, two] = tags();
    let (old, new) = (Stage::new(everything(&one)), Stage::new(everything(&two)));
    assert_eq!(change(&old, &new), [["CreateTags"; 9], ["DeleteTags"; 9]].concat());
}

#[test]
fn other_tags_survive_every_crash() {
    let [one, two] = tags();
    assert!(8 < change_everywhere(&Stage::new(everything(&one)), &Stage::new(everything(&two))));
}

#[test]
fn a_role_changes_who_may_be_it_and_what_it_may_do() {
    let [one, two] = tags();
    let old = Stage::new(access("ec2.amazonaws.com", "ecr:GetAuthorizationToken", &one));
    let new = Stage::new(access("lambda.amazonaws.com", "ecr:ListImages", &two));
    let expected = ["PutRolePolicy", "TagRole", "UntagRole", "UpdateAssumeRolePolicy"];
    assert_eq!(change(&old, &new), expected);
    assert!(2 < change_everywhere(&old, &new));
}

/// A document that somebody has put there since is not overwritten.
#[test]
fn a_policy_of_others_stays() {
    let tags = Tags::named("one");
    let old = Stage::new(access("ec2.amazonaws.com", "ecr:GetAuthorizationToken", &tags));
    let new = Stage::new(access("ec2.amazonaws.com", "ecr:ListImages", &tags));
    let (mock, journal) = (new.world(), MemoryJournal::default());
    on_paused_time(async {
        new.engine(&mock, journal.clone()).run(&old.plan()).await.unwrap();
        let theirs = document("s3:GetObject").to_string();
        let place = [("RoleName", "K8sNode"), ("PolicyName", "ecr")];
        let put = [place[0], place[1], ("PolicyDocument", &*theirs)];
        ground::stranger(&mock, "iam:PutRolePolicy", "", &put);
        let before = mock.calls().len();
        let report = new.engine(&mock, journal.clone()).run(&new.plan()).await.unwrap();
        assert_ne!(report.outcome, Outcome::Done, "{report}");
        let calls = mock.calls();
        assert!(calls.iter().skip(before).all(|call| call.operation != "PutRolePolicy"));
    });
}

//! Drift, field by field: whatever a step says of what it made, a world that differs from it is
//! told.
//!
//! The other way round: the world stays as it is, and the record is changed. Each field of each
//! step in turn is made to say something else, and `check` has to find that the world is not so.

use crate::{ground, iam::document};
use hopper_aws::{
    Aws, Cidr, PolicyDocument, Tags,
    autoscaling::{AutoScalingGroup, LaunchConfiguration, LaunchSource},
    ec2::{
        Address, Credits, Direction, Image, Instance, KeyPair, LaunchTemplate, MetadataOptions,
        NatGateway, Peer, Permission, Protocol, ResourceTags, RootVolume, Route, RouteTable,
        RouteTableAssociation, RouteTarget, SecurityGroupRule,
    },
    elbv2::{Listener, NetworkLoadBalancer, TargetGroup},
    iam::{InstanceProfile, Role, RolePolicy, RolePolicyAttachment},
    recipes, registry,
    settings::ChapterSettings,
    ssm::SecureParameter,
    testing::{Run, Stage, redacted},
};
use hopper_core::{
    Data, Engine, Entry, Journal as _, MemoryJournal, Outcome, Owner, Record, Secret, StepDrift,
    Workflow, text,
};
use serde_json::{Value, json};
use std::{collections::BTreeSet, time::Duration};

/// Fields of which AWS shows nothing that could differ, and why.
const NOT_COMPARED: &[(&str, &str, &str)] = &[
    ("aws.autoscaling.auto_scaling_group", "health_check_grace.nanos", "AWS counts seconds"),
    ("aws.ec2.image", "instance", "an image stands for itself; it outlives its instance"),
    ("aws.ec2.instance", "credits", "only `unlimited` costs more than was asked for"),
    ("aws.ec2.instance", "public_address", "the address itself, which is output, is compared"),
    ("aws.ec2.stopped_instance", "instance", "its output, which is compared, is the same"),
    ("aws.ec2.stopped_instance", "start_on_undo", "it is about what comes after"),
    ("aws.kubernetes.leftovers", "", "it makes nothing"),
    ("aws.kubernetes.load_balancers", "", "it makes nothing"),
    ("aws.ssm.secure_parameter", "value", "it is a secret, which is not read: its version tells"),
];

/// Things of every small kind, which nothing else stands on.
fn bare(w: &Workflow) {
    let tags = || Tags::named("bare");
    let vpc = ground::vpc(w);
    let subnet = ground::subnet(w, &vpc);
    let gateway = ground::gateway(w, &vpc);
    let group = ground::group(w, "lone", &vpc);
    let image = ground::image(w);
    w.step("rule").does(SecurityGroupRule {
        group: group.clone(),
        permission: Permission {
            direction: Direction::Ingress,
            protocol: Protocol::tcp(22),
            peer: Peer::Cidr(Cidr::ANYWHERE.into()),
            description: "Let in".to_owned(),
        },
        tags: tags(),
    });
    let table = w.step("table").does(RouteTable { vpc, tags: tags() });
    w.step("route").after(&gateway).does(Route {
        route_table: table.id(),
        destination: Cidr::ANYWHERE.into(),
        target: RouteTarget::InternetGateway(gateway.id()),
    });
    let association = RouteTableAssociation { route_table: table.id(), subnet: subnet.id() };
    w.step("association").does(association);
    let resource = text!("{}", subnet.id());
    w.step("tags").does(ResourceTags { resource, tags: Tags::new().with("extra", "yes") });
    let address = w.step("address").does(Address { tags: tags() }).id();
    let nat = NatGateway { subnet: subnet.id(), address, tags: tags() };
    w.step("nat").after(&gateway).does(nat);
    let public_key = ground::KEY.parse::<hopper_aws::PublicKey>().unwrap().into();
    w.step("key").does(KeyPair { name: "bare".to_owned(), public_key, tags: tags() });
    w.step("configuration").does(LaunchConfiguration {
        name: "bare".to_owned(),
        image,
        instance_type: "t2.medium".to_owned(),
        key_name: None.into(),
        security_groups: vec![group],
        profile: None,
        user_data: None,
        public_address: true,
    });
    let role = w.step("role").does(Role {
        name: "Bare".to_owned(),
        path: None,
        trust_policy: PolicyDocument::assumed_by("ec2.amazonaws.com").into(),
        description: "A role".to_owned(),
        tags: tags(),
    });
    let (name, document) = ("ecr".to_owned(), document("ecr:*").into());
    w.step("policy").does(RolePolicy { role: role.name(), name, document });
    let policy_arn = "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy".to_owned().into();
    w.step("attachment").does(RolePolicyAttachment { role: role.name(), policy_arn });
    let (name, path) = ("Bare".to_owned(), None);
    w.step("profile").does(InstanceProfile { name, path, role: role.name(), tags: tags() });
}

/// Every kind of step with every field that it has.
pub(crate) fn everything(w: &Workflow) {
    drop(recipes::chapter_machines(w, &ChapterSettings::default()).unwrap());
    bare(&w.scope("bare"));
    let w = &w.scope("more");
    let (image, vpc) = (ground::image(w), ground::vpc(w));
    let subnet = ground::subnet(w, &vpc);
    let gateway = ground::gateway(w, &vpc);
    let group = ground::group(w, "rich", &vpc);
    let role = w.step("role").does(Role {
        name: "Rich".to_owned(),
        path: Some("/rich/".to_owned()),
        trust_policy: PolicyDocument::assumed_by("ec2.amazonaws.com").into(),
        description: "A role".to_owned(),
        tags: Tags::named("rich"),
    });
    let profile = w.step("profile").does(InstanceProfile {
        name: "Rich".to_owned(),
        path: Some("/rich/".to_owned()),
        role: role.name(),
        tags: Tags::named("rich"),
    });
    let policy_arn = "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy".to_owned().into();
    w.step("attachment").does(RolePolicyAttachment { role: role.name(), policy_arn });
    let key = w.step("key").does(KeyPair {
        name: "rich".to_owned(),
        public_key: ground::KEY.parse::<hopper_aws::PublicKey>().unwrap().into(),
        tags: Tags::named("rich"),
    });
    w.step("rule").does(SecurityGroupRule {
        group: group.clone(),
        permission: Permission {
            direction: Direction::Egress,
            protocol: Protocol::Udp { from: 53, to: 54 },
            peer: Peer::Group(group.clone()),
            description: "Names".to_owned(),
        },
        tags: Tags::named("rich"),
    });
    let (credits, metadata) = (Some(Credits::Standard), Some(MetadataOptions::default()));
    let root_volume = RootVolume { size: Some(20), ..RootVolume::default() };
    let instance = w.step("instance").after(&gateway).does(Instance {
        key_name: key.name().into(),
        profile: Some(profile.name()),
        credits,
        metadata,
        root_volume: Some(root_volume.clone()),
        user_data: Some("#!/bin/sh\ntrue\n".into()),
        ..ground::instance(image.clone(), &subnet, &group)
    });
    w.step("copy").does(Image {
        instance: instance.id(),
        name: "rich".to_owned().into(),
        description: "An image".to_owned(),
        tags: Tags::named("rich"),
    });
    let configuration = w.step("configuration").does(LaunchConfiguration {
        name: "rich".to_owned(),
        image: image.clone(),
        instance_type: "t2.medium".to_owned(),
        key_name: key.name().into(),
        security_groups: vec![group.clone()],
        profile: Some(profile.name()),
        user_data: Some("#!/bin/sh\ntrue\n".into()),
        public_address: true,
    });
    let template = w.step("template").does(LaunchTemplate {
        key_name: key.name().into(),
        security_groups: vec![group.clone()],
        public_address: true,
        profile: Some(profile.name()),
        credits,
        metadata,
        root_volume: Some(root_volume),
        user_data: Some("#!/bin/sh\ntrue\n".into()),
        tags: Tags::named("rich"),
        ..LaunchTemplate::new("rich", image, "t2.micro")
    });
    w.step("parameter").does(SecureParameter {
        name: "/rich".to_owned(),
        value: Secret::new("a secret of the cluster".to_owned()).into(),
        description: "A parameter".to_owned(),
        tags: Tags::named("rich"),
    });
    let targets = w.step("targets").does(TargetGroup {
        name: "rich".to_owned(),
        vpc,
        port: 6443,
        health_check_path: "/readyz".to_owned(),
        targets: vec![instance.id()],
        tags: Tags::named("rich"),
    });
    let balancer = w.step("balancer").does(NetworkLoadBalancer {
        name: "rich".to_owned(),
        subnets: vec![subnet.id()],
        security_groups: vec![group.clone()],
        tags: Tags::named("rich"),
    });
    w.step("listener").does(Listener {
        load_balancer: balancer.arn(),
        port: 6443,
        target_group: targets.arn(),
        tags: Tags::named("rich"),
    });
    let sources = [
        ("rich", LaunchSource::Template { id: template.id(), version: template.version() }),
        ("old", LaunchSource::Configuration { name: configuration.name() }),
    ];
    for (name, launch) in sources {
        w.step(format!("{name}-nodes")).after(&gateway).does(AutoScalingGroup {
            name: name.to_owned(),
            min: 0,
            max: 2,
            desired: 1,
            subnets: vec![subnet.id()],
            launch,
            health_check_grace: Duration::from_secs(60),
            tags: Tags::named("rich"),
        });
    }
}

#[test]
fn whatever_a_step_says_is_compared() {
    let run = Stage::new(everything).up();
    assert_eq!(run.report().outcome, Outcome::Done, "{}", run.report());
    assert!(run.check().is_empty(), "{:?}", run.check());
    let entries = run.journal().entries();
    let mut seen = BTreeSet::new();
    let mut wrong = BTreeSet::new();
    let mut used = BTreeSet::new();
    let mut names = BTreeSet::new();
    for entry in &entries {
        let Record::Started(started) = &entry.record else { continue };
        let kind = started.kind.to_string();
        if LOOKUPS.contains(&&*kind) {
            continue;
        }
        if !seen.insert((kind.clone(), shape(&started.inputs))) {
            continue; // another one has the same fields
        }
        let inputs: Value = started.inputs.get().unwrap();
        for at in leaves(&inputs) {
            let field = at.iter().map(String::as_str).collect::<Vec<_>>().join(".");
            let now = inputs.pointer(&pointer(&at)).unwrap();
            let told = candidates(now).into_iter().find_map(|other| {
                let told = told(&run, &entries, &started.step, &pointer(&at), &other);
                (!told.is_empty()).then_some((other, told))
            });
            let excused = NOT_COMPARED.iter().find(|(k, f, _)| *k == kind && field.starts_with(f));
            match (told, excused) {
                (None, None) => drop(wrong.insert(format!("{kind}: {field} is not compared"))),
                (None, Some(excuse)) => drop(used.insert(excuse)),
                (Some((other, told)), _) => {
                    names.insert(format!("{kind} {field}: {now} said to be {other}\n{told}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    for excuse in NOT_COMPARED {
        assert!(used.contains(excuse), "{excuse:?} is compared");
    }
    // Each field by the name that AWS gives it, and nothing else; what is asked for and what is
    // there.
    let names: Vec<_> = names.into_iter().collect();
    insta::assert_snapshot!(redacted(&names.concat()));
    let seen: BTreeSet<&str> = seen.iter().map(|(kind, _)| kind.as_str()).collect();
    let all = registry();
    for kind in all.kinds().filter(|kind| !LOOKUPS.contains(kind)) {
        assert!(seen.contains(kind), "no step of kind {kind} was tried");
    }
}

/// Steps that only read.
pub(crate) const LOOKUPS: &[&str] = &[
    "aws.ec2.availability_zones",
    "aws.ec2.console_host_keys",
    "aws.ec2.latest_image",
    "aws.ssm.image_by_parameter",
    "aws.sts.caller_identity",
];

/// How a step is told to differ from the world when it says this of a field, in what it was asked
/// for and in what it gave.
fn told(run: &Run, entries: &[Entry], step: &str, at: &str, other: &Value) -> String {
    let change = |data: &Data| {
        let mut value: Value = data.get().unwrap();
        if let Some(field) = value.pointer_mut(at) {
            *field = other.clone();
        }
        Data::of(&value).unwrap()
    };
    let records: Vec<Record> = entries
        .iter()
        .filter_map(|entry| match entry.record.clone() {
            Record::Run(record) => Some(Record::Run(record)),
            Record::Started(mut started) if *started.step == *step => {
                started.inputs = change(&started.inputs);
                Some(Record::Started(started))
            }
            Record::Note { step: of, key, value } if *of == *step => {
                Some(Record::Note { step: of, key, value })
            }
            Record::Done { step: of, output } if *of == *step => {
                Some(Record::Done { step: of, output: change(&output) })
            }
            _ => None,
        })
        .collect();
    let journal = MemoryJournal::default();
    let checked: Vec<StepDrift> = run.wait(async {
        let lease = journal.acquire(&Owner::new("test"), 0).await.unwrap();
        journal.append(&lease, 0, &records).await.unwrap();
        journal.release(lease, 0).await.unwrap();
        let aws = Aws::new(&run.mock().sdk_config());
        let engine = Engine::new(journal).env(aws).registry(registry());
        engine.check().await.unwrap()
    });
    let told = checked.iter().flat_map(|step| &step.drift);
    told.map(|drift| format!("  {drift}\n")).collect()
}

/// What a field could say instead; not all of it makes sense for every field.
fn candidates(value: &Value) -> Vec<Value> {
    match value {
        Value::Bool(is) => vec![json!(!is)],
        Value::Number(n) => vec![json!(n.as_i64().unwrap() + 1), json!(n.as_i64().unwrap() - 1)],
        Value::Null => vec![
            json!("other"),
            json!("10.0.16.99"),
            json!("standard"),
            json!(99),
            json!({ "text": "other" }),
            json!({ "tokens": "required", "hop_limit": 9 }),
            json!({ "device": "/dev/sda1", "size": 99, "encrypted": true }),
        ],
        Value::String(text) => {
            let policy = r#"{"Version":"2012-10-17","Statement":[]}"#;
            let others = ["10.99.0.0/16", "10.0.16.99", ground::KEY, ground::OTHER_KEY, policy];
            let words =
                ["egress", "ingress", "icmp", "optional", "required", "standard", "unlimited"];
            let all = others.iter().chain(&words).map(|other| json!(other));
            [json!(format!("{text}x"))].into_iter().chain(all).filter(|o| o != value).collect()
        }
        Value::Array(_) => vec![json!(["other"])],
        Value::Object(_) => vec![json!({ "other": "other" })],
    }
}

/// The places of all fields: those with nothing in them, empty ones too.
fn leaves(value: &Value) -> Vec<Vec<String>> {
    let below = |key: String, value: &Value| {
        let mut all = leaves(value);
        all.iter_mut().for_each(|at| at.insert(0, key.clone()));
        all
    };
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            fields.iter().flat_map(|(key, value)| below(key.clone(), value)).collect()
        }
        Value::Array(items) if !items.is_empty() => {
            items.iter().enumerate().flat_map(|(i, v)| below(i.to_string(), v)).collect()
        }
        _ => vec![Vec::new()],
    }
}

fn pointer(at: &[String]) -> String {
    at.iter().map(|key| format!("/{}", key.replace('~', "~0").replace('/', "~1"))).collect()
}

/// The fields alone.
fn shape(inputs: &Data) -> String {
    let inputs: Value = inputs.get().unwrap();
    format!("{:?}", leaves(&inputs))
}

//! The policies of the recipes `cluster` and `node image`: who may do what, to what.

use super::finds;
use crate::{python, throwaway::settings};
use hopper_aws::recipes::{cluster, node_image_workflow};
use hopper_core::{Node, Workflow};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What may be changed of whatever kind whatever its tags, and why.
const ALLOWED: [(&str, &str, &str); 2] = [
    ("cloud-controller", "MakeGroupsInVpcs", "a VPC bears no tag of the request: the group does"),
    ("pod-network", "MakeInSubnetsAndGroups", "nor do they: the interface does"),
];

/// Every policy that the recipes put into a role, by its name.
fn policies() -> BTreeMap<String, Value> {
    let settings = settings();
    let w = Workflow::new("hopper");
    cluster(&w, &settings).unwrap();
    let image = Workflow::new("image");
    node_image_workflow(&image, &settings).unwrap();
    let (cluster, image) = (w.plan().unwrap(), image.plan().unwrap());
    let of = |node: &Node| {
        let inputs: Value = serde_json::from_str(&node.inputs()).unwrap();
        let document = inputs["document"].as_str().unwrap();
        let name = inputs["name"].as_str().unwrap().to_owned();
        (name, serde_json::from_str::<Value>(document).unwrap())
    };
    let mut policies = BTreeMap::new();
    let nodes = cluster.nodes().iter().chain(image.nodes());
    for (name, policy) in nodes.filter(|node| node.kind() == "aws.iam.role_policy").map(of) {
        // Whoever has one of a name has the same.
        let same = policies.entry(name).or_insert_with(|| policy.clone());
        assert_eq!(*same, policy);
    }
    policies
}

fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(all) => all.iter().map(|one| one.as_str().unwrap()).collect(),
        one => vec![one.as_str().unwrap()],
    }
}

/// Whether an action changes nothing.
fn is_look(action: &str) -> bool {
    let (_, name) = action.split_once(':').unwrap();
    let looks = ["Describe", "Get", "List", "BatchGet", "BatchCheck"];
    looks.iter().any(|verb| name.starts_with(verb))
}

/// What is wrong with a policy; what [`ALLOWED`] excuses is put into `excused`.
fn wrong(name: &str, policy: &Value, excused: &mut BTreeSet<String>) -> Vec<String> {
    let mut wrong = Vec::new();
    for statement in policy["Statement"].as_array().unwrap() {
        let id = statement["Sid"].as_str().unwrap();
        let mut told = |why: String| wrong.push(format!("{name}/{id}: {why}"));
        if statement["Effect"] != "Allow" {
            told("neither more nor less than what is allowed belongs here".to_owned());
        }
        let (actions, resources) = (texts(&statement["Action"]), texts(&statement["Resource"]));
        for action in actions {
            if action.contains('*') {
                told(format!("{action} is more than one action"));
            } else if action == "ssm:GetParameter" {
                // A secret: one of a name.
                if resources != ["arn:aws:ssm:*:*:parameter/hopper/hopper/join"] {
                    told(format!("{action} on {resources:?}"));
                }
            } else if !is_look(action) && resources.iter().any(|arn| arn.ends_with('*')) {
                let keys = statement["Condition"]["StringEquals"].as_object();
                let is_bound = keys.into_iter().flatten().any(|(key, value)| is_own(key, value));
                let is_excused =
                    ALLOWED.iter().any(|(policy, sid, _)| (*policy, *sid) == (name, id));
                match (is_bound, is_excused) {
                    (true, _) => (),
                    (false, true) => drop(excused.insert(id.to_owned())),
                    (false, false) => told(format!("{action} on {resources:?}, whosever they are")),
                }
            }
        }
    }
    wrong
}

/// Whether a condition lets only what is the cluster's own pass, or a service's own role.
fn is_own(key: &str, value: &Value) -> bool {
    let tagged = |tag: &str| ["aws:RequestTag/", "aws:ResourceTag/"].map(|of| of.to_owned() + tag);
    let owned = tagged("kubernetes.io/cluster/hopper").iter().any(|own| own == key);
    let named = tagged("cluster.k8s.amazonaws.com/name").iter().any(|own| own == key);
    (owned && value == "owned")
        || (named && value == "hopper")
        || (key == "iam:AWSServiceName" && value == "elasticloadbalancing.amazonaws.com")
}

#[test]
fn nothing_of_others_can_be_changed() {
    let policies = policies();
    let names: Vec<&str> = policies.keys().map(String::as_str).collect();
    assert_eq!(names, ["cloud-controller", "join", "pod-network", "pull"]);
    let mut excused = BTreeSet::new();
    for (name, policy) in &policies {
        assert_eq!(policy["Version"], "2012-10-17");
        assert_eq!(wrong(name, policy, &mut excused), [""; 0]);
    }
    assert_eq!(excused, ALLOWED.map(|(_, id, _)| id.to_owned()).into());

    // It would tell: without conditions, and with a star.
    let mut open = policies["cloud-controller"].clone();
    for statement in open["Statement"].as_array_mut().unwrap() {
        statement.as_object_mut().unwrap().remove("Condition");
    }
    open["Statement"][0]["Action"] = "ec2:*".into();
    let told = wrong("cloud-controller", &open, &mut excused).join("\n");
    for id in ["Look: ec2:*", "MakeTagged:", "ChangeItsOwn:", "TagWhatIsMade:"] {
        assert!(told.contains(id), "{id} is not in {told}");
    }
}

/// What parliament says of the condition under which load balancers are tagged as they are made.
const TAGGING: &str = "elasticloadbalancing:CreateAction for action elasticloadbalancing:AddTags";

/// What parliament finds, but for stars, which are the other test's.
///
/// It looks at each statement by itself, and misses the resources that another statement allows
/// the same action on, under another condition: those are looked for here.
fn found(program: &std::path::Path, policy: &Value) -> Vec<String> {
    let (_, said) = finds(program, &["--json"], &policy.to_string());
    let allowed = |action: &str, format: &str| {
        let kind = format.rsplit(':').next().unwrap();
        policy["Statement"].as_array().unwrap().iter().any(|statement| {
            let covers = |arn: &&str| *arn == "*" || arn.rsplit(':').next() == Some(kind);
            texts(&statement["Action"]).contains(&action)
                && texts(&statement["Resource"]).iter().any(covers)
        })
    };
    said.lines()
        .filter(|line| {
            let finding: Value = serde_json::from_str(line).unwrap_or_default();
            match finding["issue"].as_str() {
                Some("RESOURCE_STAR") => false,
                // Newer than it: "Authorization for tagging on creation", Elastic Load Balancing
                // user guide.
                Some("UNKNOWN_CONDITION_FOR_ACTION") => {
                    !finding["detail"].as_str().unwrap_or_default().ends_with(TAGGING)
                }
                Some("RESOURCE_MISMATCH") => {
                    !finding["detail"].as_array().unwrap().iter().all(|at| {
                        allowed(
                            at["action"].as_str().unwrap(),
                            at["required_format"].as_str().unwrap(),
                        )
                    })
                }
                _ => true,
            }
        })
        .map(str::to_owned)
        .collect()
}

#[test]
fn iam_knows_every_action_resource_and_condition() {
    let Some(bin) = python::parliament() else { return };
    let program = bin.join("parliament");
    let policies = policies();
    for (name, policy) in &policies {
        assert_eq!(found(&program, policy), [""; 0], "{name}");
    }
    // It would tell: of an action that there is not, and of a resource that is missing.
    let text = policies["pod-network"].to_string();
    for (is, becomes) in [
        ("ec2:DescribeTags", "ec2:DescribeTogs"),
        (":subnet/*", ":subnit/*"),
        ("ec2:CreateAction", "ec2:CreateActor"),
    ] {
        let policy: Value = serde_json::from_str(&text.replace(is, becomes)).unwrap();
        assert_ne!(found(&program, &policy), [""; 0], "{becomes}");
    }
}

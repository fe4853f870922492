//! Rules of the tags of Auto Scaling groups.

use crate::scaling_ground::ScalingGround;
use crate::support::{accepted, refused, seconds};

const TAG: [(&str, &str); 4] = [
    ("Tags.member.1.ResourceId", "hopper"),
    ("Tags.member.1.ResourceType", "auto-scaling-group"),
    ("Tags.member.1.Key", "cluster"),
    ("Tags.member.1.Value", "k8s"),
];

// [D] Tags are made, changed and deleted; instances that are there do not get them.
#[test]
fn tags_are_made_changed_and_deleted() {
    let ground = ScalingGround::new();
    let id = ground.grown(&[]).remove(0);
    let passed_on = [&TAG[..], &[("Tags.member.1.PropagateAtLaunch", "true")]].concat();
    ground.accepted("CreateOrUpdateTags", &passed_on);
    assert_eq!(ground.shown("Tags/0/PropagateAtLaunch").as_deref(), Some("true"));
    assert_eq!(ground.ground.shown(&id, "tagSet/1/key"), None);
    ground.call("SetDesiredCapacity", &[("DesiredCapacity", "2")]);
    ground.mock().advance(seconds(45));
    let new = ground.ids().into_iter().find(|other| *other != id).unwrap();
    assert_eq!(ground.ground.shown(&new, "tagSet/1/value").as_deref(), Some("k8s"));
    ground.accepted("CreateOrUpdateTags", &TAG);
    assert_eq!(ground.shown("Tags/0/PropagateAtLaunch").as_deref(), Some("false"));

    let mut other = TAG;
    other[3].1 = "another";
    ground.accepted("DeleteTags", &other);
    assert_eq!(ground.shown("Tags/0/Value").as_deref(), Some("k8s"));
    ground.accepted("DeleteTags", &TAG[..3]);
    assert_eq!(ground.shown("Tags/0/Value"), None);
}

// [D] Only groups have tags here, and at most 50; keys of AWS are its own.
#[test]
fn tags_that_cannot_be_are_refused() {
    let ground = ScalingGround::new();
    ground.create(&[]);
    let (long_key, long_value) = ("k".repeat(129), "v".repeat(257));
    let refuse = |at: usize, value, code| {
        let mut tag = TAG;
        tag[at].1 = value;
        refused(ground.mock(), "autoscaling:CreateOrUpdateTags", &tag, code);
    };
    refuse(0, "unknown", "ValidationError/400");
    refuse(1, "instance", "ValidationError/400");
    refuse(2, "aws:cluster", "ValidationError/400");
    refuse(2, &long_key, "ValidationError/400");
    refuse(3, &long_value, "ValidationError/400");
    refused(ground.mock(), "autoscaling:CreateOrUpdateTags", &TAG[1..], "ValidationError/400");
    let names: Vec<_> = (1..=51)
        .flat_map(|n| {
            let name = |member: &str| format!("Tags.member.{n}.{member}");
            [
                (name("ResourceId"), "hopper".to_owned()),
                (name("ResourceType"), "auto-scaling-group".to_owned()),
                (name("Key"), format!("key-{n}")),
            ]
        })
        .collect();
    let params: Vec<_> =
        names.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    refused(ground.mock(), "autoscaling:CreateOrUpdateTags", &params, "LimitExceeded/400");
    ground.accepted("CreateOrUpdateTags", &params[..150]);
    assert_eq!(ground.all("Tags/*/Key").len(), 50);
}

// [D] Tags of all groups are listed, with filters; EC2 does not list them.
#[test]
fn tags_are_listed() {
    let ground = ScalingGround::new();
    for name in ["hopper", "other"] {
        ground.create(&[("AutoScalingGroupName", name), ("Tags.member.1.Key", "owner")]);
    }
    ground.accepted("CreateOrUpdateTags", &TAG);
    let found = |name: &str, value: &str| {
        let params = [("Filters.member.1.Name", name), ("Filters.member.1.Values.member.1", value)];
        let reply = ground.accepted("DescribeTags", &params);
        let ids = reply.texts("Tags/*/ResourceId");
        let keys = reply.texts("Tags/*/Key");
        ids.iter().zip(keys).map(|(id, key)| format!("{id}.{key}")).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(found("auto-scaling-group", "hopper"), "hopper.cluster hopper.owner");
    assert_eq!(found("key", "owner"), "hopper.owner other.owner");
    assert_eq!(found("value", "k8s"), "hopper.cluster");
    assert_eq!(found("propagate-at-launch", "true"), "");
    let unknown = [("Filters.member.1.Name", "colour")];
    refused(ground.mock(), "autoscaling:DescribeTags", &unknown, "ValidationError/400");
    let page = ground.accepted("DescribeTags", &[("MaxRecords", "2")]);
    let token = page.text("NextToken").unwrap();
    let rest = ground.accepted("DescribeTags", &[("NextToken", token)]);
    assert_eq!((page.count("Tags"), rest.count("Tags")), (2, 1));
    let in_ec2 = accepted(ground.mock(), "DescribeTags", &[]);
    assert!(!in_ec2.texts("tagSet/*/resourceType").contains(&"auto-scaling-group"));
}

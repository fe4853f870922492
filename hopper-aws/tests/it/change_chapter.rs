//! Other tags for the whole chapter, in place.

use hopper_aws::{
    Tags, recipes,
    settings::ChapterSettings,
    testing::{Stage, crash_in_change},
};
use hopper_core::{
    Difference, How, Ledger, MemoryJournal, Outcome,
    testing::{Lab as _, on_paused_time},
};
use hopper_mock::{Mock, ec2::InstanceState};
use std::collections::BTreeMap;

fn stage(tags: Tags) -> Stage {
    let settings = ChapterSettings { tags, ..ChapterSettings::default() };
    Stage::new(move |w| drop(recipes::chapter_machines(w, &settings).unwrap()))
}

fn tags() -> [Tags; 3] {
    let common = || Tags::new().with("stage", "lab");
    [common().with("team", "one"), common().with("team", "two"), common()]
}

/// What a change of tags alone may ask for.
const TAGGING: [&str; 10] = [
    "CreateLaunchTemplateVersion",
    "CreateOrUpdateTags",
    "CreateTags",
    "DeleteTags",
    "ModifyLaunchTemplate",
    "TagInstanceProfile",
    "TagRole",
    "UntagInstanceProfile",
    "UntagRole",
    "UpdateAutoScalingGroup",
];

/// The tag `team` of all that the run has made, by what it is; a group's instances keep theirs.
fn teams(mock: &Mock) -> BTreeMap<&'static str, Vec<Option<String>>> {
    let world = mock.world();
    let (ec2, iam) = (&world.ec2, &world.iam);
    let mut teams: BTreeMap<&'static str, Vec<Option<String>>> = BTreeMap::new();
    let mut add = |kind, tags: &BTreeMap<String, String>| {
        if tags.contains_key("hopper:run") {
            teams.entry(kind).or_default().push(tags.get("team").cloned());
        }
    };
    ec2.vpcs.values().for_each(|v| add("vpc", &v.tags));
    ec2.subnets.values().for_each(|v| add("subnet", &v.tags));
    ec2.route_tables.values().for_each(|v| add("route table", &v.tags));
    ec2.internet_gateways.values().for_each(|v| add("internet gateway", &v.tags));
    ec2.nat_gateways.values().for_each(|v| add("NAT gateway", &v.tags));
    ec2.addresses.values().for_each(|v| add("address", &v.tags));
    ec2.security_groups.values().for_each(|v| add("security group", &v.tags));
    ec2.security_group_rules.values().for_each(|v| add("rule", &v.tags));
    ec2.key_pairs.values().for_each(|v| add("key pair", &v.tags));
    ec2.images.values().for_each(|v| add("image", &v.tags));
    ec2.snapshots.values().for_each(|v| add("snapshot", &v.tags));
    ec2.launch_templates.values().for_each(|v| add("launch template", &v.tags));
    iam.roles.values().for_each(|v| add("role", &v.tags));
    iam.instance_profiles.values().for_each(|v| add("instance profile", &v.tags));
    let of_group = |tags: &BTreeMap<String, String>| {
        tags.contains_key("aws:autoscaling:groupName")
            || tags.contains_key("aws:ec2launchtemplate:id")
    };
    let own = ec2.instances.values().filter(|i| i.state != InstanceState::Terminated);
    for instance in own.filter(|i| !of_group(&i.tags)) {
        add("instance", &instance.tags);
        let volumes = ec2.volumes.values().filter(|v| v.is_on(&instance.id));
        volumes.for_each(|v| add("volume", &v.tags));
        let interfaces = ec2.network_interfaces.values().filter(|n| n.is_on(&instance.id));
        interfaces.for_each(|n| add("network interface", &n.tags));
    }
    teams
}

#[test]
fn other_tags_reach_everything_and_replace_nothing() {
    let [one, two, none] = tags();
    let first = stage(one);
    let (mock, journal) = (first.world(), MemoryJournal::default());
    on_paused_time(async {
        let engine = first.engine(&mock, journal.clone());
        let report = engine.run(&first.plan()).await.unwrap();
        assert_eq!(report.outcome, Outcome::Done, "{report}");
        for (tags, team) in [(two, Some("two")), (none, None)] {
            let stage = stage(tags);
            let plan = stage.plan();
            let ledger = Ledger::of(&journal.entries());
            let diff = plan.diff(&ledger);
            let tagged = plan.nodes().iter().filter(|node| {
                let inputs = ledger.get(node.name()).map(|a| format!("{:?}", a.started.inputs));
                inputs.is_some_and(|inputs| inputs.contains("\"stage\":\"lab\""))
            });
            let mut n_changed = 0;
            for node in tagged {
                let is = &diff.get(node.name()).unwrap().is;
                let in_place = matches!(is, Difference::Changed { how: How::InPlace, .. });
                assert!(in_place, "{}: {is:?}", node.name());
                n_changed += 1;
            }
            assert!(25 < n_changed, "{diff}");
            let others = diff.steps.iter().filter(|step| step.is != Difference::Done).count();
            assert_eq!(others, n_changed, "{diff}");

            let before = mock.calls().len();
            let engine = stage.engine(&mock, journal.clone());
            let report = engine.run(&plan).await.unwrap();
            assert_eq!(report.outcome, Outcome::Done, "{report}");
            for call in mock.calls().iter().skip(before) {
                let reads =
                    ["Describe", "Get", "List"].iter().any(|p| call.operation.starts_with(p));
                assert!(reads || TAGGING.contains(&&*call.operation), "{}", call.operation);
            }
            let teams = teams(&mock);
            assert_eq!(teams.len(), 17, "{teams:?}");
            for (kind, teams) in teams {
                assert!(teams.iter().all(|is| is.as_deref() == team), "{kind}: {teams:?}");
            }
            assert_eq!(engine.check().await.unwrap(), []);
            // There is nothing more to do.
            assert!(plan.diff(&Ledger::of(&journal.entries())).is_empty());
        }
        let report = engine.undo().await.unwrap();
        assert_eq!(report.outcome, Outcome::Undone, "{report}");
        assert_eq!(first.leftovers(&mock), [""; 0]);
    });
}

#[test]
fn a_crash_at_any_call_of_other_tags_leaves_no_orphan() {
    let [one, two, _] = tags();
    let crashes = crash_in_change(&stage(one), &stage(two), 1, 1);
    println!("other tags: {crashes}");
    assert!(6 * crashes.calls[0] <= crashes.worlds, "{crashes}");
}

#[test]
fn a_crash_at_some_call_of_a_tag_less_leaves_no_orphan() {
    let [_, two, none] = tags();
    let crashes = crash_in_change(&stage(two), &stage(none), 6, 2);
    println!("a tag less: {crashes}");
    assert!(50 < crashes.worlds, "{crashes}");
}

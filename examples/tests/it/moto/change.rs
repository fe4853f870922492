//! The chapter changed in place on moto, seen through boto3.

use super::{Moto, tags};
use crate::{
    program::{Ended, Program},
    python,
};
use serde_json::Value;

/// Other tags for everything, another range for SSH, other workers; then a tag less.
#[test]
fn a_change_in_place_on_another_simulator() {
    let Some(bin) = python::bin() else { return };
    let moto = Moto::start(bin);
    let program = Program::new();
    let hopper = |line: &str| Ended::of(program.with_credentials(line).output().unwrap());
    let before = moto.inventory();
    program.write("one.toml", "[tags]\nteam = 'one'\n");
    let rest = "[bastion]\nssh_from = '192.0.2.0/24'\n[workers]\ninstance_type = 't2.large'\n";
    program.write("two.toml", format!("[tags]\nteam = 'two'\n{rest}"));
    program.write("three.toml", rest);
    let backend = format!("--backend aws --endpoint-url {}", moto.url);
    let up = hopper(&format!("up --recipe chapter-machines --config one.toml {backend}"));
    assert_eq!(up.code, 0, "{up:#?}");
    let first = moto.inventory();

    for (config, team) in [("two.toml", Some("two")), ("three.toml", None)] {
        let up = hopper(&format!("up --recipe chapter-machines --config {config} {backend}"));
        assert_eq!(up.code, 0, "{up:#?}");
        let now = moto.inventory();
        for (kind, things) in first.as_object().unwrap() {
            let is = ids(&now[kind]);
            assert_eq!(is, ids(things), "{kind}: other ones");
            // moto shows for ever which tags a launch template had when it was made.
            if kind == "launch_templates" {
                continue;
            }
            // The machines of the group keep what they were launched with.
            let ours = |thing: &&Value| {
                tags(thing).iter().any(|(key, _)| key == "hopper:run")
                    && !tags(thing).iter().any(|(key, _)| key == "aws:autoscaling:groupName")
            };
            for thing in now[kind].as_array().unwrap().iter().filter(ours) {
                let tags = tags(thing);
                let has = tags.iter().find(|(key, _)| key == "team").map(|(_, value)| &**value);
                assert_eq!(has, team, "{kind}: {thing:#}");
            }
        }
        let ssh = now["security_group_rules"].as_array().unwrap();
        assert!(ssh.iter().any(|rule| rule["CidrIpv4"] == "192.0.2.0/24"), "{ssh:#?}");
        let template = &now["launch_templates"][0];
        assert_eq!(template["Data"]["InstanceType"], "t2.large");
        let version = template["DefaultVersionNumber"].to_string();
        assert_eq!(now["groups"][0]["LaunchTemplate"]["Version"], *version);
        let checked = hopper("check").stdout;
        let differing: Vec<_> = checked.lines().filter(|l| l.contains(": recorded ")).collect();
        let is_told = |line: &&str| line.contains("tags.team: recorded two, actual one");
        assert!(differing.len() <= 1 && differing.iter().all(is_told), "{checked}");
    }

    let down = hopper("down");
    assert_eq!((down.code, down.last()), (0, "0 left"), "{down:#?}");
    let after = moto.inventory();
    for (kind, was) in before.as_object().unwrap() {
        assert_eq!(&after[kind], was, "{kind} are not as before");
    }
}

/// What tells each from all others.
fn ids(things: &Value) -> Vec<String> {
    let names = [
        "InstanceId",
        "VolumeId",
        "NatGatewayId",
        "SubnetId",
        "RouteTableId",
        "InternetGatewayId",
        "AllocationId",
        "SecurityGroupRuleId",
        "GroupId",
        "KeyPairId",
        "ImageId",
        "SnapshotId",
        "LaunchTemplateId",
        "AutoScalingGroupARN",
        "RoleId",
        "InstanceProfileId",
        "VpcId",
    ];
    let id = |thing: &Value| -> String {
        let id = names.into_iter().find_map(|name| thing[name].as_str());
        id.unwrap_or_default().to_owned()
    };
    let mut ids: Vec<String> = things.as_array().into_iter().flatten().map(id).collect();
    ids.sort();
    ids
}

//! The chapter on moto, a simulator of AWS by others, seen through boto3.

mod server;

use crate::program::{Ended, Program};
use crate::python;
use serde_json::{Value, json};
use server::Moto;

#[test]
fn the_chapter_on_another_simulator() {
    let Some(bin) = python::bin() else { return };
    let moto = Moto::start(bin);
    let program = Program::new();
    let hopper = |line: &str| Ended::of(program.with_credentials(line).output().unwrap());
    let before = moto.inventory();

    let up = hopper(&format!("up --backend aws --endpoint-url {}", moto.url));
    assert_eq!(up.code, 0, "{up:#?}");
    assert_is_the_chapter(&moto.inventory(), &before);

    let checked = hopper("check");
    assert_eq!(checked.code, 0, "{checked:#?}");
    assert!(checked.last().contains("all as recorded"), "{checked:#?}");

    moto.cloud("meddle");
    let checked = hopper("check");
    assert_eq!(checked.code, 4, "{checked:#?}");
    let differing = [
        "network/vpc (aws.ec2.vpc)",
        "tags.Name: recorded hopper, actual meddled",
        "enableDnsHostnames: recorded true, actual false",
        "bastion/ssh (aws.ec2.security_group_rule)",
    ];
    for told in differing {
        assert!(checked.stdout.contains(told), "`{told}` is not in {checked:#?}");
    }
    assert!(checked.last().contains("2 not as recorded"), "{checked:#?}");

    let down = hopper("down");
    assert_eq!((down.code, down.last()), (0, "0 left"), "{down:#?}");
    let after = moto.inventory();
    for (kind, was) in before.as_object().unwrap() {
        assert_eq!(&after[kind], was, "{kind} are not as before");
    }
}

/// Compares what was made with what the chapter says.
#[track_caller]
fn assert_is_the_chapter(inventory: &Value, before: &Value) {
    let made = |kind: &str| -> Vec<&Value> {
        let was = before[kind].as_array().unwrap();
        inventory[kind].as_array().unwrap().iter().filter(|thing| !was.contains(thing)).collect()
    };
    let only = |kind: &str| match made(kind)[..] {
        [one] => one,
        ref other => panic!("one of {kind}, and not {other:#?}"),
    };
    let named = |kind: &str, name: &str| {
        let is_it = |thing: &&&Value| tags(thing).contains(&("Name".into(), name.into()));
        *made(kind).iter().find(is_it).unwrap_or_else(|| panic!("{name} is not in {kind}"))
    };
    let has = |thing: &Value, wanted: &[(&str, &str)]| {
        let (tags, run) = (tags(thing), "hopper:run".to_owned());
        assert!(tags.iter().any(|(key, _)| *key == run), "no mark on {thing:#}");
        for (key, value) in wanted {
            assert!(tags.contains(&((*key).into(), (*value).into())), "{key} on {thing:#}");
        }
    };

    let vpc = only("vpcs");
    assert_eq!(vpc["CidrBlock"], "10.0.0.0/16");
    assert_eq!(
        (&vpc["enableDnsSupport"], &vpc["enableDnsHostnames"]),
        (&json!(true), &json!(true))
    );
    has(vpc, &[("Name", "hopper"), ("kubernetes.io/cluster/hopper", "shared")]);

    assert_eq!(made("subnets").len(), 2);
    let private = named("subnets", "hopper-private-1a");
    let public = named("subnets", "hopper-public-1a");
    let roles = [("internal-elb", "10.0.0.0/20", private), ("elb", "10.0.16.0/20", public)];
    for (role, cidr, subnet) in roles {
        assert_eq!(subnet["CidrBlock"], cidr);
        assert_eq!(subnet["AvailabilityZone"], "eu-west-1a");
        let role = format!("kubernetes.io/role/{role}");
        has(subnet, &[("kubernetes.io/cluster/hopper", "owned"), (&role, "1")]);
    }

    let gateway = only("internet_gateways");
    assert_eq!(gateway["Attachments"][0]["VpcId"], vpc["VpcId"]);
    has(gateway, &[("Name", "hopper")]);
    let nat = only("nat_gateways");
    assert_eq!((&nat["SubnetId"], &nat["State"]), (&public["SubnetId"], &json!("available")));
    has(nat, &[("Name", "hopper")]);
    let address = only("addresses");
    assert_eq!(nat["NatGatewayAddresses"][0]["AllocationId"], address["AllocationId"]);
    has(address, &[]);

    let default = |table: &Value, target: &str| {
        let routes = table["Routes"].as_array().unwrap();
        let route = routes.iter().find(|r| r["DestinationCidrBlock"] == "0.0.0.0/0");
        route.unwrap_or_else(|| panic!("no default route in {table:#}"))[target].clone()
    };
    let table = named("route_tables", "hopper-public");
    assert_eq!(default(table, "GatewayId"), gateway["InternetGatewayId"]);
    assert_eq!(table["Associations"][0]["SubnetId"], public["SubnetId"]);
    let table = named("route_tables", "hopper-private");
    assert_eq!(default(table, "NatGatewayId"), nat["NatGatewayId"]);
    assert_eq!(table["Associations"][0]["Main"], true);

    let groups = made("security_groups");
    let group = groups.iter().find(|group| group["GroupName"] == "ssh-bastion").unwrap();
    assert_eq!(group["Description"], "SSH Bastion Hosts");
    assert_eq!(group["VpcId"], vpc["VpcId"]);
    let [rule] = &group["IpPermissions"].as_array().unwrap()[..] else { panic!("{group:#}") };
    assert_eq!((&rule["IpProtocol"], &rule["FromPort"]), (&json!("tcp"), &json!(22)));
    assert_eq!(rule["IpRanges"][0]["CidrIp"], "0.0.0.0/0");

    assert_eq!(only("key_pairs")["KeyName"], "eds_laptop");
    let bastion = only("instances");
    assert_eq!(bastion["State"]["Name"], "running");
    assert_eq!(bastion["InstanceType"], "t2.micro");
    assert_eq!(bastion["KeyName"], "eds_laptop");
    assert_eq!(bastion["SubnetId"], public["SubnetId"]);
    let groups = &bastion["NetworkInterfaces"][0]["Groups"];
    assert_eq!(groups[0]["GroupId"], group["GroupId"]);
    assert!(bastion["PublicIpAddress"].is_string(), "{bastion:#}");
    has(bastion, &[("Name", "ssh-bastion")]);
}

fn tags(thing: &Value) -> Vec<(String, String)> {
    let tags = thing["Tags"].as_array().into_iter().flatten();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    tags.map(|tag| (text(&tag["Key"]), text(&tag["Value"]))).collect()
}

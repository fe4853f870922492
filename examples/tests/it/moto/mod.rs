//! The chapter on moto, a simulator of AWS by others, seen through boto3.

mod change;
mod cluster;
mod s3_journal;
mod server;
mod steps;

pub(crate) use server::Moto;

use crate::program::{Ended, Program};
use crate::python;
use serde_json::{Value, json};

#[test]
fn the_chapter_on_another_simulator() {
    let Some(bin) = python::bin() else { return };
    let moto = Moto::start(bin);
    let program = Program::new();
    let hopper = |line: &str| Ended::of(program.with_credentials(line).output().unwrap());
    // A cluster of the same name in another VPC is nobody's business.
    moto.cloud("neighbour");
    let before = moto.inventory();

    // What it does not know becomes a warning.
    let looked = hopper(&format!(
        "preflight --recipe chapter-machines --backend aws --endpoint-url {}",
        moto.url
    ));
    assert_eq!(looked.code, 0, "{looked:#?}");
    assert!(looked.stdout.contains("0 problems, "), "{looked:#?}");
    assert_eq!(moto.inventory(), before, "{looked:#?}");

    let up =
        hopper(&format!("up --recipe chapter-machines --backend aws --endpoint-url {}", moto.url));
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

    // Kubernetes makes things of its own, and they go with the rest.
    moto.cloud("live");
    let lived = moto.inventory();
    for kind in ["load_balancers", "newer_load_balancers", "target_groups", "cni_interfaces"] {
        assert_eq!(lived[kind].as_array().unwrap().len(), 2, "{kind}");
    }

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

    // Four groups of our own, and the VPC's default one, which AWS makes.
    assert_eq!(made("security_groups").len(), 5);
    let group = |name: &str| {
        let groups = made("security_groups");
        let group = groups.into_iter().find(|group| group["GroupName"] == name);
        group.unwrap_or_else(|| panic!("no group {name}"))
    };
    let id = |name: &str| group(name)["GroupId"].as_str().unwrap().to_owned();
    let groups = ["ssh-bastion", "k8s-ami", "k8s-master", "k8s-nodes"];
    let described = [
        "SSH Bastion Hosts",
        "Kubernetes AMI Instances",
        "Kubernetes Master Hosts",
        "Kubernetes Nodes",
    ];
    for (name, description) in groups.into_iter().zip(described) {
        let group = group(name);
        assert_eq!((&group["Description"], &group["VpcId"]), (&json!(description), &vpc["VpcId"]));
        has(group, &[]);
    }
    let mut rules: Vec<String> = made("security_group_rules")
        .into_iter()
        .filter(|rule| rule["IsEgress"] == false)
        .filter_map(|rule| {
            let name_of =
                |id: &Value| groups.into_iter().find(|name| group(name)["GroupId"] == *id);
            let into = name_of(&rule["GroupId"])?;
            let from = match &rule["CidrIpv4"] {
                Value::String(range) => range.clone(),
                _ => name_of(&rule["ReferencedGroupInfo"]["GroupId"])?.to_owned(),
            };
            let what = match rule["IpProtocol"].as_str()? {
                "-1" => "all".to_owned(),
                protocol => format!("{protocol} {}", rule["FromPort"]),
            };
            Some(format!("{into}: {what} from {from}"))
        })
        .collect();
    rules.sort();
    let expected = [
        "k8s-ami: tcp 22 from ssh-bastion",
        "k8s-master: all from k8s-nodes",
        "k8s-master: tcp 22 from ssh-bastion",
        "k8s-master: tcp 6443 from k8s-nodes",
        "k8s-master: tcp 6443 from ssh-bastion",
        "k8s-nodes: all from k8s-nodes",
        "k8s-nodes: tcp 10250 from k8s-master",
        "k8s-nodes: tcp 10255 from k8s-master",
        "k8s-nodes: tcp 22 from ssh-bastion",
        "ssh-bastion: tcp 22 from 0.0.0.0/0",
    ];
    assert_eq!(rules, expected);

    assert_eq!(only("key_pairs")["KeyName"], "eds_laptop");
    let image = only("images");
    assert_eq!(image["Name"], "k8s-1.10.3-001");
    assert_eq!(image["Description"], "Kubernetes v1.10.3");
    assert_eq!(image["State"], "available");
    has(image, &[]);

    // The builder is stopped, and the others run.
    let cluster = ("kubernetes.io/cluster/hopper", "owned");
    let machines = [
        ("ssh-bastion", "running", "t2.micro", public, "ssh-bastion", None),
        ("kubernetes-node-ami", "stopped", "t2.micro", private, "k8s-ami", None),
        ("hopper-k8s-master", "running", "t2.medium", private, "k8s-master", Some("K8sMaster")),
        ("hopper-k8s-node", "running", "t2.medium", private, "k8s-nodes", None),
    ];
    assert_eq!(made("instances").len(), machines.len());
    for (name, state, size, subnet, group, profile) in machines {
        let machine = named("instances", name);
        assert_eq!(machine["State"]["Name"], state, "{name}");
        assert_eq!(machine["InstanceType"], size, "{name}");
        assert_eq!(machine["KeyName"], "eds_laptop", "{name}");
        assert_eq!(machine["SubnetId"], subnet["SubnetId"], "{name}");
        // moto puts no machine of a launch template into the template's groups.
        if name != "hopper-k8s-node" {
            let groups = &machine["NetworkInterfaces"][0]["Groups"];
            assert_eq!(groups[0]["GroupId"], id(group), "{name}");
        }
        has(machine, &[]);
        if let Some(profile) = profile {
            let arn = machine["IamInstanceProfile"]["Arn"].as_str().unwrap();
            assert!(arn.ends_with(&format!("instance-profile/{profile}")), "{arn}");
        }
    }
    assert!(named("instances", "ssh-bastion")["PublicIpAddress"].is_string());
    let master = named("instances", "hopper-k8s-master");
    assert_eq!(master["PrivateIpAddress"], "10.0.0.10");
    assert_eq!(master["ImageId"], image["ImageId"]);
    has(master, &[cluster]);
    let worker = named("instances", "hopper-k8s-node");
    assert_eq!(worker["ImageId"], image["ImageId"]);
    has(worker, &[cluster, ("k8s.io/cluster-autoscaler/enabled", "1")]);

    let template = only("launch_templates");
    assert_eq!(template["LaunchTemplateName"], "k8s-node-1.10.3-t2-medium-001");
    let data = &template["Data"];
    assert_eq!(data["ImageId"], image["ImageId"]);
    assert_eq!(data["IamInstanceProfile"]["Name"], "K8sNode");
    assert_eq!(data["NetworkInterfaces"][0]["Groups"], json!([id("k8s-nodes")]));
    assert_eq!(data["CreditSpecification"]["CpuCredits"], "unlimited");
    assert_eq!(made("launch_configurations").len(), 0);
    let group = only("groups");
    assert_eq!(group["AutoScalingGroupName"], "hopper-t2-medium-nodes");
    let sizes = ["MinSize", "MaxSize", "DesiredCapacity"].map(|size| group[size].clone());
    assert_eq!(sizes, [json!(1), json!(1), json!(1)]);
    assert_eq!(group["VPCZoneIdentifier"], private["SubnetId"]);
    assert_eq!(group["Instances"][0]["LifecycleState"], "InService");
    has(group, &[("Name", "hopper-k8s-node"), cluster, ("k8s.io/cluster-autoscaler/enabled", "1")]);

    let policies = [
        ("K8sMaster", &["autoscaler", "cni", "ecr", "loadbalancing", "master"][..]),
        ("K8sNode", &["cni", "ecr", "node"]),
    ];
    for (name, policies) in policies {
        let role = made("roles").into_iter().find(|role| role["RoleName"] == name).unwrap();
        has(role, &[]);
        let mut has: Vec<&str> =
            role["Policies"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        has.sort_unstable();
        assert_eq!(has, policies);
        let profiles = made("instance_profiles");
        let profile = profiles.iter().find(|p| p["InstanceProfileName"] == name).unwrap();
        assert_eq!(profile["Roles"][0]["RoleName"], name);
    }
    assert_eq!((made("roles").len(), made("instance_profiles").len()), (2, 2));
}

fn tags(thing: &Value) -> Vec<(String, String)> {
    let tags = thing["Tags"].as_array().into_iter().flatten();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    tags.map(|tag| (text(&tag["Key"]), text(&tag["Value"]))).collect()
}

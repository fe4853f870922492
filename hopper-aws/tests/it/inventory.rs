//! What the recipe `chapter` leaves standing, compared with what the chapter's own commands make.

use hopper_aws::{Aws, recipes, registry, settings::ChapterSettings};
use hopper_core::{Engine, MemoryJournal, Outcome, Workflow, testing::on_paused_time};
use hopper_mock::{
    Mock, World,
    ec2::{InstanceState, Peer, RouteTable, RouteTarget},
};
use std::collections::BTreeMap;

fn built() -> World {
    on_paused_time(async {
        let mock = Mock::builder().seed(7).build();
        let w = Workflow::new("hopper");
        recipes::chapter_machines(&w, &ChapterSettings::default()).unwrap();
        let aws = Aws::new(&mock.sdk_config());
        let engine = Engine::new(MemoryJournal::default()).env(aws).registry(registry()).seed(1);
        let report = engine.run(&w.plan().unwrap()).await.unwrap();
        assert_eq!(report.outcome, Outcome::Done, "{report}");
        mock.world()
    })
}

/// The tags of the chapter; our marks left out, but for that they are there.
fn labels(tags: &BTreeMap<String, String>) -> String {
    let is_mark = |key: &str| key.starts_with("hopper:");
    assert_eq!(tags.keys().filter(|key| is_mark(key)).count(), 3, "{tags:?}");
    let own = tags.iter().filter(|(key, _)| !is_mark(key));
    own.map(|(key, value)| format!(" {key}={value}")).collect()
}

/// Where a table leads to, and from where.
fn routes(world: &World, table: &RouteTable) -> String {
    let ec2 = &world.ec2;
    let from = table.associations.iter().map(|a| match &a.subnet_id {
        None => "main".to_owned(),
        Some(id) => ec2.subnets[id].cidr_block.to_string(),
    });
    let to = table.routes.iter().map(|route| {
        assert_eq!(route.state, "active");
        let target = match &route.target {
            RouteTarget::Local => "local".to_owned(),
            RouteTarget::InternetGateway(id) => {
                format!("internet gateway{}", labels(&ec2.internet_gateways[id].tags))
            }
            RouteTarget::NatGateway(id) => {
                format!(
                    "NAT gateway in {}",
                    ec2.subnets[&ec2.nat_gateways[id].subnet_id].cidr_block
                )
            }
            other => panic!("the chapter has no route to {other:?}"),
        };
        format!("{} to {target}", route.destination_cidr_block)
    });
    format!("{}: {}", from.collect::<String>(), to.collect::<Vec<_>>().join(", "))
}

#[test]
fn every_kind_of_thing_is_there_as_often_as_in_the_chapter() {
    let mut counts = BTreeMap::new();
    for left in built().leftovers() {
        *counts.entry(left.kind).or_insert(0) += 1;
    }
    let expected = [
        ("auto-scaling-group", 1),
        ("elastic-ip", 1),
        ("image", 1),
        ("instance", 4), // bastion, builder, master, worker
        ("instance-profile", 2),
        ("internet-gateway", 1),
        ("key-pair", 1),
        ("launch-template", 1),
        ("natgateway", 1),
        ("role", 2),
        ("route-table", 1), // the public one: the main one goes with the VPC
        ("security-group", 4),
        ("snapshot", 1),
        ("subnet", 2),
        ("vpc", 1),
    ];
    assert_eq!(counts, BTreeMap::from(expected));
}

#[test]
fn the_network_has_the_chapters_names_tags_and_addresses() {
    let world = built();
    let vpc = world.ec2.vpcs.values().next().unwrap();
    assert_eq!(vpc.cidr_block.to_string(), "10.0.0.0/16");
    assert!(vpc.enable_dns_support && vpc.enable_dns_hostnames);
    assert_eq!(labels(&vpc.tags), " Name=hopper kubernetes.io/cluster/hopper=shared");

    let mut subnets: Vec<String> = world
        .ec2
        .subnets
        .values()
        .map(|s| format!("{} {}{}", s.cidr_block, s.availability_zone, labels(&s.tags)))
        .collect();
    subnets.sort();
    assert_eq!(
        subnets,
        [
            "10.0.0.0/20 eu-west-1a Name=hopper-private-1a kubernetes.io/cluster/hopper=owned \
             kubernetes.io/role/internal-elb=1",
            "10.0.16.0/20 eu-west-1a Name=hopper-public-1a kubernetes.io/cluster/hopper=owned \
             kubernetes.io/role/elb=1",
        ]
    );

    let tables: BTreeMap<&str, String> = world
        .ec2
        .route_tables
        .values()
        .map(|table| (table.tags["Name"].as_str(), routes(&world, table)))
        .collect();
    assert_eq!(
        tables,
        BTreeMap::from([
            (
                "hopper-private",
                "main: 10.0.0.0/16 to local, 0.0.0.0/0 to NAT gateway in 10.0.16.0/20".to_owned()
            ),
            (
                "hopper-public",
                "10.0.16.0/20: 10.0.0.0/16 to local, 0.0.0.0/0 to internet gateway Name=hopper"
                    .to_owned()
            ),
        ])
    );

    let nat = world.ec2.nat_gateways.values().next().unwrap();
    let address = world.ec2.addresses.values().next().unwrap();
    assert_eq!(nat.state, "available");
    assert_eq!(nat.allocation_id.as_ref(), Some(&address.id));
}

#[test]
fn the_bastion_is_the_chapters() {
    let world = built();
    let ec2 = &world.ec2;
    let bastion = ec2.instances.values().next().unwrap();
    assert_eq!(bastion.state, InstanceState::Running);
    assert_eq!(bastion.instance_type, "t2.micro");
    assert_eq!(bastion.key_name.as_deref(), Some("eds_laptop"));
    assert_eq!(ec2.subnets[&bastion.subnet_id].cidr_block.to_string(), "10.0.16.0/20");
    assert_eq!(labels(&bastion.tags), " Name=ssh-bastion");

    // The newest by name of Canonical's images of Ubuntu 16.04, and nobody else's.
    let xenial = ec2.images.values().filter(|image| {
        image.owner_id == "099720109477" && image.name.contains("hvm-ssd/ubuntu-xenial-16.04-amd64")
    });
    let newest = xenial.max_by_key(|image| &image.name).unwrap();
    assert_eq!(bastion.image_id, newest.id);

    let group = ec2.security_groups.values().find(|g| !g.is_default()).unwrap();
    assert_eq!((&*group.name, &*group.description), ("ssh-bastion", "SSH Bastion Hosts"));
    let own = ec2.network_interfaces.values().find(|i| i.is_on(&bastion.id)).unwrap();
    assert_eq!(own.group_ids, [group.id.as_str()]);
    assert!(own.addresses[0].public_ip.is_some());

    let rules = ec2.security_group_rules.values().filter(|r| r.group_id == group.id);
    let coming_in: Vec<_> = rules
        .filter(|rule| !rule.is_egress)
        .map(|rule| (&*rule.protocol, rule.from_port, rule.to_port, rule.peer.clone()))
        .collect();
    assert_eq!(coming_in, [("tcp", Some(22), Some(22), Peer::anywhere())]);
}

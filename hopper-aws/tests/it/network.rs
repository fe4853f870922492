//! The steps of a network, one by one and together.

use hopper_aws::{
    Cidr, Tags,
    ec2::{
        InternetGateway, ResourceTags, Route, RouteTable, RouteTableAssociation, RouteTarget,
        Subnet, Vpc,
    },
    testing::Stage,
};
use hopper_core::{
    MemoryJournal, Outcome, Workflow, testing::Lab as _, testing::on_paused_time, text,
};
use hopper_mock::{Mock, Visibility};
use std::time::Duration;

fn recipe(w: &Workflow) {
    let cidr = |text: &str| text.parse::<Cidr>().unwrap().into();
    let vpc = w.step("vpc").does(Vpc {
        cidr: cidr("10.0.0.0/16"),
        dns_support: true,
        dns_hostnames: true,
        tags: Tags::named("hopper"),
    });
    let subnet = w.step("subnet").does(Subnet {
        vpc: vpc.id(),
        zone: "eu-west-1a".into(),
        cidr: cidr("10.0.16.0/20"),
        tags: Tags::named("hopper-public-1a"),
    });
    let table =
        w.step("table").does(RouteTable { vpc: vpc.id(), tags: Tags::named("hopper-public") });
    w.step("association")
        .does(RouteTableAssociation { route_table: table.id(), subnet: subnet.id() });
    let gateway =
        w.step("gateway").does(InternetGateway { vpc: vpc.id(), tags: Tags::named("hopper") });
    w.step("route").does(Route {
        route_table: table.id(),
        destination: Cidr::ANYWHERE.into(),
        target: RouteTarget::InternetGateway(gateway.id()),
    });
    w.step("main-table").does(ResourceTags {
        resource: text!("{}", vpc.main_route_table()),
        tags: Tags::named("hopper-private").with("role", "private"),
    });
}

const CHANGES: [&str; 9] = [
    "CreateVpc",
    "ModifyVpcAttribute",
    "CreateSubnet",
    "CreateRouteTable",
    "AssociateRouteTable",
    "CreateInternetGateway",
    "AttachInternetGateway",
    "CreateRoute",
    "CreateTags",
];

const TAKE_BACKS: [&str; 8] = [
    "DeleteTags",
    "DeleteRoute",
    "DetachInternetGateway",
    "DeleteInternetGateway",
    "DisassociateRouteTable",
    "DeleteRouteTable",
    "DeleteSubnet",
    "DeleteVpc",
];

#[test]
fn endures_everything() {
    Stage::new(recipe).endure();
}

#[test]
fn endures_what_is_not_visible_yet() {
    let visibility = Visibility::Seeded { max: Duration::from_secs(9) };
    Stage::new(recipe).visibility(visibility).endure();
}

#[test]
fn bad_weather_changes_nothing() {
    Stage::new(recipe).in_bad_weather(&[&CHANGES[..], &TAKE_BACKS].concat());
    let visibility = Visibility::Fixed(Duration::from_secs(5));
    Stage::new(recipe).visibility(visibility).in_bad_weather(&[&CHANGES[..], &TAKE_BACKS].concat());
}

#[test]
fn every_change_behind_its_back_is_named() {
    Stage::new(recipe).up_and_down(async |mock, engine, _| {
        assert!(engine.check().await.unwrap().is_empty());
        let id = |kind: &str| {
            let world = mock.world();
            let left = world.leftovers().into_iter().find(|left| left.kind == kind);
            left.unwrap().id
        };
        let (subnet, table) = (id("subnet"), id("route-table"));
        let main = mock.world().ec2.route_tables.keys().find(|id| **id != table).unwrap().clone();
        for (id, key) in [(&subnet, "Name"), (&main, "role")] {
            let params = [("ResourceId.1", id.as_str()), ("Tag.1.Key", key), ("Tag.1.Value", "x")];
            assert_eq!(mock.call("CreateTags", &params).status, 200);
        }
        let route = [("RouteTableId", table.as_str()), ("DestinationCidrBlock", "0.0.0.0/0")];
        assert_eq!(mock.call("DeleteRoute", &route).status, 200);
        let drift = engine.check().await.unwrap();
        let texts: Vec<_> = drift.iter().map(ToString::to_string).collect();
        let mut masked = texts.join("\n").replace(&subnet, "[subnet]").replace(&table, "[table]");
        masked = masked.replace(&id("internet-gateway"), "[gateway]");
        insta::assert_snapshot!(masked, @r"
        subnet (aws.ec2.subnet)
          tags.Name: recorded hopper-public-1a, actual x
        main-table (aws.ec2.resource_tags)
          tags.role: recorded private, actual x
        route (aws.ec2.route)
          route 0.0.0.0/0 to [gateway] is gone
        ");
    });
}

#[test]
fn overwritten_tags_are_put_back() {
    let stage = Stage::new(recipe);
    let mock = stage.world();
    let vpc = mock.call("CreateVpc", &[("CidrBlock", "10.9.0.0/16")]);
    let main = mock.world().ec2.route_tables.keys().next().unwrap().clone();
    let tag = |key: &str, value: &str| {
        let params = [("ResourceId.1", &*main), ("Tag.1.Key", key), ("Tag.1.Value", value)];
        assert_eq!(mock.call("CreateTags", &params).status, 200);
    };
    tag("Name", "mine");
    tag("kept", "1");
    let tags = || mock.world().ec2.route_tables[&main].tags.clone();
    let before = tags();
    let w = Workflow::new("test");
    w.step("tags").does(ResourceTags {
        resource: main.as_str().into(),
        tags: Tags::named("hopper").with("role", "private"),
    });
    on_paused_time(async {
        let engine = stage.engine(&mock, MemoryJournal::default());
        let report = engine.run(&w.plan().unwrap()).await.unwrap();
        assert_eq!(report.outcome, Outcome::Done, "{report}");
        assert_eq!(tags()["Name"], "hopper");
        let report = engine.undo().await.unwrap();
        assert_eq!(report.outcome, Outcome::Undone, "{report}");
    });
    assert_eq!(tags(), before);
    assert_eq!(vpc.status, 200);
}

/// Somebody else's machine with a public address.
fn stranger(mock: &Mock) -> String {
    let world = mock.world();
    let subnet = world.ec2.subnets.keys().next().unwrap();
    let made = mock
        .call("CreateNetworkInterface", &[("SubnetId", subnet), ("Description", "a stranger's")]);
    let interface = made.text("networkInterface/networkInterfaceId").unwrap().to_owned();
    let address = mock.call("AllocateAddress", &[("Domain", "vpc")]);
    let address = address.text("allocationId").unwrap().to_owned();
    let params = [("AllocationId", &*address), ("NetworkInterfaceId", &*interface)];
    assert_eq!(mock.call("AssociateAddress", &params).status, 200);
    interface
}

#[test]
fn what_keeps_a_network_is_named() {
    let stage = Stage::new(recipe);
    let mock = stage.world();
    on_paused_time(async {
        let engine = stage.engine(&mock, MemoryJournal::default());
        let report = engine.run(&stage.plan()).await.unwrap();
        assert_eq!(report.outcome, Outcome::Done, "{report}");
        let interface = stranger(&mock);
        let report = engine.undo().await.unwrap();
        assert_eq!(report.outcome, Outcome::Stuck, "{report}");
        let errors: Vec<_> = report.errors.iter().map(|(step, e)| format!("{step}: {e}")).collect();
        for step in ["gateway", "subnet"] {
            let named = errors.iter().any(|e| {
                e.starts_with(step) && e.contains(&interface) && e.contains("a stranger's")
            });
            assert!(named, "{step}: {errors:#?}");
        }
    });
}

#[test]
fn a_lingering_interface_is_waited_for() {
    let stage = Stage::new(recipe);
    let mock = stage.world();
    on_paused_time(async {
        let engine = stage.engine(&mock, MemoryJournal::default());
        engine.run(&stage.plan()).await.unwrap();
        stranger(&mock);
        let (undone, ()) = tokio::join!(engine.undo(), async {
            tokio::time::sleep(Duration::from_secs(200)).await;
            mock.edit(|world| {
                world.ec2.addresses.clear();
                world.ec2.network_interfaces.clear();
            });
        });
        let report = undone.unwrap();
        assert_eq!(report.outcome, Outcome::Undone, "{report}");
    });
    assert_eq!(stage.leftovers(&mock), [""; 0]);
}

#[test]
fn a_route_that_leads_elsewhere_is_a_conflict() {
    let stage = Stage::new(|w| {
        let cidr = "10.0.0.0/16".parse::<Cidr>().unwrap().into();
        let (dns_support, dns_hostnames) = (true, false);
        let vpc = w.step("vpc").does(Vpc { cidr, dns_support, dns_hostnames, tags: Tags::new() });
        let gateway = w.step("gateway").does(InternetGateway { vpc: vpc.id(), tags: Tags::new() });
        // The VPC's own addresses are taken by the local route.
        w.step("route").does(Route {
            route_table: vpc.main_route_table(),
            destination: vpc.cidr(),
            target: RouteTarget::InternetGateway(gateway.id()),
        });
    });
    let mock = stage.world();
    on_paused_time(async {
        let engine = stage.engine(&mock, MemoryJournal::default());
        let report = engine.run(&stage.plan()).await.unwrap();
        assert_eq!(report.outcome, Outcome::Undone, "{report}");
    });
    assert_eq!(stage.leftovers(&mock), [""; 0]);
}

//! Elastic IP addresses and NAT gateways.

use crate::ground::{drift, gateway, output, stranger, subnet, told, vpc};
use hopper_aws::{
    Tags,
    ec2::{Address, NatGateway},
    testing::Stage,
};
use hopper_core::{MemoryJournal, Outcome, Workflow, testing::Lab as _, testing::on_paused_time};
use hopper_mock::{Doom, Visibility};
use std::time::Duration;

fn recipe(w: &Workflow) {
    let vpc = vpc(w);
    let (subnet, gateway) = (subnet(w, &vpc), gateway(w, &vpc));
    let address =
        w.step("address").undo_before(&gateway).does(Address { tags: Tags::named("nat") });
    let (subnet, address) = (subnet.id(), address.id());
    w.step("nat").after(&gateway).does(NatGateway { subnet, address, tags: Tags::named("nat") });
}

const CHANGES: [&str; 2] = ["AllocateAddress", "CreateNatGateway"];
const TAKE_BACKS: [&str; 2] = ["ReleaseAddress", "DeleteNatGateway"];

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
fn a_lost_reply_leaves_one_gateway_and_one_address() {
    let stage = Stage::new(recipe);
    let mock = stage.world();
    for operation in CHANGES {
        mock.fail(operation).lose_reply();
    }
    on_paused_time(async {
        let engine = stage.engine(&mock, MemoryJournal::default());
        let report = engine.run(&stage.plan()).await.unwrap();
        assert_eq!(report.outcome, Outcome::Done, "{report}");
    });
    let world = mock.world();
    assert_eq!((world.ec2.addresses.len(), world.ec2.nat_gateways.len()), (1, 1));
}

#[test]
fn every_change_behind_its_back_is_named() {
    Stage::new(recipe).up_and_down(async |mock, engine, report| {
        assert_eq!(engine.check().await.unwrap(), []);
        let [address, nat] = ["address", "nat"].map(|step| output(report, step, "id"));
        mock.edit(|world| {
            world.ec2.addresses.get_mut(&address).unwrap().tags.remove("Name");
        });
        stranger(mock, "DeleteNatGateway", "natGatewayId", &[("NatGatewayId", &nat)]);
        let names = [(&*address, "address"), (&*nat, "nat")];
        insta::assert_snapshot!(drift(engine, &names).await, @r"
        address (aws.ec2.address)
          tags.Name: recorded nat, actual none
        nat (aws.ec2.nat_gateway)
          state: recorded available, actual deleting
        ");
        tokio::time::sleep(Duration::from_secs(90)).await;
        stranger(mock, "ReleaseAddress", "return", &[("AllocationId", &address)]);
        insta::assert_snapshot!(drift(engine, &names).await, @r"
        address (aws.ec2.address)
          [address] is gone
        nat (aws.ec2.nat_gateway)
          [nat] is gone
        ");
    });
}

fn failing(arm: impl Fn(Doom<'_>)) -> String {
    let stage = Stage::new(recipe);
    let mock = stage.world();
    arm(mock.doom("CreateNatGateway"));
    let report = on_paused_time(async {
        stage.engine(&mock, MemoryJournal::default()).run(&stage.plan()).await.unwrap()
    });
    assert_eq!(report.outcome, Outcome::Undone, "{report}");
    assert_eq!(stage.leftovers(&mock), [""; 0]);
    let (step, error) = &report.errors[0];
    assert_eq!(step, "nat");
    // What has failed is listed for an hour.
    let world = mock.world();
    told(error, &[(world.ec2.nat_gateways.keys().next().unwrap(), "nat")])
}

#[test]
fn a_gateway_that_fails_says_why_and_is_taken_back() {
    insta::assert_snapshot!(failing(|doom| doom.with("InsufficientFreeAddressesInSubnet")), @"InsufficientFreeAddressesInSubnet: [nat] has failed: the NAT gateway could not be created: InsufficientFreeAddressesInSubnet; choose a larger subnet");
    insta::assert_snapshot!(failing(|doom| doom.with("InternalError")), @"InternalError: [nat] has failed: the NAT gateway could not be created: InternalError");
}

#[test]
fn without_an_internet_gateway_it_says_what_to_do() {
    let stage = Stage::new(|w| {
        let subnet = subnet(w, &vpc(w)).id();
        let address = w.step("address").does(Address { tags: Tags::new() }).id();
        w.step("nat").does(NatGateway { subnet, address, tags: Tags::new() });
    });
    let mock = stage.world();
    let report = on_paused_time(async {
        stage.engine(&mock, MemoryJournal::default()).run(&stage.plan()).await.unwrap()
    });
    assert_eq!(report.outcome, Outcome::Undone, "{report}");
    let error = report.errors[0].1.to_string();
    assert!(error.contains("Gateway.NotAttached"), "{error}");
    assert!(error.ends_with("attach an internet gateway to the VPC first"), "{error}");
    assert_eq!(stage.leftovers(&mock), [""; 0]);
}

/// What is seen right after a NAT gateway's end passes; what does not pass is told in the end.
#[test]
fn an_address_that_is_not_free_yet_is_tried_again() {
    for code in ["AuthFailure", "InvalidIPAddress.InUse", "InvalidNetworkInterfaceID.NotFound"] {
        Stage::new(recipe).up_and_down(async |mock, _, _| {
            mock.fail("ReleaseAddress").times(5).error(code);
        });
        let stage = Stage::new(recipe);
        let mock = stage.world();
        on_paused_time(async {
            let engine = stage.engine(&mock, MemoryJournal::default());
            engine.run(&stage.plan()).await.unwrap();
            mock.fail("ReleaseAddress").always().error(code);
            let report = engine.undo().await.unwrap();
            assert_eq!(report.outcome, Outcome::Stuck, "{report}");
            let (step, error) = &report.errors[0];
            assert!(step == "address" && error.code() == Some(code), "{report}");
            mock.heal();
            let report = engine.undo().await.unwrap();
            assert_eq!(report.outcome, Outcome::Undone, "{report}");
        });
        assert_eq!(stage.leftovers(&mock), [""; 0], "{code}");
    }
}

//! What keeps a network is named, whatever it is; the others go; and once it is gone, so does the
//! rest.

use crate::ground::{self, gateway, group, output, stranger, subnet};
use hopper_aws::{Tags, ec2::Address, testing::Stage};
use hopper_core::{
    MemoryJournal, Outcome, Report, Workflow, testing::Lab as _, testing::on_paused_time,
};
use hopper_mock::Mock;
use std::time::Duration;

fn recipe(w: &Workflow) {
    let vpc = ground::vpc(w);
    subnet(w, &vpc);
    gateway(w, &vpc);
    group(w, "group", &vpc);
    w.step("address").does(Address { tags: Tags::named("address") });
}

/// Goes up, lets a stranger do something, goes down, and is told of it by the steps that it keeps;
/// lets the stranger undo it, and comes down.
fn kept(
    puts: impl Fn(&Mock, &Report) -> Vec<String>,
    told: &[(&str, &[&str])],
    takes: impl Fn(&Mock, &[String]),
) {
    let stage = Stage::new(recipe);
    let mock = stage.world();
    on_paused_time(async {
        let engine = stage.engine(&mock, MemoryJournal::default());
        let up = engine.run(&stage.plan()).await.unwrap();
        assert_eq!(up.outcome, Outcome::Done, "{up}");
        let ids = puts(&mock, &up);
        tokio::time::sleep(Duration::from_secs(120)).await;
        let report = engine.undo().await.unwrap();
        assert_eq!(report.outcome, Outcome::Stuck, "{report}");
        let failed: Vec<&str> = report.errors.iter().map(|(step, _)| &**step).collect();
        assert_eq!(failed.len(), told.len(), "{report}");
        for (step, parts) in told {
            let (_, error) = report.errors.iter().find(|(name, _)| name == step).unwrap();
            let text = error.to_string();
            assert!(text.contains("it is kept by "), "{step}: {text}");
            for part in *parts {
                let part = ids
                    .iter()
                    .enumerate()
                    .fold((*part).to_owned(), |part, (i, id)| part.replace(&format!("[{i}]"), id));
                assert!(text.contains(&part), "{step}: `{part}` is not in {text}");
            }
        }
        // All that nothing keeps is gone; and what is kept is told.
        let kept: Vec<&str> = report.left.iter().map(|left| &*left.name).collect();
        assert!(failed.iter().all(|step| kept.contains(step)), "{report}");
        takes(&mock, &ids);
        tokio::time::sleep(Duration::from_secs(120)).await;
        let report = engine.undo().await.unwrap();
        assert_eq!(report.outcome, Outcome::Undone, "{report}");
    });
}

fn interface(mock: &Mock, up: &Report) -> String {
    let subnet = output(up, "subnet", "id");
    let params = [("SubnetId", &*subnet), ("Description", "theirs")];
    stranger(mock, "CreateNetworkInterface", "networkInterface/networkInterfaceId", &params)
}

fn delete(mock: &Mock, operation: &str, name: &str, id: &str) {
    stranger(mock, operation, "return", &[(name, id)]);
}

#[test]
fn an_interface() {
    kept(
        |mock, up| vec![interface(mock, up)],
        &[("subnet", &["[0] (theirs, of nobody: delete it)"])],
        |mock, ids| delete(mock, "DeleteNetworkInterface", "NetworkInterfaceId", &ids[0]),
    );
}

#[test]
fn an_instance() {
    kept(
        |mock, up| {
            let world = mock.world();
            let is_ubuntu = |i: &&hopper_mock::ec2::Image| i.name.contains("ubuntu-xenial-16.04");
            let image = world.ec2.images.values().find(is_ubuntu).unwrap().id.clone();
            let (subnet, group) = (output(up, "subnet", "id"), output(up, "group", "id"));
            let params = [
                ("ImageId", &*image),
                ("InstanceType", "t2.micro"),
                ("MinCount", "1"),
                ("MaxCount", "1"),
                ("SubnetId", &subnet),
                ("SecurityGroupId.1", &group),
                ("TagSpecification.1.ResourceType", "instance"),
                ("TagSpecification.1.Tag.1.Key", "Name"),
                ("TagSpecification.1.Tag.1.Value", "theirs"),
            ];
            vec![stranger(mock, "RunInstances", "instancesSet/0/instanceId", &params)]
        },
        &[
            ("subnet", &["of instance [0] \"theirs\"", "terminate it"]),
            ("group", &["of instance [0] \"theirs\"", "terminate it"]),
        ],
        |mock, ids| delete(mock, "TerminateInstances", "InstanceId.1", &ids[0]),
    );
}

#[test]
fn a_rule_of_another_group() {
    kept(
        |mock, up| {
            let (vpc, group) = (output(up, "vpc", "id"), output(up, "group", "id"));
            // The VPC's default group, which goes with the VPC.
            let is_default =
                |g: &&hopper_mock::ec2::SecurityGroup| g.name == "default" && g.vpc_id == vpc;
            let world = mock.world();
            let default = world.ec2.security_groups.values().find(is_default).unwrap().id.clone();
            let params = [
                ("GroupId", &*default),
                ("IpPermissions.1.IpProtocol", "tcp"),
                ("IpPermissions.1.FromPort", "22"),
                ("IpPermissions.1.ToPort", "22"),
                ("IpPermissions.1.Groups.1.GroupId", &group),
            ];
            stranger(mock, "AuthorizeSecurityGroupIngress", "return", &params);
            vec![default, group]
        },
        &[("group", &["the rule of security group [0] \"default\" that lets tcp 22 in from [1]"])],
        |mock, ids| {
            let params = [
                ("GroupId", &*ids[0]),
                ("IpPermissions.1.IpProtocol", "tcp"),
                ("IpPermissions.1.FromPort", "22"),
                ("IpPermissions.1.ToPort", "22"),
                ("IpPermissions.1.Groups.1.GroupId", &ids[1]),
            ];
            stranger(mock, "RevokeSecurityGroupIngress", "return", &params);
        },
    );
}

#[test]
fn a_public_address() {
    kept(
        |mock, up| {
            let interface = interface(mock, up);
            let params = [("Domain", "vpc")];
            let address = stranger(mock, "AllocateAddress", "allocationId", &params);
            let params = [("AllocationId", &*address), ("NetworkInterfaceId", &*interface)];
            let association = stranger(mock, "AssociateAddress", "associationId", &params);
            vec![interface, association]
        },
        &[
            ("subnet", &["[0] (theirs, of nobody, public address "]),
            ("gateway", &["[0] (theirs, of nobody, public address ", "disassociate its address"]),
        ],
        |mock, ids| {
            delete(mock, "DisassociateAddress", "AssociationId", &ids[1]);
            delete(mock, "DeleteNetworkInterface", "NetworkInterfaceId", &ids[0]);
        },
    );
}

/// Our own address, which somebody else uses.
#[test]
fn a_use_of_an_address() {
    kept(
        |mock, up| {
            let (interface, address) = (interface(mock, up), output(up, "address", "id"));
            let params = [("AllocationId", &*address), ("NetworkInterfaceId", &*interface)];
            let association = stranger(mock, "AssociateAddress", "associationId", &params);
            vec![interface, association]
        },
        &[
            ("subnet", &["[0] (theirs, of nobody, public address "]),
            ("gateway", &["[0] (theirs, of nobody, public address ", "disassociate its address"]),
            ("address", &["[0] (theirs, of nobody, public address ", "disassociate its address"]),
        ],
        |mock, ids| {
            delete(mock, "DisassociateAddress", "AssociationId", &ids[1]);
            delete(mock, "DeleteNetworkInterface", "NetworkInterfaceId", &ids[0]);
        },
    );
}

#[test]
fn a_subnet_a_group_and_a_route_table() {
    kept(
        |mock, up| {
            let vpc = output(up, "vpc", "id");
            let params = [("VpcId", &*vpc), ("CidrBlock", "10.0.64.0/20")];
            let subnet = stranger(mock, "CreateSubnet", "subnet/subnetId", &params);
            let params = [("GroupName", "theirs"), ("GroupDescription", "x"), ("VpcId", &*vpc)];
            let group = stranger(mock, "CreateSecurityGroup", "groupId", &params);
            let at = "routeTable/routeTableId";
            let table = stranger(mock, "CreateRouteTable", at, &[("VpcId", &*vpc)]);
            vec![subnet, group, table]
        },
        &[(
            "vpc",
            &[
                "subnet [0]: delete it",
                "security group [1] \"theirs\": delete it",
                "route table [2]: delete it",
            ],
        )],
        |mock, ids| {
            delete(mock, "DeleteSubnet", "SubnetId", &ids[0]);
            delete(mock, "DeleteSecurityGroup", "GroupId", &ids[1]);
            delete(mock, "DeleteRouteTable", "RouteTableId", &ids[2]);
        },
    );
}

/// A gateway of somebody else in our VPC has an interface in our subnet.
#[test]
fn a_nat_gateway() {
    kept(
        |mock, up| {
            let subnet = output(up, "subnet", "id");
            let params = [("SubnetId", &*subnet), ("ConnectivityType", "private")];
            vec![stranger(mock, "CreateNatGateway", "natGateway/natGatewayId", &params)]
        },
        &[("subnet", &["of NAT gateway [0]", "delete the gateway"])],
        |mock, ids| delete(mock, "DeleteNatGateway", "NatGatewayId", &ids[0]),
    );
}

//! Rules of route tables, and of client tokens, which they have.

use hopper_mock::{Mock, Quotas};

use crate::support::{accepted, made, mock, refused, vpc};

fn create(mock: &Mock, vpc_id: &str, token: &str) -> String {
    let params = [("VpcId", vpc_id), ("ClientToken", token)];
    made(&accepted(mock, "CreateRouteTable", &params), "routeTable/routeTableId")
}

// [D] The same token with the same parameters gives the first result.
#[test]
fn a_repeated_token_makes_nothing_new() {
    let mock = mock();
    let vpc_id = vpc(&mock, "10.0.0.0/16");
    let first = create(&mock, &vpc_id, "a");
    assert_eq!(create(&mock, &vpc_id, "a"), first);
    assert_ne!(create(&mock, &vpc_id, "b"), first);
    assert_eq!(mock.world().ec2.route_tables.len(), 3);
}

// [D] The same token with other parameters is refused.
#[test]
fn a_token_belongs_to_its_parameters() {
    let mock = mock();
    let (one, other) = (vpc(&mock, "10.0.0.0/16"), vpc(&mock, "10.1.0.0/16"));
    create(&mock, &one, "a");
    refused(
        &mock,
        "CreateRouteTable",
        &[("VpcId", &other), ("ClientToken", "a")],
        "IdempotentParameterMismatch/400",
    );
}

// [U] A refused call does not use its token up.
#[test]
fn a_refused_call_may_be_repeated_with_its_token() {
    let mock =
        Mock::builder().quotas(Quotas { route_tables_per_vpc: 1, ..Quotas::default() }).build();
    let id = vpc(&mock, "10.0.0.0/16");
    let params = [("VpcId", id.as_str()), ("ClientToken", "a")];
    refused(&mock, "CreateRouteTable", &params, "RouteTableLimitExceeded/400");
    mock.edit(|world| world.settings_mut().quotas.route_tables_per_vpc = 2);
    accepted(&mock, "CreateRouteTable", &params);
}

// [D] Every table has the local route.
#[test]
fn a_new_table_has_the_local_route_and_its_tags() {
    let mock = mock();
    let id = vpc(&mock, "10.0.0.0/16");
    let params = [
        ("VpcId", id.as_str()),
        ("TagSpecification.1.ResourceType", "route-table"),
        ("TagSpecification.1.Tag.1.Key", "Name"),
        ("TagSpecification.1.Tag.1.Value", "private"),
    ];
    let reply = accepted(&mock, "CreateRouteTable", &params);
    assert_eq!(reply.texts("routeTable/routeSet/*/gatewayId"), ["local"]);
    assert_eq!(reply.count("routeTable/associationSet"), 0);
    assert_eq!(reply.text("routeTable/tagSet/0/value"), Some("private"));
}

//! Routes and associations on a route table that was there before.

use crate::ground::stranger;
use hopper_aws::{
    Cidr,
    ec2::{Route, RouteTableAssociation, RouteTarget},
    testing::{Stage, crash_everywhere},
};
use hopper_core::{OnFailure, Outcome, Workflow, testing::Lab as _};
use hopper_mock::Mock;
use std::time::Duration;

/// What somebody else has made.
struct Theirs {
    table: String,
    subnet: String,
    gateway: String,
}

impl Theirs {
    fn make(mock: &Mock) -> Self {
        let vpc = stranger(mock, "CreateVpc", "vpc/vpcId", &[("CidrBlock", "10.9.0.0/16")]);
        let table =
            stranger(mock, "CreateRouteTable", "routeTable/routeTableId", &[("VpcId", &vpc)]);
        let cidr = ("CidrBlock", "10.9.0.0/20");
        let subnet = stranger(mock, "CreateSubnet", "subnet/subnetId", &[("VpcId", &vpc), cidr]);
        let gateway =
            stranger(mock, "CreateInternetGateway", "internetGateway/internetGatewayId", &[]);
        let params = [("InternetGatewayId", &*gateway), ("VpcId", &vpc)];
        stranger(mock, "AttachInternetGateway", "return", &params);
        Self { table, subnet, gateway }
    }

    /// The same, in a world that is made anew each time.
    fn stage(more: impl Fn(&Mock, &Self) + Send + Sync + 'static) -> Stage {
        let theirs = Self::make(&Stage::new(|_| ()).world());
        Stage::new(move |w| theirs.recipe(w)).given(move |mock| {
            let theirs = Self::make(mock);
            more(mock, &theirs);
            mock.advance(Duration::from_secs(3600));
        })
    }

    fn recipe(&self, w: &Workflow) {
        w.step("association").does(RouteTableAssociation {
            route_table: (&*self.table).into(),
            subnet: (&*self.subnet).into(),
        });
        w.step("route").does(Route {
            route_table: (&*self.table).into(),
            destination: Cidr::ANYWHERE.into(),
            target: RouteTarget::InternetGateway((&*self.gateway).into()),
        });
    }

    /// The same route as the recipe's.
    fn route(&self, mock: &Mock) {
        let anywhere = ("DestinationCidrBlock", "0.0.0.0/0");
        let params = [("RouteTableId", &*self.table), anywhere, ("GatewayId", &self.gateway)];
        stranger(mock, "CreateRoute", "return", &params);
    }

    /// The same association as the recipe's.
    fn association(&self, mock: &Mock) {
        let params = [("RouteTableId", &*self.table), ("SubnetId", &*self.subnet)];
        stranger(mock, "AssociateRouteTable", "associationId", &params);
    }
}

const CALLS: [&str; 4] =
    ["AssociateRouteTable", "CreateRoute", "DeleteRoute", "DisassociateRouteTable"];

#[test]
fn an_empty_one_is_left_empty_whatever_happens() {
    let stage = Theirs::stage(|_, _| ());
    stage.endure();
    stage.in_bad_weather(&CALLS);
    let crashes = crash_everywhere(&stage);
    assert_eq!((crashes.duplicates, crashes.orphans), (0, 0), "{crashes}");
    assert!(40 < crashes.worlds, "{crashes}");
}

/// The same thing of theirs is neither adopted nor deleted, and who has made it is told.
#[track_caller]
fn leaves(theirs: impl Fn(&Mock, &Theirs) + Send + Sync + 'static, told: &str) {
    let stage = Theirs::stage(theirs);
    let before = stage.world().world().picture();
    let mut run = stage.up();
    assert_eq!(run.report().outcome, Outcome::Undone, "{}", run.report());
    let error = run.report().errors[0].1.to_string();
    assert!(error.contains(told) && error.contains("not made by hopper"), "{error}");
    assert_eq!(run.resume().outcome, Outcome::Undone);
    assert_eq!(run.down().outcome, Outcome::Undone);
    run.later(Duration::from_secs(2 * 3600));
    assert_eq!(run.mock().world().picture(), before);
}

#[test]
fn the_same_route_of_theirs_stays() {
    leaves(|mock, theirs| theirs.route(mock), "has a route to 0.0.0.0/0 already");
}

#[test]
fn the_same_association_of_theirs_stays() {
    leaves(|mock, theirs| theirs.association(mock), "is on route table");
}

/// The process dies before the step has seen that the place is empty, and then it is taken.
#[test]
fn what_they_make_before_the_first_look_stays() {
    let stage = Theirs::stage(|mock, _| {
        mock.fail("DescribeRouteTables").always().reset();
    })
    .with_engine(|engine| engine.on_failure(OnFailure::Keep));
    let run = stage.up();
    assert_eq!(run.report().outcome, Outcome::Kept, "{}", run.report());
    run.mock().heal();
    let theirs = Theirs::make(&Stage::new(|_| ()).world());
    theirs.route(run.mock());
    theirs.association(run.mock());
    run.later(Duration::from_secs(3600));
    let before = run.mock().world().picture();
    assert_eq!(run.down().outcome, Outcome::Undone);
    assert_eq!(run.mock().world().picture(), before);
}

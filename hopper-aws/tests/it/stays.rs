//! What is somebody else's and in the way stays as it was, whatever happens on the way to AWS and
//! back, and whatever is done afterwards.

use crate::{
    iam,
    in_the_way::{HOUR, Theirs, policy, ssh},
};
use hopper_aws::{
    Cidr, Tags,
    ec2::{InternetGateway, Route, RouteTableAssociation, RouteTarget},
    iam::RolePolicyAttachment,
};
use hopper_core::{
    MemoryJournal, OnFailure, Outcome, Workflow,
    testing::{Lab as _, on_paused_time},
};
use hopper_mock::Fault;

/// Whatever becomes of the call by which a step learns of what is theirs, or would make the same
/// again, and whatever is done afterwards: what is theirs stays as it was.
#[track_caller]
fn stays(operation: &str, recipe: impl Fn(&Workflow, &Theirs)) {
    type Arm = fn(Fault<'_>);
    let arms: [(&str, Arm); 4] = [
        ("reset", |fault| fault.always().reset()),
        ("lost reply", |fault| fault.always().lose_reply()),
        ("one lost reply", |fault| fault.lose_reply()),
        ("no reply", |fault| fault.always().hang()),
    ];
    for (what, arm) in arms {
        for (on_failure, goes_on) in
            [(OnFailure::Undo, false), (OnFailure::Keep, false), (OnFailure::Keep, true)]
        {
            let (theirs, w, journal) =
                (Theirs::new(), Workflow::new("test"), MemoryJournal::default());
            recipe(&w, &theirs);
            let plan = w.plan().unwrap();
            theirs.mock.advance(HOUR);
            let before = theirs.mock.world().picture();
            arm(theirs.mock.fail(operation));
            // Each engine knows the journal only, as that of a new process would.
            let engine = || theirs.stage.engine(&theirs.mock, journal.clone());
            let down = on_paused_time(async {
                let up = engine().on_failure(on_failure).run(&plan).await.unwrap();
                assert_ne!(up.outcome, Outcome::Done, "{operation}: {what}: {up}");
                assert!(!theirs.mock.struck().is_empty(), "{operation}: {what}: {up}");
                theirs.mock.heal();
                if goes_on {
                    let up = engine().on_failure(on_failure).run(&plan).await.unwrap();
                    assert_eq!(up.outcome, Outcome::Kept, "{operation}: {what}: {up}");
                }
                engine().undo().await.unwrap()
            });
            assert_eq!(down.outcome, Outcome::Undone, "{operation}: {what}: {down}");
            theirs.mock.advance(2 * HOUR);
            assert_eq!(theirs.mock.world().picture(), before, "{operation}: {what}: {down}");
        }
    }
}

#[test]
fn a_route_stays_whatever_happens() {
    stays("DescribeRouteTables", |w, theirs| {
        let (table, gateway) = (theirs.table(), theirs.gateway());
        let anywhere = ("DestinationCidrBlock", "0.0.0.0/0");
        let params = [("RouteTableId", &*table), anywhere, ("GatewayId", &gateway)];
        theirs.call("CreateRoute", "return", &params);
        w.step("route").does(Route {
            route_table: (&*table).into(),
            destination: Cidr::ANYWHERE.into(),
            target: RouteTarget::InternetGateway((&*gateway).into()),
        });
    });
}

#[test]
fn an_association_stays_whatever_happens() {
    stays("DescribeRouteTables", |w, theirs| {
        let table = theirs.table();
        let params = [("RouteTableId", &*table), ("SubnetId", &*theirs.subnet)];
        theirs.call("AssociateRouteTable", "associationId", &params);
        let (route_table, subnet) = ((&*table).into(), (&*theirs.subnet).into());
        w.step("association").does(RouteTableAssociation { route_table, subnet });
    });
}

#[test]
fn a_gateway_stays_whatever_happens() {
    stays("AttachInternetGateway", |w, theirs| {
        theirs.gateway();
        w.step("gateway").does(InternetGateway { vpc: (&*theirs.vpc).into(), tags: Tags::new() });
    });
}

#[test]
fn a_rule_stays_whatever_happens() {
    stays("AuthorizeSecurityGroupIngress", |w, theirs| ssh(w, &theirs.rule().0));
}

#[test]
fn policies_stay_whatever_happens() {
    const CNI: &str = "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy";
    stays("GetRole", |w, theirs| {
        iam::strangers_role(&theirs.mock);
        let attach = [("RoleName", "K8sNode"), ("PolicyArn", CNI)];
        theirs.call("iam:AttachRolePolicy", "", &attach);
        let policy_arn = CNI.into();
        w.step("attachment").does(RolePolicyAttachment { role: "K8sNode".into(), policy_arn });
    });
    stays("GetRole", |w, theirs| {
        iam::strangers_role(&theirs.mock);
        policy(w, "s3:*");
    });
}

//! All that is in a plan's way is told before anything is made, and all at once.

use crate::ground::{KEY, cidr, stranger, subnet, vpc};
use aws_types::{
    region::Region,
    sdk_config::{SharedTimeSource, TimeSource},
};
use hopper_aws::{
    Aws, Tags,
    ec2::{Address, Instance, KeyPair, NatGateway, SecurityGroup, Subnet},
    needs::{Draft, Needed, Needs},
    preflight::{Checks, Finding, Preflight, Severity, Topic, Verdict, preflight},
    recipes,
    settings::ChapterSettings,
};
use hopper_core::{
    Journal as _, Ledger, MemoryJournal, Outcome, prelude::*, testing::on_paused_time,
};
use hopper_mock::{Builder, Mock, Quotas, Switches};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeSet,
    time::{Duration, SystemTime},
};

fn chapter() -> Plan {
    let w = Workflow::new("hopper");
    recipes::chapter_machines(&w, &ChapterSettings::default()).unwrap();
    w.plan().unwrap()
}

pub(crate) fn plan(recipe: impl FnOnce(&Workflow)) -> Plan {
    let w = Workflow::new("test");
    recipe(&w);
    w.plan().unwrap()
}

pub(crate) fn aws(mock: &Mock) -> Aws {
    Aws::new(&mock.sdk_config())
}

fn look(mock: &Mock, plan: &Plan) -> Preflight {
    on_paused_time(preflight(plan, &aws(mock)))
}

/// The findings of a topic, without the ids of requests.
fn told(found: &Preflight, topic: Topic) -> Vec<String> {
    found.findings.iter().filter(|f| f.topic == topic).map(without_ids).collect()
}

fn without_ids(finding: &Finding) -> String {
    let text = finding.to_string();
    let Some((before, after)) = text.split_once(" (request id ") else { return text };
    format!("{before}{}", after.split_once(')').unwrap().1)
}

pub(crate) fn world(builder: impl FnOnce(Builder) -> Builder) -> Mock {
    builder(Mock::builder().seed(7)).build()
}

#[test]
fn nothing_is_in_the_way_of_the_chapter_in_a_fresh_account() {
    let mock = world(|w| w);
    let found = look(&mock, &chapter());
    assert_eq!(found, Preflight { findings: vec![], ..found.clone() });
    assert!(found.is_ok());
    assert!(found.permissions.iter().all(|of| of.verdict == Verdict::Allowed));
    assert_eq!(found.to_string(), "0 problems, 0 warnings");
    let again: Preflight = serde_json::from_str(&serde_json::to_string(&found).unwrap()).unwrap();
    assert_eq!(again, found);
}

/// What is not known to be a read is a call with `DryRun`.
#[track_caller]
fn only_looked(mock: &Mock, before: usize) {
    for call in mock.calls().iter().skip(before) {
        let reads = ["Describe", "Get", "List", "Simulate"];
        let is_read = reads.iter().any(|verb| call.operation.starts_with(verb));
        let is_dry = call.params.contains(&("DryRun".to_owned(), "true".to_owned()));
        assert!(is_read || is_dry, "{call:?}");
    }
}

/// An account in which everything is wrong, and a plan that has mistakes of its own.
fn everything_wrong() -> (Mock, Plan) {
    let mock = world(|w| {
        let denied = ["ec2:AllocateAddress", "ec2:CreateNatGateway", "iam:PassRole"];
        let denied_actions = denied.map(str::to_owned).into();
        let quotas = Quotas { vpcs: 1, addresses: 0, vcpus: 3, roles: 1, ..Quotas::default() };
        w.quotas(quotas).switches(Switches { denied_actions, ..Switches::default() })
    });
    stranger(&mock, "CreateVpc", "vpc/vpcId", &[("CidrBlock", "10.0.0.0/16")]);
    let key = [("KeyName", "eds_laptop")];
    stranger(&mock, "CreateKeyPair", "keyName", &key);
    let w = Workflow::new("hopper");
    let mut settings = ChapterSettings::default();
    settings.base_image.name = "no-such-image-*".to_owned();
    settings.bastion.instance_type = "t9.micro".to_owned();
    let chapter = recipes::chapter_machines(&w, &settings).unwrap();
    w.step("outside").does(Subnet {
        vpc: chapter.network.vpc.clone(),
        zone: "eu-west-1z".into(),
        cidr: cidr("10.1.0.0/20").into(),
        tags: Tags::new(),
    });
    w.step("second-key").does(KeyPair {
        name: "eds_laptop".to_owned(),
        public_key: KEY.parse::<hopper_aws::PublicKey>().unwrap().into(),
        tags: Tags::new(),
    });
    w.step("other-image").does(Instance {
        key_name: Input::from(Some("nobodys".to_owned())),
        ..Instance::new("ami-0123456789abcdef0", "t2.micro", chapter.network.private_subnet.clone())
    });
    w.step("quiet").does(Quiet {});
    mock.advance(Duration::from_secs(60));
    (mock, w.plan().unwrap())
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let (mock, plan) = everything_wrong();
    let (before, world) = (mock.calls().len(), mock.world().to_string());
    let found = look(&mock, &plan);
    only_looked(&mock, before);
    assert_eq!(lines_after_first(&mock.world().to_string()), lines_after_first(&world));
    let text: Vec<_> = found.findings.iter().map(without_ids).collect();
    let vpc = mock.world().ec2.vpcs.keys().next().unwrap().clone();
    insta::assert_snapshot!(text.join("\n").replace(&vpc, "[vpc]"));
}

/// Without the time.
fn lines_after_first(text: &str) -> String {
    text.lines().skip(1).collect::<Vec<_>>().join("\n")
}

#[test]
fn whatever_up_and_down_call_was_told_before() {
    let plan = chapter();
    let mock = world(|w| w);
    let told: BTreeSet<String> =
        look(&mock, &plan).permissions.into_iter().map(|of| of.action).collect();
    let before = mock.calls().len();
    on_paused_time(async {
        let journal = MemoryJournal::default();
        let engine = Engine::new(journal).env(aws(&mock)).registry(hopper_aws::registry());
        assert_eq!(engine.run(&plan).await.unwrap().outcome, Outcome::Done);
        assert!(engine.check().await.unwrap().is_empty());
        engine.undo().await.unwrap();
    });
    let calls = mock.calls();
    let made: BTreeSet<String> = calls
        .iter()
        .skip(before)
        .map(|call| format!("{}:{}", prefix(call.service), call.operation))
        .collect();
    let untold: Vec<_> = made.difference(&told).collect();
    assert_eq!(untold, [""; 0]);
}

/// Both kinds of load balancers share a prefix in policies.
pub(crate) fn prefix(service: &str) -> &str {
    if service.starts_with("elb") { "elasticloadbalancing" } else { service }
}

#[test]
fn a_run_that_goes_on_is_not_in_its_own_way() {
    let plan = chapter();
    // One of each: what is there already is all there may be.
    let mock = world(|w| w.quotas(Quotas { vpcs: 1, addresses: 1, ..Quotas::default() }));
    let journal = MemoryJournal::default();
    on_paused_time(async {
        mock.fail("CreateVpc").lose_reply();
        let engine = Engine::new(journal.clone())
            .env(aws(&mock))
            .registry(hopper_aws::registry())
            .on_failure(hopper_core::OnFailure::Keep);
        mock.fail("CreateImage").always().error("UnauthorizedOperation");
        assert_ne!(engine.run(&plan).await.unwrap().outcome, Outcome::Done);
        mock.heal();
        let ledger = Ledger::of(&journal.read().await.unwrap());
        let fresh = preflight(&plan, &aws(&mock)).await;
        assert!(!fresh.is_ok(), "{fresh}");
        let found = Checks::new(&plan).resuming(&ledger).look(&aws(&mock)).await;
        assert!(found.findings.is_empty(), "{found}");
        let actions: Vec<_> = found.permissions.iter().map(|of| of.action.as_str()).collect();
        assert!(actions.contains(&"ec2:CreateImage"), "{actions:?}");
        assert!(!actions.contains(&"ec2:CreateVpc"), "{actions:?}");
        assert_eq!(engine.run(&plan).await.unwrap().outcome, Outcome::Done);
    });
}

/// A clock that is wrong by so much.
#[derive(Debug)]
struct Wrong(SystemTime);

impl TimeSource for Wrong {
    fn now(&self) -> SystemTime {
        self.0
    }
}

#[test]
fn a_wrong_clock_is_told_with_how_wrong_it_is() {
    let plan = plan(|w| drop(vpc(w)));
    let hour = Duration::from_secs(3600);
    for (ahead, says) in [(true, "1 h 0 min ahead of"), (false, "1 h 0 min behind")] {
        let mock = world(|w| w);
        let now = SystemTime::from(mock.now());
        let here = if ahead { now + hour } else { now - hour };
        let config = mock.sdk_config().to_builder();
        let config = config.time_source(SharedTimeSource::new(Wrong(here))).build();
        let found = on_paused_time(preflight(&plan, &Aws::new(&config)));
        let told = told(&found, Topic::Clock).join("\n");
        assert!(told.contains(says) && !found.is_ok(), "{told}");
    }
    for code in ["RequestTimeTooSkewed", "RequestExpired"] {
        let mock = world(|w| w);
        mock.fail("sts:GetCallerIdentity").always().error(code);
        let found = look(&mock, &plan);
        assert_eq!(told(&found, Topic::Credentials), [""; 0]);
        assert!(!found.is_ok(), "{found}");
        assert_eq!(mock.calls().len(), 1);
    }
}

#[test]
fn without_credentials_or_a_region_one_thing_is_told_for_each() {
    let overlapping = plan(|w| {
        let vpc = vpc(w);
        subnet(w, &vpc);
        w.step("other").does(Subnet {
            vpc: vpc.clone(),
            zone: "eu-west-1a".into(),
            cidr: cidr("10.0.16.0/24").into(),
            tags: Tags::new(),
        });
    });
    let mock = world(|w| w);
    mock.fail("sts:GetCallerIdentity").always().error("InvalidClientTokenId");
    let found = look(&mock, &overlapping);
    let told: Vec<_> = found.findings.iter().map(without_ids).collect();
    insta::assert_snapshot!(told.join("\n"));
    let mock = world(|w| w);
    let config = mock.sdk_config().to_builder().region(None::<Region>).build();
    let found = on_paused_time(preflight(&overlapping, &Aws::new(&config)));
    assert_eq!(found.problems().filter(|f| f.topic == Topic::Region).count(), 1);
    assert_eq!(found.findings.len(), 3, "{found}");
    assert_eq!(mock.calls().len(), 0);
}

#[test]
fn who_may_not_simulate_is_judged_by_dry_runs_alone() {
    let plan = plan(|w| {
        vpc(w);
        w.step("address").does(Address { tags: Tags::new() });
    });
    let denied = ["iam:SimulatePrincipalPolicy", "ec2:AllocateAddress"];
    let mock = world(|w| {
        let denied_actions = denied.map(str::to_owned).into();
        w.switches(Switches { denied_actions, ..Switches::default() })
    });
    let found = look(&mock, &plan);
    let verdict = |action: &str| {
        found.permissions.iter().find(|of| of.action == action).map(|of| of.verdict).unwrap()
    };
    assert_eq!(verdict("ec2:CreateVpc"), Verdict::Allowed);
    assert_eq!(verdict("ec2:AllocateAddress"), Verdict::Denied);
    assert_eq!(verdict("ec2:DeleteVpc"), Verdict::Unknown);
    let severities: Vec<_> = found.findings.iter().map(|f| f.severity).collect();
    assert_eq!(severities, [Severity::Problem, Severity::Warning]);
}

#[test]
fn without_service_quotas_the_older_ways_are_taken() {
    let plan = plan(|w| {
        vpc(w);
        w.step("address").does(Address { tags: Tags::new() });
    });
    let mock = world(|w| w.quotas(Quotas { addresses: 0, ..Quotas::default() }));
    mock.fail("servicequotas:*").always().deny();
    let found = look(&mock, &plan);
    let told = told(&found, Topic::Quota);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("problem: 0 of 0 Elastic IP addresses"), "{told:?}");
    assert!(told[1].contains("whether there is room for 1 VPCs"), "{told:?}");
    assert!(told[1].starts_with("warning"), "{told:?}");
}

#[test]
fn a_network_of_others_is_looked_at() {
    let mock = world(|w| w.quotas(Quotas { nat_gateways_per_zone: 0, ..Quotas::default() }));
    let vpc = stranger(&mock, "CreateVpc", "vpc/vpcId", &[("CidrBlock", "10.9.0.0/16")]);
    let at = [("VpcId", &*vpc), ("CidrBlock", "10.9.0.0/20"), ("AvailabilityZone", "eu-west-1b")];
    let there = stranger(&mock, "CreateSubnet", "subnet/subnetId", &at);
    let group = [("VpcId", &*vpc), ("GroupName", "web"), ("GroupDescription", "web")];
    stranger(&mock, "CreateSecurityGroup", "groupId", &group);
    let plan = plan(|w| {
        w.step("subnet").does(Subnet {
            vpc: vpc.as_str().into(),
            zone: "eu-west-1a".into(),
            cidr: cidr("10.9.8.0/24").into(),
            tags: Tags::new(),
        });
        w.step("group").does(SecurityGroup {
            name: "web".to_owned(),
            description: "web".to_owned(),
            vpc: vpc.as_str().into(),
            tags: Tags::new(),
        });
        let address = w.step("address").does(Address { tags: Tags::new() });
        w.step("nat").does(NatGateway {
            subnet: there.as_str().into(),
            address: address.id(),
            tags: Tags::new(),
        });
    });
    let found = look(&mock, &plan);
    let told: Vec<_> = found.findings.iter().map(without_ids).collect();
    let told = told.join("\n").replace(&there, "[subnet]");
    insta::assert_snapshot!(told);
}

#[test]
fn what_is_stopped_again_makes_only_a_warning() {
    let plan = chapter();
    let lasting = look(&world(|w| w.quotas(Quotas { vcpus: 5, ..Quotas::default() })), &plan);
    assert!(lasting.is_ok(), "{lasting}");
    assert_eq!(lasting.warnings().count(), 1, "{lasting}");
    let short = look(&world(|w| w.quotas(Quotas { vcpus: 4, ..Quotas::default() })), &plan);
    assert!(!short.is_ok(), "{short}");
}

/// A step that does not say what it needs.
#[derive(Serialize, Deserialize)]
struct Quiet {}

impl Step for Quiet {
    const KIND: &'static str = "acme.quiet";
    type Env = Aws;
    type Output = ();

    async fn run(&self, _: &Aws, _: &Cx) -> Result<(), StepError> {
        Ok(())
    }

    async fn find(&self, _: &Aws, _: &Cx) -> Result<Found<()>, StepError> {
        Ok(Found::Absent)
    }

    async fn undo(&self, _: &Aws, _: &Cx, _: Made<'_, ()>) -> Result<(), StepError> {
        Ok(())
    }
}

impl Needs for Quiet {
    fn needs(&self, _: &Draft, needs: &mut Needed) {
        needs.calls(&["ec2:ModifyVpcTenancy"]);
    }
}

#[test]
fn a_step_of_ones_own_is_heard_once_it_is_known() {
    let plan = plan(|w| drop(w.step("quiet").does(Quiet {})));
    let mock = world(|w| w);
    let found = look(&mock, &plan);
    assert_eq!(told(&found, Topic::Undeclared).len(), 1);
    let found = on_paused_time(Checks::new(&plan).knowing::<Quiet>().look(&aws(&mock)));
    assert!(found.findings.is_empty(), "{found}");
    assert_eq!(found.permissions[0].action, "ec2:ModifyVpcTenancy");
}

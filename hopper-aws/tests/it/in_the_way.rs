//! What is somebody else's and in the way: for every kind of step that it can be, it is told and
//! left as it was.

use crate::{
    ground::{self, cidr, stranger},
    iam,
};
use hopper_aws::{
    Cidr, Tags, VpcId,
    ec2::{
        Direction, InternetGateway, Peer, Permission, Protocol, Route, RouteTable,
        RouteTableAssociation, RouteTarget, SecurityGroupRule, Subnet,
    },
    iam::RolePolicy,
    registry,
    testing::Stage,
};
use hopper_core::{
    Input, MemoryJournal, OnFailure, Outcome, Workflow,
    testing::{Lab as _, on_paused_time},
};
use hopper_mock::Mock;
use std::{collections::BTreeMap, fs, path::Path, time::Duration};

pub(crate) const HOUR: Duration = Duration::from_secs(3600);

/// The test that shows it, by file and name, or why nothing can be in the way.
type Shown = Result<(&'static str, &'static str), &'static str>;

const SHOWN: &[(&str, Shown)] = &[
    (
        "aws.autoscaling.auto_scaling_group",
        Ok(("auto_scaling_group", "a_name_of_somebody_elses_is_told_and_their_group_left_alone")),
    ),
    ("aws.autoscaling.launch_configuration", Err("its name ends with its mark")),
    ("aws.ec2.address", Err("AWS chooses it")),
    ("aws.ec2.availability_zones", Err("it only reads")),
    ("aws.ec2.console_host_keys", Err("it only reads")),
    ("aws.ec2.image", Ok(("image", "a_name_that_is_somebody_elses_is_left_alone"))),
    ("aws.ec2.instance", Ok(("in_the_way", "an_address_that_is_taken"))),
    ("aws.ec2.internet_gateway", Ok(("in_the_way", "a_gateway_on_the_same_vpc"))),
    (
        "aws.ec2.key_pair",
        Ok(("key_pair", "a_name_of_somebody_elses_is_told_and_their_key_left_alone")),
    ),
    ("aws.ec2.latest_image", Err("it only reads")),
    (
        "aws.ec2.launch_template",
        Ok(("launch_template", "a_name_of_somebody_elses_is_told_and_their_template_left_alone")),
    ),
    ("aws.ec2.nat_gateway", Ok(("in_the_way", "an_address_in_use"))),
    (
        "aws.ec2.resource_tags",
        Ok(("change_rules", "tags_on_what_others_made_change_and_are_taken_back")),
    ),
    ("aws.ec2.route", Ok(("foreign_table", "the_same_route_of_theirs_stays"))),
    ("aws.ec2.route_table", Err("it has no name, and a VPC takes many")),
    (
        "aws.ec2.route_table_association",
        Ok(("foreign_table", "the_same_association_of_theirs_stays")),
    ),
    ("aws.ec2.security_group", Ok(("security_groups", "a_name_of_somebody_elses_is_a_conflict"))),
    ("aws.ec2.security_group_rule", Ok(("in_the_way", "an_equal_rule"))),
    ("aws.ec2.stopped_instance", Err("it acts on an instance of the run's own")),
    ("aws.ec2.subnet", Ok(("in_the_way", "a_subnet_that_overlaps"))),
    ("aws.ec2.vpc", Err("VPCs may overlap")),
    ("aws.elbv2.listener", Ok(("elbv2", "a_listener_of_somebody_elses_is_told_and_left_alone"))),
    (
        "aws.elbv2.network_load_balancer",
        Ok(("elbv2", "a_load_balancer_of_somebody_elses_is_told_and_left_alone")),
    ),
    (
        "aws.elbv2.target_group",
        Ok(("elbv2", "a_target_group_of_somebody_elses_is_told_and_left_alone")),
    ),
    ("aws.iam.instance_profile", Ok(("iam", "names_of_somebody_elses_are_told_and_left_alone"))),
    ("aws.iam.role", Ok(("iam", "names_of_somebody_elses_are_told_and_left_alone"))),
    ("aws.iam.role_policy", Ok(("in_the_way", "a_policy_of_the_same_name"))),
    (
        "aws.iam.role_policy_attachment",
        Ok(("iam_attachments", "a_role_of_somebody_elses_gets_no_policy")),
    ),
    ("aws.kubernetes.leftovers", Ok(("kubernetes", "what_others_made_stays"))),
    ("aws.kubernetes.load_balancers", Ok(("kubernetes", "what_others_made_stays"))),
    ("aws.ssm.image_by_parameter", Err("it only reads")),
    (
        "aws.ssm.secure_parameter",
        Ok(("secure_parameter", "one_of_somebody_elses_is_told_and_left_alone")),
    ),
    ("aws.sts.caller_identity", Err("it only reads")),
];

#[test]
fn every_kind_of_step_has_a_test_or_a_reason() {
    let shown: BTreeMap<_, _> = SHOWN.iter().copied().collect();
    let kinds: Vec<&str> = registry().kinds().collect();
    for kind in &kinds {
        assert!(shown.contains_key(kind), "what may be in the way of {kind}?");
    }
    assert_eq!(shown.len(), kinds.len());
    for (file, test) in shown.values().filter_map(|shown| shown.ok()) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/it/{file}.rs"));
        let text = fs::read_to_string(path).unwrap();
        assert!(text.contains(&format!("#[test]\nfn {test}(")), "{file}::{test}");
    }
}

/// A world with a stranger's network, and where things are in it.
pub(crate) struct Theirs {
    pub(crate) stage: Stage,
    pub(crate) mock: Mock,
    pub(crate) vpc: String,
    pub(crate) subnet: String,
}

impl Theirs {
    pub(crate) fn new() -> Self {
        let stage = Stage::new(|_| ());
        let mock = stage.world();
        let vpc = stranger(&mock, "CreateVpc", "vpc/vpcId", &[("CidrBlock", "10.9.0.0/16")]);
        let params = [("VpcId", &*vpc), ("CidrBlock", "10.9.0.0/20")];
        let subnet = stranger(&mock, "CreateSubnet", "subnet/subnetId", &params);
        Self { stage, mock, vpc, subnet }
    }

    pub(crate) fn call(&self, operation: &str, at: &str, params: &[(&str, &str)]) -> String {
        stranger(&self.mock, operation, at, params)
    }

    /// A gateway of theirs on their VPC.
    pub(crate) fn gateway(&self) -> String {
        let at = "internetGateway/internetGatewayId";
        let gateway = self.call("CreateInternetGateway", at, &[]);
        let params = [("InternetGatewayId", &*gateway), ("VpcId", &*self.vpc)];
        self.call("AttachInternetGateway", "return", &params);
        gateway
    }

    /// A route table of theirs in their VPC.
    pub(crate) fn table(&self) -> String {
        self.call("CreateRouteTable", "routeTable/routeTableId", &[("VpcId", &self.vpc)])
    }

    /// A security group of theirs that lets SSH in: it, and the rule.
    pub(crate) fn rule(&self) -> (String, String) {
        let params =
            [("GroupName", "theirs"), ("GroupDescription", "Theirs"), ("VpcId", &*self.vpc)];
        let group = self.call("CreateSecurityGroup", "groupId", &params);
        let params = [
            ("GroupId", &*group),
            ("IpPermissions.1.IpProtocol", "tcp"),
            ("IpPermissions.1.FromPort", "22"),
            ("IpPermissions.1.ToPort", "22"),
            ("IpPermissions.1.IpRanges.1.CidrIp", "0.0.0.0/0"),
        ];
        self.call("AuthorizeSecurityGroupIngress", "return", &params);
        let world = self.mock.world();
        let mut rules = world.ec2.security_group_rules.iter();
        let (rule, _) = rules.find(|(_, rule)| rule.from_port == Some(22)).unwrap();
        (group, rule.clone())
    }

    /// A NAT gateway of theirs in their subnet: its address, and its id.
    fn nat_gateway(&self) -> (String, String) {
        let address = self.call("AllocateAddress", "allocationId", &[("Domain", "vpc")]);
        let params = [("SubnetId", &*self.subnet), ("AllocationId", &address)];
        let gateway = self.call("CreateNatGateway", "natGateway/natGatewayId", &params);
        (address, gateway)
    }

    /// Runs a recipe there: it is refused with these words, and all is as it was.
    #[track_caller]
    fn refuse(&self, words: &[&str], recipe: impl FnOnce(&Workflow, Input<VpcId>)) {
        self.mock.advance(HOUR);
        let w = Workflow::new("test");
        recipe(&w, (&*self.vpc).into());
        let before = self.mock.world().picture();
        let report = on_paused_time(async {
            let engine = self.stage.engine(&self.mock, MemoryJournal::default());
            engine.run(&w.plan().unwrap()).await.unwrap()
        });
        assert_eq!(report.outcome, Outcome::Undone, "{report}");
        let told = report.errors[0].1.to_string();
        words.iter().for_each(|word| assert!(told.contains(word), "`{word}` is not in {told}"));
        self.mock.advance(2 * HOUR);
        assert_eq!(self.mock.world().picture(), before);
    }
}

#[test]
fn a_subnet_that_overlaps() {
    let theirs = Theirs::new();
    let whose = format!("subnet {} with 10.9.0.0/20 was not made by hopper", theirs.subnet);
    theirs.refuse(&["CreateSubnet", "InvalidSubnet.Conflict", &whose], |w, vpc| {
        let (zone, cidr) = ("eu-west-1a".into(), cidr("10.9.8.0/24").into());
        w.step("subnet").does(Subnet { vpc, zone, cidr, tags: Tags::new() });
    });
}

#[test]
fn a_gateway_on_the_same_vpc() {
    let theirs = Theirs::new();
    let whose = format!("gateway {} was not made by hopper", theirs.gateway());
    let words = ["AttachInternetGateway", "already has an internet gateway", &*whose];
    theirs.refuse(&words, |w, vpc| {
        w.step("gateway").does(InternetGateway { vpc, tags: Tags::new() });
    });
}

#[test]
fn a_subnet_on_another_table() {
    let theirs = Theirs::new();
    let table = theirs.table();
    let params = [("RouteTableId", &*table), ("SubnetId", &*theirs.subnet)];
    theirs.call("AssociateRouteTable", "associationId", &params);
    let other = format!("is on route table {table} (not made by hopper)");
    theirs.refuse(&[&*other], |w, vpc| {
        let table = w.step("table").does(RouteTable { vpc, tags: Tags::new() });
        let (route_table, subnet) = (table.id(), (&*theirs.subnet).into());
        w.step("association").does(RouteTableAssociation { route_table, subnet });
    });
}

#[test]
fn a_route_to_the_same_place() {
    let theirs = Theirs::new();
    let gateway = theirs.gateway();
    let table = theirs.table();
    let anywhere = ("DestinationCidrBlock", "0.0.0.0/0");
    let params = [("RouteTableId", &*table), anywhere, ("GatewayId", &gateway)];
    theirs.call("CreateRoute", "return", &params);
    let (_, nat) = theirs.nat_gateway();
    let other =
        format!("route table {table} (not made by hopper) has a route to 0.0.0.0/0 already");
    theirs.refuse(&[&*other, &gateway], |w, _| {
        w.step("route").does(Route {
            route_table: (&*table).into(),
            destination: Cidr::ANYWHERE.into(),
            target: RouteTarget::NatGateway((&*nat).into()),
        });
    });
}

#[test]
fn an_address_in_use() {
    let theirs = Theirs::new();
    theirs.gateway();
    let (address, _) = theirs.nat_gateway();
    theirs.refuse(&["Resource.AlreadyAssociated"], |w, _| {
        w.step("gateway").does(hopper_aws::ec2::NatGateway {
            subnet: (&*theirs.subnet).into(),
            address: (&*address).into(),
            tags: Tags::new(),
        });
    });
}

#[test]
fn an_address_that_is_taken() {
    let theirs = Theirs::new();
    let params = [("SubnetId", &*theirs.subnet), ("PrivateIpAddress", "10.9.0.10")];
    let at = "networkInterface/networkInterfaceId";
    let interface = theirs.call("CreateNetworkInterface", at, &params);
    let whose = format!("interface {interface}, which was not made by hopper");
    theirs.refuse(&["RunInstances", "InvalidIPAddress.InUse", &whose], |w, _| {
        w.step("host").does(hopper_aws::ec2::Instance {
            private_ip: Some([10, 9, 0, 10].into()),
            ..hopper_aws::ec2::Instance::new(ground::image(w), "t2.micro", &*theirs.subnet)
        });
    });
}

#[test]
fn an_equal_rule() {
    let theirs = Theirs::new();
    let (group, rule) = theirs.rule();
    let whose = format!("rule {rule} says the same and was not made by hopper");
    theirs.refuse(&["InvalidPermission.Duplicate", &whose], |w, _| ssh(w, &group));
}

#[test]
fn a_policy_of_the_same_name() {
    for action in ["s3:*", "ecr:*"] {
        let theirs = Theirs::new();
        iam::strangers_role(&theirs.mock); // with s3:* under that name
        theirs.refuse(&["role K8sNode was not made by hopper"], |w, _| policy(w, action));
    }
}

/// In the run's own role, before the step was there.
#[test]
fn a_policy_that_somebody_has_put_into_the_role() {
    let (theirs, journal) = (Theirs::new(), MemoryJournal::default());
    let run = |with_policy: bool| {
        let w = Workflow::new("test");
        let role = iam::role(&w);
        if with_policy {
            let (name, document) = ("ecr".to_owned(), iam::document("ecr:*").into());
            w.step("policy").does(RolePolicy { role: role.name(), name, document });
        }
        let engine = theirs.stage.engine(&theirs.mock, journal.clone());
        on_paused_time(async {
            engine.on_failure(OnFailure::Keep).run(&w.plan().unwrap()).await.unwrap()
        })
    };
    assert_eq!(run(false).outcome, Outcome::Done);
    iam::strangers_policy(&theirs.mock, "ecr");
    theirs.mock.advance(HOUR);
    let before = theirs.mock.world().picture();
    let report = run(true);
    assert_eq!(report.outcome, Outcome::Kept, "{report}");
    let told = report.errors[0].1.to_string();
    assert!(told.contains("role K8sNode has another policy ecr already"), "{told}");
    assert_eq!(theirs.mock.world().picture(), before);
}

/// Lets SSH in, as [`Theirs::rule`] does.
pub(crate) fn ssh(w: &Workflow, group: &str) {
    w.step("rule").does(SecurityGroupRule {
        group: group.into(),
        permission: Permission {
            direction: Direction::Ingress,
            protocol: Protocol::tcp(22),
            peer: Peer::Cidr(Cidr::ANYWHERE.into()),
            description: String::new(),
        },
        tags: Tags::new(),
    });
}

pub(crate) fn policy(w: &Workflow, action: &str) {
    let (name, document) = ("ecr".to_owned(), iam::document(action).into());
    w.step("policy").does(RolePolicy { role: "K8sNode".into(), name, document });
}

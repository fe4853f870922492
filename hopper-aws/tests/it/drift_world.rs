//! Drift, as it comes about: somebody changes or deletes what a run has made, one thing after the
//! other, and `check` tells exactly that.

use crate::{drift::everything, ground::stranger, iam::document};
use hopper_aws::{
    PolicyDocument, registry,
    testing::{Run, Stage, redacted},
};
use hopper_core::{Outcome, Record};
use serde_json::Value;
use std::{collections::BTreeSet, fmt::Write as _, time::Duration};

/// Kinds of steps of which no field can be changed by a call but the tags, or none at all.
const UNCHANGING: &[(&str, &str)] = &[
    ("aws.iam.role_policy_attachment", "it is there or not"),
    ("aws.kubernetes.leftovers", "it makes nothing"),
    ("aws.kubernetes.load_balancers", "it makes nothing"),
];

/// Kinds of steps that make nothing that could be deleted.
const LASTING: &[(&str, &str)] = &[
    ("aws.kubernetes.leftovers", "it makes nothing"),
    ("aws.kubernetes.load_balancers", "it makes nothing"),
];

/// A run, and what `check` has told of it so far.
struct Watched {
    run: Run,
    told: BTreeSet<String>,
    kinds: BTreeSet<String>,
    text: String,
}

impl Watched {
    fn new() -> Self {
        let run = Stage::new(everything).up();
        assert_eq!(run.report().outcome, Outcome::Done, "{}", run.report());
        assert!(run.check().is_empty(), "{:?}", run.check());
        Self { run, told: BTreeSet::new(), kinds: BTreeSet::new(), text: String::new() }
    }

    /// What a step gave, or a field of it.
    fn out(&self, step: &str, field: &str) -> String {
        let step = self.run.report().steps.iter().find(|s| s.name == step).unwrap();
        text(&step.output.as_ref().unwrap().get::<Value>().unwrap(), field)
    }

    /// What a step was asked for.
    fn asked(&self, step: &str, field: &str) -> String {
        let entries = self.run.journal().entries();
        let mut started = entries.iter().filter_map(|entry| match &entry.record {
            Record::Started(started) if *started.step == *step => Some(started),
            _ => None,
        });
        text(&started.next().unwrap().inputs.get::<Value>().unwrap(), field)
    }

    fn call(&self, operation: &str, params: &[(&str, &str)]) {
        stranger(self.run.mock(), operation, "", params);
    }

    fn tag(&self, id: &str, key: &str) {
        let params = [("ResourceId.1", id), ("Tag.1.Key", key), ("Tag.1.Value", "other")];
        self.call("CreateTags", &params);
    }

    /// Somebody has done this; `check` tells of these kinds of steps and no others.
    #[track_caller]
    fn tells(&mut self, what: &str, kinds: &[&str]) {
        self.run.later(Duration::from_secs(900));
        let mut told = BTreeSet::new();
        let mut of = BTreeSet::new();
        for step in self.run.check() {
            assert!(step.error.is_none(), "{what}: {step}");
            for drift in &step.drift {
                let line = format!("{}: {drift}", step.step);
                if !self.told.contains(&line) {
                    of.insert(step.kind.clone());
                }
                told.insert(line);
            }
        }
        let kinds: BTreeSet<String> = kinds.iter().map(|kind| format!("aws.{kind}")).collect();
        assert_eq!(of, kinds, "{what}: {told:#?}");
        self.kinds.extend(of);
        _ = writeln!(self.text, "{what}");
        for line in told.difference(&self.told) {
            _ = writeln!(self.text, "  {line}");
        }
        self.told = told;
    }

    /// All that was told; every kind of step was among it, but for these.
    fn all(&self, but: &[(&str, &str)]) -> String {
        let all = registry();
        let reads = crate::drift::LOOKUPS;
        for kind in all.kinds().filter(|kind| !reads.contains(kind)) {
            let excused = but.iter().any(|(excused, _)| *excused == kind);
            assert_ne!(self.kinds.contains(kind), excused, "{kind}");
        }
        redacted(&self.text)
    }
}

fn text(value: &Value, field: &str) -> String {
    let value = if field.is_empty() { value } else { &value[field] };
    let value = value.get(0).unwrap_or(value); // of a list
    value.as_str().unwrap().to_owned()
}

#[test]
fn what_somebody_changes_is_named() {
    let mut w = Watched::new();
    let vpc = w.out("bare/vpc", "id");
    w.call("ModifyVpcAttribute", &[("VpcId", &vpc), ("EnableDnsSupport.Value", "false")]);
    w.tells("the VPC's name server", &["ec2.vpc"]);
    let gateway = w.out("bare/gateway", "id");
    let table = w.out("bare/table", "id");
    let to = [("RouteTableId", &*table), ("DestinationCidrBlock", "0.0.0.0/0")];
    w.call("ReplaceRoute", &[to[0], to[1], ("NatGatewayId", &w.out("bare/nat", "id"))]);
    w.tells("a route's target", &["ec2.route"]);
    w.call("ReplaceRoute", &[to[0], to[1], ("GatewayId", &gateway)]);
    w.tells("a route's target, put back", &[]);
    let subnet = w.out("bare/subnet", "id");
    w.call("DisassociateRouteTable", &[("AssociationId", &w.out("bare/association", ""))]);
    w.call("AssociateRouteTable", &[to[0], ("SubnetId", &subnet)]);
    w.tells("an association, by another", &["ec2.route_table_association"]);
    for (step, kind) in [
        ("bare/subnet", "ec2.subnet"),
        ("bare/gateway", "ec2.internet_gateway"),
        ("bare/table", "ec2.route_table"),
        ("bare/address", "ec2.address"),
        ("bare/nat", "ec2.nat_gateway"),
        ("bare/lone", "ec2.security_group"),
        ("bare/rule", "ec2.security_group_rule"),
        ("bare/key", "ec2.key_pair"),
        ("more/copy", "ec2.image"),
        ("more/template", "ec2.launch_template"),
        ("more/instance", "ec2.instance"),
    ] {
        let has_no_name = ["bare/subnet", "bare/gateway"].contains(&step);
        w.tag(&w.out(step, "id"), if has_no_name { "hopper:step" } else { "Name" });
        w.tells("a tag", &[kind]);
    }
    w.tag(&w.asked("bare/tags", "resource"), "extra");
    w.tells("a tag of a resource", &["ec2.resource_tags"]);
    w.tag(&w.out("more/copy", "snapshots"), "Name");
    w.tells("a tag of a snapshot", &["ec2.image"]);
    let rule = w.out("bare/rule", "id");
    let of = "SecurityGroupRule.1.SecurityGroupRule";
    let params = [
        ("GroupId", &*w.out("bare/lone", "id")),
        ("SecurityGroupRule.1.SecurityGroupRuleId", &rule),
        (&format!("{of}.IpProtocol"), "tcp"),
        (&format!("{of}.FromPort"), "22"),
        (&format!("{of}.ToPort"), "23"),
        (&format!("{of}.CidrIpv4"), "10.0.0.0/8"),
        (&format!("{of}.Description"), "Theirs"),
    ];
    w.call("ModifySecurityGroupRules", &params);
    w.tells("a rule", &["ec2.security_group_rule"]);
    let instance = w.out("more/instance", "id");
    let optional = ("HttpTokens", "optional");
    w.call("ModifyInstanceMetadataOptions", &[("InstanceId", &instance), optional]);
    w.tells("the metadata service", &["ec2.instance"]);
    let credits = [
        ("InstanceCreditSpecification.1.InstanceId", &*instance),
        ("InstanceCreditSpecification.1.CpuCredits", "unlimited"),
    ];
    w.call("ModifyInstanceCreditSpecification", &credits);
    w.tells("the CPU credits", &["ec2.instance"]);
    w.call("StopInstances", &[("InstanceId.1", &instance)]);
    w.tells("an instance's state", &["ec2.instance"]);
    let builder = w.asked("node-image/stop", "instance");
    w.call("StartInstances", &[("InstanceId.1", &builder)]);
    w.tells("a stopped instance's state", &["ec2.stopped_instance"]);
    let template = ("LaunchTemplateId", &*w.out("more/template", "id"));
    let data = ("LaunchTemplateData.InstanceType", "t3.large");
    w.call("CreateLaunchTemplateVersion", &[template, ("SourceVersion", "1"), data]);
    w.call("ModifyLaunchTemplate", &[template, ("SetDefaultVersion", "2")]);
    w.tells("a template's default", &["ec2.launch_template"]);
    let group = ("AutoScalingGroupName", "old");
    w.call("autoscaling:UpdateAutoScalingGroup", &[group, ("MaxSize", "3")]);
    w.tells("a group's size", &["autoscaling.auto_scaling_group"]);
    let role = ("RoleName", "Bare");
    w.call("iam:UpdateRole", &[role, ("Description", "Theirs")]);
    w.tells("a role's description", &["iam.role"]);
    let trust = PolicyDocument::assumed_by("lambda.amazonaws.com").to_string();
    w.call("iam:UpdateAssumeRolePolicy", &[role, ("PolicyDocument", &trust)]);
    w.tells("who may take a role", &["iam.role"]);
    let theirs = document("s3:*").to_string();
    w.call("iam:PutRolePolicy", &[role, ("PolicyName", "ecr"), ("PolicyDocument", &theirs)]);
    w.tells("a policy", &["iam.role_policy"]);
    let profile = ("InstanceProfileName", "Bare");
    w.call("iam:RemoveRoleFromInstanceProfile", &[profile, role]);
    w.tells("a profile's role", &["iam.instance_profile"]);
    let name = w.out("bare/configuration", "name");
    let name = ("LaunchConfigurationName", &*name);
    let image = ("ImageId", &*w.asked("bare/configuration", "image"));
    w.call("autoscaling:DeleteLaunchConfiguration", &[name]);
    let other = ("InstanceType", "t3.large");
    w.call("autoscaling:CreateLaunchConfiguration", &[name, image, other]);
    w.tells("a launch configuration, by another", &["autoscaling.launch_configuration"]);
    let name = ("Name", "/rich");
    w.call("ssm:PutParameter", &[name, ("Value", "another"), ("Overwrite", "true")]);
    w.tells("a parameter", &["ssm.secure_parameter"]);
    for (step, kind) in [
        ("more/balancer", "elbv2.network_load_balancer"),
        ("more/targets", "elbv2.target_group"),
        ("more/listener", "elbv2.listener"),
    ] {
        let arn = w.out(step, "arn");
        let tag = [("Tags.member.1.Key", "Name"), ("Tags.member.1.Value", "other")];
        w.call("elbv2:AddTags", &[("ResourceArns.member.1", &arn), tag[0], tag[1]]);
        w.tells("a tag of load balancing's", &[kind]);
    }
    let targets = w.out("more/targets", "arn");
    let of = ("TargetGroupArn", &*targets);
    let on = [
        ("Attributes.member.1.Key", "preserve_client_ip.enabled"),
        ("Attributes.member.1.Value", "true"),
    ];
    w.call("elbv2:ModifyTargetGroupAttributes", &[of, on[0], on[1]]);
    w.tells("whose address targets see", &["elbv2.target_group"]);
    w.call("elbv2:DeregisterTargets", &[of, ("Targets.member.1.Id", &instance)]);
    w.tells("a target", &["elbv2.target_group"]);
    insta::assert_snapshot!(w.all(UNCHANGING));
}

#[test]
fn what_somebody_deletes_is_gone() {
    let mut w = Watched::new();
    let id = |w: &Watched, step: &str| w.out(step, "id");
    let (role, profile) = (("RoleName", "Bare"), ("InstanceProfileName", "Bare"));
    w.call("iam:DeleteRolePolicy", &[role, ("PolicyName", "ecr")]);
    w.tells("a policy", &["iam.role_policy"]);
    let arn = w.asked("bare/attachment", "policy_arn");
    w.call("iam:DetachRolePolicy", &[role, ("PolicyArn", &arn)]);
    w.tells("an attached policy", &["iam.role_policy_attachment"]);
    w.call("iam:RemoveRoleFromInstanceProfile", &[profile, role]);
    w.call("iam:DeleteInstanceProfile", &[profile]);
    w.tells("a profile", &["iam.instance_profile"]);
    w.call("iam:DeleteRole", &[role]);
    w.tells("a role", &["iam.role"]);
    let name = w.out("bare/configuration", "name");
    w.call("autoscaling:DeleteLaunchConfiguration", &[("LaunchConfigurationName", &name)]);
    w.tells("a launch configuration", &["autoscaling.launch_configuration"]);
    w.call("ssm:DeleteParameter", &[("Name", "/rich")]);
    w.tells("a parameter", &["ssm.secure_parameter"]);
    w.call("elbv2:DeleteListener", &[("ListenerArn", &w.out("more/listener", "arn"))]);
    w.tells("a listener", &["elbv2.listener"]);
    w.call("elbv2:DeleteTargetGroup", &[("TargetGroupArn", &w.out("more/targets", "arn"))]);
    w.tells("a target group", &["elbv2.target_group"]);
    w.call("elbv2:DeleteLoadBalancer", &[("LoadBalancerArn", &w.out("more/balancer", "arn"))]);
    w.tells("a load balancer", &["elbv2.network_load_balancer"]);
    let group = ("AutoScalingGroupName", "old");
    w.call("autoscaling:DeleteAutoScalingGroup", &[group, ("ForceDelete", "true")]);
    w.tells("a group", &["autoscaling.auto_scaling_group"]);
    w.call("DeleteLaunchTemplate", &[("LaunchTemplateId", &id(&w, "more/template"))]);
    w.tells("a template", &["ec2.launch_template"]);
    w.call("DeregisterImage", &[("ImageId", &id(&w, "more/copy"))]);
    w.tells("an image", &["ec2.image"]);
    let builder = w.asked("node-image/stop", "instance");
    w.call("TerminateInstances", &[("InstanceId.1", &builder)]);
    w.tells("an instance", &["ec2.instance", "ec2.stopped_instance"]);
    w.call("DeleteKeyPair", &[("KeyPairId", &id(&w, "bare/key"))]);
    w.tells("a key", &["ec2.key_pair"]);
    let group = id(&w, "bare/lone");
    let rule = id(&w, "bare/rule");
    let params = [("GroupId", &*group), ("SecurityGroupRuleId.1", &rule)];
    w.call("RevokeSecurityGroupIngress", &params);
    w.tells("a rule", &["ec2.security_group_rule"]);
    w.call("DeleteSecurityGroup", &[("GroupId", &group)]);
    w.tells("a security group", &["ec2.security_group"]);
    w.call("DeleteNatGateway", &[("NatGatewayId", &id(&w, "bare/nat"))]);
    w.tells("a NAT gateway", &["ec2.nat_gateway"]);
    w.call("ReleaseAddress", &[("AllocationId", &id(&w, "bare/address"))]);
    w.tells("an address", &["ec2.address"]);
    let (table, vpc) = (id(&w, "bare/table"), id(&w, "bare/vpc"));
    w.call("DeleteRoute", &[("RouteTableId", &table), ("DestinationCidrBlock", "0.0.0.0/0")]);
    w.tells("a route", &["ec2.route"]);
    w.call("DisassociateRouteTable", &[("AssociationId", &w.out("bare/association", ""))]);
    w.tells("an association", &["ec2.route_table_association"]);
    w.call("DeleteRouteTable", &[("RouteTableId", &table)]);
    w.tells("a route table", &["ec2.route_table"]);
    let gateway = id(&w, "bare/gateway");
    let gateway = ("InternetGatewayId", &*gateway);
    w.call("DetachInternetGateway", &[gateway, ("VpcId", &vpc)]);
    w.tells("a gateway, but off its VPC", &["ec2.internet_gateway"]);
    w.call("DeleteInternetGateway", &[gateway]);
    w.tells("a gateway", &["ec2.internet_gateway"]);
    w.call("DeleteSubnet", &[("SubnetId", &id(&w, "bare/subnet"))]);
    w.tells("a subnet, which had tags of a step's own", &["ec2.resource_tags", "ec2.subnet"]);
    w.call("DeleteVpc", &[("VpcId", &vpc)]);
    w.tells("a VPC", &["ec2.vpc"]);
    insta::assert_snapshot!(w.all(LASTING));
}

//! What a step under test stands on, and what strangers do beside it.

use hopper_aws::{
    Cidr, ImageId, SecurityGroupId, Tags, VpcId,
    ec2::{
        Instance, InternetGateway, InternetGatewayRefs, LatestImage, NewestBy, SecurityGroup,
        Subnet, SubnetRefs, Vpc,
    },
};
use hopper_core::{Engine, Input, Report, StepError, Workflow};
use hopper_mock::Mock;

pub(crate) const KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti";
pub(crate) const OTHER_KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIN+69qqKSv4S/E3cwOPebUo1JnnRp5vfaMhRInrupHMq";

pub(crate) fn cidr(text: &str) -> Cidr {
    text.parse().unwrap()
}

pub(crate) fn vpc(w: &Workflow) -> Input<VpcId> {
    let (dns_support, dns_hostnames) = (true, false);
    let cidr = cidr("10.0.0.0/16").into();
    w.step("vpc").does(Vpc { cidr, dns_support, dns_hostnames, tags: Tags::new() }).id()
}

pub(crate) fn subnet(w: &Workflow, vpc: &Input<VpcId>) -> SubnetRefs {
    let (zone, cidr) = ("eu-west-1a".into(), cidr("10.0.16.0/20").into());
    w.step("subnet").does(Subnet { vpc: vpc.clone(), zone, cidr, tags: Tags::new() })
}

pub(crate) fn gateway(w: &Workflow, vpc: &Input<VpcId>) -> InternetGatewayRefs {
    w.step("gateway").does(InternetGateway { vpc: vpc.clone(), tags: Tags::new() })
}

pub(crate) fn group(w: &Workflow, name: &str, vpc: &Input<VpcId>) -> Input<SecurityGroupId> {
    let description = format!("The group {name}");
    let (vpc, tags) = (vpc.clone(), Tags::named(name));
    w.step(name).does(SecurityGroup { name: name.to_owned(), description, vpc, tags }).id()
}

/// Canonical's images of a name, of all that the account can see.
pub(crate) fn ubuntu(name: &str) -> LatestImage {
    LatestImage {
        owners: vec!["099720109477".to_owned()],
        name: name.to_owned(),
        architecture: "x86_64".to_owned(),
        root_device_type: "ebs".to_owned(),
        newest_by: NewestBy::CreationDate,
    }
}

pub(crate) fn image(w: &Workflow) -> Input<ImageId> {
    w.step("image").does(ubuntu("*hvm-ssd/ubuntu-xenial-16.04*")).id()
}

pub(crate) fn instance(
    image: Input<ImageId>,
    subnet: &SubnetRefs,
    group: &Input<SecurityGroupId>,
) -> Instance {
    Instance {
        security_groups: vec![group.clone()],
        public_address: true,
        private_ip: Some([10, 0, 16, 10].into()),
        tags: Tags::named("host"),
        ..Instance::new(image, "t2.micro", subnet.id())
    }
}

/// A call of a stranger's, that AWS accepts; the text at this place of the answer.
pub(crate) fn stranger(mock: &Mock, operation: &str, at: &str, params: &[(&str, &str)]) -> String {
    let reply = mock.call(operation, params);
    assert_eq!(reply.status, 200, "{operation}: {}", reply.body);
    reply.text(at).unwrap_or_default().to_owned()
}

/// A subnet in a VPC of a stranger's.
pub(crate) fn foreign_subnet(mock: &Mock) -> String {
    let vpc = stranger(mock, "CreateVpc", "vpc/vpcId", &[("CidrBlock", "10.9.0.0/16")]);
    let params = [("VpcId", &*vpc), ("CidrBlock", "10.9.0.0/20")];
    stranger(mock, "CreateSubnet", "subnet/subnetId", &params)
}

/// A field of what a step gave.
pub(crate) fn output(report: &Report, step: &str, field: &str) -> String {
    let step = report.steps.iter().find(|s| s.name == step).unwrap();
    let output: serde_json::Value = step.output.as_ref().unwrap().get().unwrap();
    output[field].as_str().unwrap().to_owned()
}

/// An error, with names in the place of ids, and without the request's.
pub(crate) fn told(error: &StepError, names: &[(&str, &str)]) -> String {
    let text = error.to_string();
    let request = error.request_id().map(|id| format!(" (request id {id})"));
    named(&request.map_or(text.clone(), |request| text.replace(&request, "")), names)
}

/// All that differs, with names in the place of ids.
pub(crate) async fn drift(engine: &Engine, names: &[(&str, &str)]) -> String {
    let drift = engine.check().await.unwrap();
    let text: Vec<_> = drift.iter().map(ToString::to_string).collect();
    named(&text.join("\n"), names)
}

fn named(text: &str, names: &[(&str, &str)]) -> String {
    let text = text.to_owned();
    names.iter().fold(text, |text, (id, name)| text.replace(id, &format!("[{name}]")))
}

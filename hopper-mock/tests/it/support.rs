//! What the tests share.

use std::time::Duration;

use hopper_mock::ec2::Attachment;
use hopper_mock::{Mock, Reply};

/// A mock that has what every test needs and nothing more.
pub(crate) fn mock() -> Mock {
    Mock::builder().seed(7).build()
}

/// Makes a VPC and gives its id.
#[track_caller]
pub(crate) fn vpc(mock: &Mock, cidr: &str) -> String {
    made(&mock.call("CreateVpc", &[("CidrBlock", cidr)]), "vpc/vpcId")
}

/// The id of what a call made.
#[track_caller]
pub(crate) fn made(reply: &Reply, path: &str) -> String {
    match reply.text(path) {
        Some(id) => id.to_owned(),
        None => panic!("nothing at {path} of {}", reply.body),
    }
}

/// Checks that a call is refused with a code and a status.
#[track_caller]
pub(crate) fn refused(mock: &Mock, operation: &str, params: &[(&str, &str)], expected: &str) {
    let reply = mock.call(operation, params);
    let actual = format!("{}/{}", reply.code().unwrap_or("accepted"), reply.status);
    assert_eq!(actual, expected, "{operation} {params:?}: {}", reply.body);
}

/// Checks that a call is accepted, and gives its reply.
#[track_caller]
pub(crate) fn accepted(mock: &Mock, operation: &str, params: &[(&str, &str)]) -> Reply {
    let reply = mock.call(operation, params);
    assert_eq!(reply.code(), None, "{operation} {params:?}: {}", reply.body);
    reply
}

/// What the chapter's trust policy says.
pub(crate) const TRUST: &str = concat!(
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","#,
    r#""Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#
);

/// A policy that allows everything.
pub(crate) const ALLOW_ALL: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;

/// Makes a role that EC2 may assume.
#[track_caller]
pub(crate) fn role(mock: &Mock, name: &str) {
    let params = [("RoleName", name), ("AssumeRolePolicyDocument", TRUST)];
    accepted(mock, "iam:CreateRole", &params);
}

/// Makes a role and an instance profile with it, both of one name.
#[track_caller]
pub(crate) fn profile(mock: &Mock, name: &str) {
    role(mock, name);
    accepted(mock, "iam:CreateInstanceProfile", &[("InstanceProfileName", name)]);
    let params = [("InstanceProfileName", name), ("RoleName", name)];
    accepted(mock, "iam:AddRoleToInstanceProfile", &params);
}

/// Whole seconds.
pub(crate) fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

/// Makes a subnet in the first zone and gives its id.
#[track_caller]
pub(crate) fn subnet(mock: &Mock, vpc_id: &str, cidr: &str) -> String {
    let params = [("VpcId", vpc_id), ("CidrBlock", cidr)];
    made(&accepted(mock, "CreateSubnet", &params), "subnet/subnetId")
}

/// Makes an internet gateway, attaches it to a VPC and gives its id.
#[track_caller]
pub(crate) fn internet_gateway(mock: &Mock, vpc_id: &str) -> String {
    let reply = accepted(mock, "CreateInternetGateway", &[]);
    let id = made(&reply, "internetGateway/internetGatewayId");
    let params = [("InternetGatewayId", id.as_str()), ("VpcId", vpc_id)];
    accepted(mock, "AttachInternetGateway", &params);
    id
}

/// Allocates an address and gives the id of the allocation.
#[track_caller]
pub(crate) fn address(mock: &Mock) -> String {
    made(&accepted(mock, "AllocateAddress", &[]), "allocationId")
}

/// Makes a network interface and gives its id.
#[track_caller]
pub(crate) fn interface(mock: &Mock, subnet_id: &str) -> String {
    let reply = accepted(mock, "CreateNetworkInterface", &[("SubnetId", subnet_id)]);
    made(&reply, "networkInterface/networkInterfaceId")
}

/// The one thing a describe by id shows under a path.
#[track_caller]
pub(crate) fn shown(mock: &Mock, operation: &str, id: (&str, &str), path: &str) -> String {
    made(&accepted(mock, operation, &[id]), path)
}

/// What stands in the way of a call that is refused.
#[track_caller]
pub(crate) fn blockers(mock: &Mock, operation: &str, params: &[(&str, &str)]) -> Vec<String> {
    match mock.call(operation, params).error() {
        Some(error) => error.blockers.clone(),
        None => panic!("{operation} {params:?} is accepted"),
    }
}

/// What an instance does with an interface, without an instance.
pub(crate) fn hang_on(mock: &Mock, id: &str, instance_id: &str, device_index: u32) {
    let attachment = Attachment {
        id: format!("eni-attach-0123456789abcdef{device_index}"),
        instance_id: Some(instance_id.to_owned()),
        instance_owner_id: "123456789012".to_owned(),
        device_index,
        status: "attached".to_owned(),
        attach_time: mock.now(),
        delete_on_termination: false,
    };
    mock.edit(|world| {
        let interface = world.ec2.network_interfaces.get_mut(id).unwrap();
        interface.attachment = Some(attachment);
        interface.status = "in-use".to_owned();
    });
}

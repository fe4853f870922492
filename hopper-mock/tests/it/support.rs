//! What the tests share.

use std::time::Duration;

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

/// Whole seconds.
pub(crate) fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

//! What is secret of a cluster is seen nowhere.

use super::whole;
use crate::seen::{assert_no_secret, seen};

/// The authority's key, the token, the credentials of roles and the administrator's kubeconfig: in
/// no plan, event, report or journal, in no argument of a program, and in no user data.
#[test]
fn nobody_sees_them() {
    let (mut seen, mock) = seen(&whole());
    for id in mock.world().ec2.instances.keys() {
        for command in &mock.transcript(id).commands {
            seen.push_str(&command.line);
            seen.push('\n');
        }
    }
    assert_no_secret(&seen);
}

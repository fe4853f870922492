//! Rules of launches of Auto Scaling groups that fail.

use hopper_mock::Quotas;

use crate::scaling_ground::ScalingGround;
use crate::support::seconds;

// [O] A failed launch is an activity with its reason, and is tried again later, less and less often.
#[test]
fn a_launch_that_fails_is_tried_again() {
    let quotas = Quotas { vcpus: 1, ..Quotas::default() };
    let ground = ScalingGround::built(|builder| builder.quotas(quotas));
    ground.create(&[]);
    ground.mock().advance(seconds(5));
    assert_eq!(ground.activities("StatusCode"), ["Failed"]);
    let why = ground.activities("StatusMessage").remove(0);
    assert!(why.starts_with("You have requested more vCPU capacity"), "{why}");
    assert!(why.ends_with(" Launching EC2 instance failed."), "{why}");
    assert_eq!(
        ground.activities("Description"),
        [format!("Launching a new EC2 instance.  Status Reason: {why}")]
    );
    // After 30 s, 60 s, 120 s; each launch fails 5 s after it was begun.
    let failed_after = |after| {
        ground.mock().advance(seconds(after));
        ground.activities("StatusCode").len()
    };
    assert_eq!(failed_after(29), 1);
    assert_eq!(failed_after(6), 2);
    assert_eq!(failed_after(59), 2);
    assert_eq!(failed_after(1), 3);
    ground.mock().edit(|world| world.settings_mut().quotas.vcpus = 32);
    ground.mock().advance(seconds(200));
    assert_eq!(ground.activities("StatusCode")[0], "Successful");
    assert_eq!(ground.states(), ["InService"]);
}

// [U] A user's change does not wait: what was wrong may be mended.
#[test]
fn an_update_lets_a_group_launch_at_once() {
    let ground = ScalingGround::new();
    ground.mock().doom("Launch").times(3).with("InsufficientInstanceCapacity");
    ground.create(&[]);
    ground.mock().advance(seconds(60));
    assert_eq!(ground.activities("StatusCode"), ["Failed", "Failed"]);
    let why = ground.activities("StatusMessage").remove(0);
    assert!(why.starts_with("We currently do not have sufficient capacity"), "{why}");
    ground.call("UpdateAutoScalingGroup", &[]);
    ground.mock().advance(seconds(5));
    assert_eq!(ground.activities("StatusCode").len(), 3);
    ground.call("SetDesiredCapacity", &[("DesiredCapacity", "1")]);
    ground.mock().advance(seconds(45));
    assert_eq!(ground.states(), ["InService"]);
}

// [D] An image that is gone, a group of another VPC, a profile that is gone: launches fail.
#[test]
fn a_launch_from_what_is_gone_fails() {
    let ground = ScalingGround::new();
    let image = &ground.ground.image_id;
    ground.mock().edit(|world| world.ec2.images.remove(image));
    ground.create(&[]);
    ground.mock().advance(seconds(5));
    let why = ground.activities("StatusMessage").remove(0);
    assert!(why.contains(image.as_str()) && why.contains("does not exist"), "{why}");
    ground.call("DeleteAutoScalingGroup", &[]);
    assert_eq!(ground.shown("Status"), None);
}

// [O] An instance that AWS ends while it is pending: the launch is cancelled, with the reason.
#[test]
fn an_instance_that_does_not_start_is_replaced() {
    let ground = ScalingGround::new();
    ground.mock().doom("RunInstances").with("Client.InternalError");
    ground.create(&[]);
    ground.mock().advance(seconds(40));
    let statuses = ground.activities("StatusCode");
    assert!(statuses.contains(&"Cancelled".to_owned()), "{statuses:?}");
    let why = ground.activities("StatusMessage").remove(0);
    assert!(
        why.starts_with(
            "Instance became unhealthy while waiting for instance to be in InService state. \
             Termination Reason: Client.InternalError"
        ),
        "{why}"
    );
    ground.mock().advance(seconds(120));
    assert_eq!(ground.states(), ["InService"]);
}

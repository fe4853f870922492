//! The same seed and the same calls give the same bytes.

use hopper_mock::Mock;

use crate::support::{accepted, refused, seconds, vpc};

fn story(seed: u64) -> Mock {
    let mock = Mock::builder().seed(seed).build();
    let id = vpc(&mock, "10.0.0.0/16");
    mock.advance(seconds(90));
    accepted(&mock, "CreateRouteTable", &[("VpcId", &id), ("ClientToken", "t")]);
    refused(&mock, "DeleteVpc", &[("VpcId", &id)], "DependencyViolation/400");
    accepted(&mock, "sts:GetCallerIdentity", &[]);
    mock
}

#[test]
fn the_same_story_is_told_in_the_same_words() {
    let (one, two, other) = (story(7), story(7), story(8));
    assert_eq!(one.calls().to_string(), two.calls().to_string());
    assert_eq!(one.world().to_string(), two.world().to_string());
    assert_ne!(one.world().to_string(), other.world().to_string());
}

#[test]
fn the_story_reads_like_this() {
    let mock = story(7);
    insta::assert_snapshot!(mock.calls());
    insta::assert_snapshot!(mock.world());
    insta::assert_json_snapshot!(mock.calls().count_by_operation());
}

//! Eventual consistency.

use hopper_mock::{Mock, Visibility};

use crate::support::{accepted, refused, seconds, vpc};

// [D] By id a new thing is NotFound for a while, by filter it is left out, and then it is there.
#[test]
fn a_new_thing_is_seen_later_by_every_call() {
    let mock = Mock::builder().visibility(Visibility::Fixed(seconds(10))).build();
    let id = vpc(&mock, "10.0.0.0/16");
    let tag = [("ResourceId.1", id.as_str()), ("Tag.1.Key", "a")];
    refused(&mock, "DescribeVpcs", &[("VpcId.1", &id)], "InvalidVpcID.NotFound/400");
    refused(&mock, "DeleteVpc", &[("VpcId", &id)], "InvalidVpcID.NotFound/400");
    refused(&mock, "CreateTags", &tag, "InvalidVpcID.NotFound/400");
    assert_eq!(accepted(&mock, "DescribeVpcs", &[]).count("vpcSet"), 0);

    mock.advance(seconds(10));
    assert_eq!(accepted(&mock, "DescribeVpcs", &[("VpcId.1", &id)]).count("vpcSet"), 1);
    accepted(&mock, "CreateTags", &tag);
    accepted(&mock, "DeleteVpc", &[("VpcId", &id)]);
}

// [U] With a seed each thing has a delay of its own, the same in every run.
#[test]
fn seeded_delays_differ_and_repeat() {
    let seen_after = || {
        let visibility = Visibility::Seeded { max: seconds(60) };
        let mock = Mock::builder().seed(3).visibility(visibility).build();
        let ids: Vec<_> = (0..5).map(|n| vpc(&mock, &format!("10.{n}.0.0/16"))).collect();
        let mut seen = Vec::new();
        for _ in 0..=60 {
            seen.push(accepted(&mock, "DescribeVpcs", &[]).count("vpcSet"));
            mock.advance(seconds(1));
        }
        assert_eq!(seen.last(), Some(&ids.len()));
        seen
    };
    let first = seen_after();
    assert!(first.is_sorted(), "a read went backwards: {first:?}");
    assert!(first.iter().any(|n| (1..5).contains(n)), "all were seen at once: {first:?}");
    assert_eq!(first, seen_after());
}

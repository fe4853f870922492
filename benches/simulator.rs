//! What a call of the simulator costs by itself: no SDK, no latency.
//!
//! `cargo bench -p benches --bench simulator`; the aim is less than 200 µs a call.

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use hopper_mock::Mock;
use std::{hint::black_box, time::Instant};

/// A call that has to succeed.
fn call(mock: &Mock, operation: &str, params: &[(&str, &str)]) -> hopper_mock::Reply {
    let reply = mock.call(operation, params);
    assert_eq!(reply.code(), None, "{operation} was refused: {}", reply.body);
    reply
}

/// A world of about 50 resources: four networks with their furniture, each with a tag, security
/// groups and subnets.
fn world() -> Mock {
    let mock = Mock::builder().seed(7).build();
    for network in 0..4 {
        let cidr = format!("10.{network}.0.0/16");
        let vpc = [
            ("CidrBlock", &*cidr),
            ("TagSpecification.1.ResourceType", "vpc"),
            ("TagSpecification.1.Tag.1.Key", "Name"),
            ("TagSpecification.1.Tag.1.Value", &cidr),
        ];
        let made = call(&mock, "CreateVpc", &vpc);
        let vpc = made.text("vpc/vpcId").unwrap_or_default();
        for n in 0..4 {
            let (name, cidr) = (format!("group-{n}"), format!("10.{network}.{n}.0/24"));
            let group = [("GroupName", &*name), ("GroupDescription", "bench"), ("VpcId", vpc)];
            call(&mock, "CreateSecurityGroup", &group);
            call(&mock, "CreateSubnet", &[("CidrBlock", &cidr), ("VpcId", vpc)]);
        }
    }
    mock
}

fn calls(c: &mut Criterion) {
    // A new world for each sample, because a world remembers every call.
    let mut read = |name: &str, operation: &str, params: &[(&str, &str)]| {
        c.bench_function(name, |b| {
            b.iter_custom(|n| {
                let mock = world();
                let began = Instant::now();
                for _ in 0..n {
                    black_box(call(&mock, operation, params));
                }
                began.elapsed()
            });
        });
    };
    read("DescribeVpcs", "DescribeVpcs", &[]);
    let by_tag = [("Filter.1.Name", "tag:Name"), ("Filter.1.Value.1", "10.2.0.0/16")];
    read("DescribeVpcs by tag", "DescribeVpcs", &by_tag);
    read("DescribeSubnets", "DescribeSubnets", &[]);
    read("DescribeSecurityGroups", "DescribeSecurityGroups", &[]);
    read("GetCallerIdentity", "sts:GetCallerIdentity", &[]);

    // Each on a world of its own, which is not counted.
    let mut write = |operation: &str, params: &[(&str, &str)]| {
        c.bench_function(operation, |b| {
            b.iter_batched_ref(
                world,
                |mock| black_box(call(mock, operation, params)),
                BatchSize::SmallInput,
            );
        });
    };
    write("CreateVpc", &[("CidrBlock", "10.9.0.0/16")]);
    write("AllocateAddress", &[("Domain", "vpc")]);
}

criterion_group!(benches, calls);
criterion_main!(benches);

//! Rules every operation shares: actions, parameters, dry runs, filters, pages, throttling.

use hopper_mock::{Mock, Throttling};

use crate::support::{accepted, mock, refused, seconds, vpc};

// [D] What is not known is refused, never accepted silently.
#[test]
fn the_unknown_is_refused() {
    let mock = mock();
    refused(&mock, "CreateCastle", &[], "InvalidAction/400");
    refused(&mock, "sts:CreateVpc", &[], "InvalidAction/400");
    refused(&mock, "braket:CancelJob", &[], "InvalidAction/400");
    let params = [("CidrBlock", "10.0.0.0/16"), ("Colour", "red")];
    refused(&mock, "CreateVpc", &params, "UnknownParameter/400");
    refused(&mock, "DescribeVpcs", &[("Ids.1", "vpc-0a")], "UnknownParameter/400");
    assert!(mock.world().ec2.vpcs.is_empty());
}

// [D] DryRunOperation, after the syntax and without an effect; 412 [U].
#[test]
fn a_dry_run_checks_syntax_and_does_nothing() {
    let mock = mock();
    let params = [("CidrBlock", "10.0.0.0/16"), ("DryRun", "true")];
    refused(&mock, "CreateVpc", &params, "DryRunOperation/412");
    refused(&mock, "CreateVpc", &[("DryRun", "true")], "MissingParameter/400");
    let params = [("CidrBlock", "10.0.0.0/16"), ("DryRun", "perhaps")];
    refused(&mock, "CreateVpc", &params, "InvalidParameterValue/400");
    refused(&mock, "DescribeVpcs", &[("DryRun", "true")], "DryRunOperation/412");
    assert!(mock.world().leftovers().is_empty());
}

// [D] Filters: all of them must fit, one value of each is enough.
#[test]
fn filters_combine() {
    let mock = mock();
    let one = vpc(&mock, "10.0.0.0/16");
    vpc(&mock, "10.1.0.0/16");
    let params = [("ResourceId.1", one.as_str()), ("Tag.1.Key", "Name"), ("Tag.1.Value", "net-1")];
    accepted(&mock, "CreateTags", &params);
    let count = |filters: &[(&str, &[&str])]| {
        let mut params = Vec::new();
        for (at, (name, values)) in (1..).zip(filters) {
            params.push((format!("Filter.{at}.Name"), *name));
            for (place, value) in (1..).zip(*values) {
                params.push((format!("Filter.{at}.Value.{place}"), *value));
            }
        }
        let params: Vec<_> = params.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        accepted(&mock, "DescribeVpcs", &params).count("vpcSet")
    };
    assert_eq!(count(&[("cidr", &["10.0.0.0/16", "10.1.0.0/16"])]), 2);
    assert_eq!(count(&[("cidr", &["10.0.0.0/16"]), ("vpc-id", &[&one])]), 1);
    assert_eq!(count(&[("cidr", &["10.1.0.0/16"]), ("vpc-id", &[&one])]), 0);
    assert_eq!(count(&[("tag:Name", &["net-*"])]), 1);
    assert_eq!(count(&[("tag:Name", &["NET-*"])]), 0);
    assert_eq!(count(&[("tag-key", &["Name"])]), 1);
    assert_eq!(count(&[("is-default", &["false"])]), 2);
}

// [D] A filter nobody knows is an error, even where there is nothing to filter.
#[test]
fn an_unknown_filter_is_refused() {
    let mock = mock();
    let params = [("Filter.1.Name", "colour"), ("Filter.1.Value.1", "red")];
    refused(&mock, "DescribeVpcs", &params, "InvalidParameterValue/400");
    refused(&mock, "DescribeRegions", &params, "InvalidParameterValue/400");
    refused(&mock, "DescribeVpcs", &[("Filter.1.Value.1", "red")], "MissingParameter/400");
}

// [D] MaxResults and NextToken.
#[test]
fn pages_hold_everything_once() {
    let mock = Mock::builder().quotas(hopper_mock::Quotas::unlimited()).build();
    for n in 0..12 {
        vpc(&mock, &format!("10.{n}.0.0/16"));
    }
    let (mut seen, mut token, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let params = [("MaxResults", "5"), ("NextToken", token.as_str())];
        let reply = accepted(&mock, "DescribeVpcs", &params);
        seen.extend(reply.texts("vpcSet/*/vpcId").into_iter().map(str::to_owned));
        pages += 1;
        match reply.text("nextToken") {
            None => break,
            Some(next) => token = next.to_owned(),
        }
    }
    assert_eq!((seen.len(), pages), (12, 3));
    assert_eq!(seen, mock.world().ec2.vpcs.into_keys().collect::<Vec<_>>());
    refused(&mock, "DescribeVpcs", &[("MaxResults", "4")], "InvalidParameterValue/400");
    refused(&mock, "DescribeVpcs", &[("MaxResults", "1001")], "InvalidParameterValue/400");
}

// [D] Mutating calls: 50 at once and 5 more a second; reads have a bucket of their own.
#[test]
fn throttling_fills_up_again_with_time() {
    let mock = Mock::builder().throttling(Throttling::published()).build();
    let tag = || {
        let reply = mock.call("ModifyVpcAttribute", &[("VpcId", "vpc-0123456789abcdef0")]);
        reply.code().map(str::to_owned).unwrap()
    };
    for _ in 0..50 {
        assert_eq!(tag(), "InvalidVpcID.NotFound");
    }
    assert_eq!(tag(), "RequestLimitExceeded");
    accepted(&mock, "DescribeVpcs", &[]);
    mock.advance(seconds(1));
    let again: Vec<_> = (0..6).map(|_| tag()).collect();
    assert_eq!(again.iter().filter(|code| *code == "RequestLimitExceeded").count(), 1);
}

// [D] Zones, regions, account, caller.
#[test]
fn the_place_is_known() {
    let mock = mock();
    let zones = accepted(&mock, "DescribeAvailabilityZones", &[]);
    assert_eq!(
        zones.texts("availabilityZoneInfo/*/zoneName"),
        ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
    );
    assert_eq!(zones.text("availabilityZoneInfo/0/zoneId"), Some("euw1-az1"));
    let by_id = [("ZoneId.1", "euw1-az2")];
    let zone = accepted(&mock, "DescribeAvailabilityZones", &by_id);
    assert_eq!(zone.texts("availabilityZoneInfo/*/zoneName"), ["eu-west-1b"]);
    let unknown = [("ZoneName.1", "eu-west-1z")];
    refused(&mock, "DescribeAvailabilityZones", &unknown, "InvalidParameterValue/400");

    let region = accepted(&mock, "DescribeRegions", &[("RegionName.1", "eu-west-1")]);
    assert_eq!(region.text("regionInfo/0/regionEndpoint"), Some("ec2.eu-west-1.amazonaws.com"));

    let names = [("AttributeName.1", "default-vpc")];
    let account = accepted(&mock, "DescribeAccountAttributes", &names);
    let value = account.text("accountAttributeSet/0/attributeValueSet/0/attributeValue");
    assert_eq!(value, Some("none"));

    let caller = accepted(&mock, "sts:GetCallerIdentity", &[]);
    assert_eq!(caller.text("Account"), Some("123456789012"));
    assert_eq!(caller.text("Arn"), Some("arn:aws:iam::123456789012:user/hopper"));
    refused(&mock, "sts:GetCallerIdentity", &[("Who", "me")], "UnknownParameter/400");
}

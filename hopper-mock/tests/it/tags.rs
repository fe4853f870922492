//! Rules of tags.

use crate::support::{accepted, mock, refused, vpc};

const UNKNOWN: &str = "vpc-0123456789abcdef0";

// [D] Tags are added and overwritten by key.
#[test]
fn tags_read_back_and_are_overwritten() {
    let mock = mock();
    let id = vpc(&mock, "10.0.0.0/16");
    for value in ["one", "two"] {
        let params = [("ResourceId.1", id.as_str()), ("Tag.1.Key", "Name"), ("Tag.1.Value", value)];
        accepted(&mock, "CreateTags", &params);
    }
    let params = [("ResourceId.1", id.as_str()), ("Tag.1.Key", "empty")];
    accepted(&mock, "CreateTags", &params);
    let reply = accepted(&mock, "DescribeVpcs", &[("VpcId.1", &id)]);
    assert_eq!(reply.texts("vpcSet/0/tagSet/*/key"), ["Name", "empty"]);
    assert_eq!(reply.texts("vpcSet/0/tagSet/*/value"), ["two", ""]);
}

// [U] All or nothing.
#[test]
fn one_unknown_id_and_nothing_is_tagged() {
    let mock = mock();
    let id = vpc(&mock, "10.0.0.0/16");
    let params = [
        ("ResourceId.1", id.as_str()),
        ("ResourceId.2", UNKNOWN),
        ("Tag.1.Key", "a"),
        ("Tag.1.Value", "b"),
    ];
    refused(&mock, "CreateTags", &params, "InvalidVpcID.NotFound/400");
    assert!(mock.world().ec2.vpcs[&id].tags.is_empty());
}

// [D] What is not a tag of one's own.
#[test]
fn bad_tags_are_refused() {
    let mock = mock();
    let id = vpc(&mock, "10.0.0.0/16");
    let long = "k".repeat(129);
    let tag = |params: &[(&str, &str)], code| {
        let params = [&[("ResourceId.1", id.as_str())], params].concat();
        refused(&mock, "CreateTags", &params, code);
    };
    tag(&[("Tag.1.Key", "aws:mine"), ("Tag.1.Value", "x")], "InvalidParameterValue/400");
    tag(&[("Tag.1.Key", &long)], "InvalidParameterValue/400");
    tag(&[("Tag.1.Key", "a"), ("Tag.1.Value", &"v".repeat(257))], "InvalidParameterValue/400");
    tag(&[("Tag.1.Key", "a"), ("Tag.2.Key", "a")], "InvalidParameterValue/400");
    tag(&[], "MissingParameter/400");
    let nowhere = [("ResourceId.1", "nothing"), ("Tag.1.Key", "a")];
    refused(&mock, "CreateTags", &nowhere, "InvalidID/400");
}

// [D] 50 tags, counted over all calls.
#[test]
fn the_fifty_first_tag_is_refused() {
    let mock = mock();
    let id = vpc(&mock, "10.0.0.0/16");
    let tag = |key: &str| {
        mock.call("CreateTags", &[("ResourceId.1", &id), ("Tag.1.Key", key)])
            .code()
            .map(str::to_owned)
    };
    for n in 0..50 {
        assert_eq!(tag(&format!("key{n}")), None);
    }
    assert_eq!(tag("one more").as_deref(), Some("TagLimitExceeded"));
    assert_eq!(tag("key7"), None);
}

// [D] A specification must be for what the call creates.
#[test]
fn a_specification_for_another_type_is_refused() {
    let mock = mock();
    let create = |resource_type| {
        [
            ("CidrBlock", "10.0.0.0/16"),
            ("TagSpecification.1.ResourceType", resource_type),
            ("TagSpecification.1.Tag.1.Key", "a"),
        ]
    };
    refused(&mock, "CreateVpc", &create("subnet"), "InvalidParameterValue/400");
    accepted(&mock, "CreateVpc", &create("vpc"));
}

// [D] DeleteTags: with a value only if it is equal; without tags all of them.
#[test]
fn tags_are_deleted_by_key_by_value_or_all() {
    let mock = mock();
    let id = vpc(&mock, "10.0.0.0/16");
    let keys = || mock.world().ec2.vpcs[&id].tags.keys().cloned().collect::<Vec<_>>();
    let delete = |params: &[(&str, &str)]| {
        accepted(&mock, "DeleteTags", &[&[("ResourceId.1", id.as_str())], params].concat());
    };
    mock.edit(|world| {
        let tags = [("a", "1"), ("b", "2"), ("c", ""), ("aws:given", "x"), ("d", "4")];
        let tags = tags.map(|(key, value)| (key.to_owned(), value.to_owned()));
        world.ec2.vpcs.get_mut(&id).unwrap().tags.extend(tags);
    });
    delete(&[("Tag.1.Key", "a"), ("Tag.2.Key", "b"), ("Tag.2.Value", "other")]);
    assert_eq!(keys(), ["aws:given", "b", "c", "d"]);
    delete(&[("Tag.1.Key", "b"), ("Tag.1.Value", "2"), ("Tag.2.Key", "d"), ("Tag.2.Value", "")]);
    assert_eq!(keys(), ["aws:given", "c", "d"]);
    delete(&[("Tag.1.Key", "not there")]);
    delete(&[]);
    assert_eq!(keys(), ["aws:given"]);
}

// [D] DescribeTags and its filters.
#[test]
fn tags_are_listed_across_resources() {
    let mock = mock();
    let (one, other) = (vpc(&mock, "10.0.0.0/16"), vpc(&mock, "10.1.0.0/16"));
    for (id, value) in [(&one, "x"), (&other, "y")] {
        let params = [("ResourceId.1", id.as_str()), ("Tag.1.Key", "k"), ("Tag.1.Value", value)];
        accepted(&mock, "CreateTags", &params);
    }
    let list = |params: &[(&str, &str)]| {
        let reply = accepted(&mock, "DescribeTags", params);
        reply.texts("tagSet/*/value").into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(list(&[]).len(), 2);
    assert_eq!(list(&[("Filter.1.Name", "value"), ("Filter.1.Value.1", "y")]), ["y"]);
    assert_eq!(list(&[("Filter.1.Name", "resource-id"), ("Filter.1.Value.1", &one)]), ["x"]);
    assert_eq!(list(&[("Filter.1.Name", "tag:k"), ("Filter.1.Value.1", "?")]).len(), 2);
    assert_eq!(
        list(&[("Filter.1.Name", "resource-type"), ("Filter.1.Value.1", "subnet")]).len(),
        0
    );
    let unknown = [("Filter.1.Name", "colour"), ("Filter.1.Value.1", "red")];
    refused(&mock, "DescribeTags", &unknown, "InvalidParameterValue/400");
}

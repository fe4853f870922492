//! Rules of tags in IAM.

use crate::support::{accepted, mock, refused, role};

const NAME: (&str, &str) = ("RoleName", "K8sMaster");

fn tag<'a>(key: &'a str, value: &'a str) -> [(&'a str, &'a str); 3] {
    [NAME, ("Tags.member.1.Key", key), ("Tags.member.1.Value", value)]
}

// [D] Tag keys differ by more than case; `aws:` is reserved; 50 tags.
#[test]
fn a_role_can_be_tagged() {
    let mock = mock();
    role(&mock, "K8sMaster");
    accepted(&mock, "iam:TagRole", &tag("Name", "one"));
    accepted(&mock, "iam:TagRole", &tag("name", "two"));
    let listed = accepted(&mock, "iam:ListRoleTags", &[NAME]);
    assert_eq!(
        (listed.texts("Tags/*/Key"), listed.texts("Tags/*/Value")),
        (vec!["name"], vec!["two"])
    );
    refused(&mock, "iam:TagRole", &tag("aws:x", "y"), "InvalidInput/400");
    refused(&mock, "iam:TagRole", &tag("", "y"), "ValidationError/400");
    refused(&mock, "iam:TagRole", &tag("a!", "y"), "ValidationError/400");
    refused(&mock, "iam:TagRole", &tag("a", &"y".repeat(257)), "ValidationError/400");
    let twice = [&tag("a", "b")[..], &[("Tags.member.2.Key", "A"), ("Tags.member.2.Value", "b")]];
    refused(&mock, "iam:TagRole", &twice.concat(), "InvalidInput/400");
    refused(&mock, "iam:TagRole", &[("Name", "K8sMaster")], "UnknownParameter/400");
    for n in 0..49 {
        accepted(&mock, "iam:TagRole", &tag(&format!("k{n}"), ""));
    }
    refused(&mock, "iam:TagRole", &tag("k49", ""), "LimitExceeded/409");
    accepted(&mock, "iam:UntagRole", &[NAME, ("TagKeys.member.1", "NAME")]);
    assert_eq!(accepted(&mock, "iam:ListRoleTags", &[NAME]).count("Tags"), 49);
    accepted(&mock, "iam:CreateInstanceProfile", &[("InstanceProfileName", "K8sMaster")]);
    let of_profile = [&[("InstanceProfileName", "K8sMaster")], &tag("a", "b")[1..]].concat();
    accepted(&mock, "iam:TagInstanceProfile", &of_profile);
    let listed = accepted(&mock, "iam:ListInstanceProfileTags", &of_profile[..1]);
    assert_eq!(listed.texts("Tags/*/Value"), ["b"]);
    let untag = [of_profile[0], ("TagKeys.member.1", "a")];
    accepted(&mock, "iam:UntagInstanceProfile", &untag);
    assert_eq!(accepted(&mock, "iam:ListInstanceProfileTags", &untag[..1]).count("Tags"), 0);
}

// [U] EC2's DescribeTags knows nothing of IAM's tags.
#[test]
fn tags_of_roles_are_not_those_of_ec2() {
    let mock = mock();
    role(&mock, "K8sMaster");
    let tag = [NAME, ("Tags.member.1.Key", "a"), ("Tags.member.1.Value", "b")];
    accepted(&mock, "iam:TagRole", &tag);
    assert_eq!(accepted(&mock, "DescribeTags", &[]).count("tagSet"), 0);
}

//! Rules of the associations of instance profiles with instances.

use crate::ground::Ground;
use crate::support::{accepted, made, profile, refused, role, seconds};

const MASTER: (&str, &str) = ("IamInstanceProfile.Name", "K8sMaster");
const NODE: (&str, &str) = ("IamInstanceProfile.Name", "K8sNode");

/// A network, and two profiles that EC2 sees.
fn ground() -> Ground {
    let ground = Ground::new();
    profile(&ground.mock, "K8sMaster");
    profile(&ground.mock, "K8sNode");
    ground.mock.advance(seconds(10));
    ground
}

fn arn(name: &str) -> String {
    format!("arn:aws:iam::123456789012:instance-profile/{name}")
}

/// Id, state and profile of each association.
fn associations(ground: &Ground) -> Vec<(String, String, String)> {
    let reply = accepted(&ground.mock, "DescribeIamInstanceProfileAssociations", &[]);
    let all = |path: &str| {
        reply
            .texts(&format!("iamInstanceProfileAssociationSet/*/{path}"))
            .into_iter()
            .map(str::to_owned)
    };
    let states = all("associationId").zip(all("state")).zip(all("iamInstanceProfile/arn"));
    states.map(|((id, state), arn)| (id, state, arn)).collect()
}

// [D] A profile given to a running instance is associating, then associated; so is its end.
#[test]
fn an_instance_gets_a_profile_and_loses_it() {
    let ground = ground();
    let id = ground.running(&[]);
    let instance = ("InstanceId", id.as_str());
    let reply = accepted(&ground.mock, "AssociateIamInstanceProfile", &[instance, MASTER]);
    let association = made(&reply, "iamInstanceProfileAssociation/associationId");
    assert!(association.starts_with("iip-assoc-"));
    assert_eq!(reply.text("iamInstanceProfileAssociation/state"), Some("associating"));
    assert_eq!(ground.shown(&id, "iamInstanceProfile/arn"), Some(arn("K8sMaster")));
    ground.mock.advance(seconds(4));
    let expected = (association.clone(), "associated".to_owned(), arn("K8sMaster"));
    assert_eq!(associations(&ground), [expected]);

    let end = [("AssociationId", association.as_str())];
    let reply = accepted(&ground.mock, "DisassociateIamInstanceProfile", &end);
    assert_eq!(reply.text("iamInstanceProfileAssociation/state"), Some("disassociating"));
    refused(&ground.mock, "DisassociateIamInstanceProfile", &end, "IncorrectState/400");
    ground.mock.advance(seconds(4));
    assert_eq!(associations(&ground), []);
    assert_eq!(ground.shown(&id, "iamInstanceProfile/arn"), None);
    refused(
        &ground.mock,
        "DisassociateIamInstanceProfile",
        &end,
        "InvalidAssociationID.NotFound/400",
    );
}

// [O] An instance has one profile.
#[test]
fn a_second_association_is_refused() {
    let ground = ground();
    let id = ground.running(&[MASTER]);
    let [(association, state, _)] = associations(&ground).try_into().unwrap();
    assert_eq!(state, "associated");
    let instance = ("InstanceId", id.as_str());
    let reply = ground.mock.call("AssociateIamInstanceProfile", &[instance, NODE]);
    let error = reply.error().unwrap();
    assert_eq!(error.code, "IncorrectState");
    assert_eq!(error.message, format!("There is an existing association for instance {id}"));
    assert_eq!(error.blockers, [association]);
}

// [D] A profile is replaced by another association, while the instance goes on.
#[test]
fn a_profile_is_replaced() {
    let ground = ground();
    let id = ground.running(&[MASTER]);
    let [(old, ..)] = associations(&ground).try_into().unwrap();
    let params = [("AssociationId", old.as_str()), NODE];
    let reply = accepted(&ground.mock, "ReplaceIamInstanceProfileAssociation", &params);
    let new = made(&reply, "iamInstanceProfileAssociation/associationId");
    assert_ne!(old, new);
    assert_eq!(reply.text("iamInstanceProfileAssociation/state"), Some("associating"));
    refused(&ground.mock, "ReplaceIamInstanceProfileAssociation", &params, "IncorrectState/400");
    ground.mock.advance(seconds(4));
    assert_eq!(associations(&ground), [(new, "associated".to_owned(), arn("K8sNode"))]);
    assert_eq!(ground.shown(&id, "iamInstanceProfile/arn"), Some(arn("K8sNode")));
}

// [D] The association goes with the instance, and is nothing anybody must delete.
#[test]
fn an_association_goes_with_its_instance() {
    let ground = ground();
    let id = ground.running(&[MASTER]);
    ground.instance("TerminateInstances", &id);
    assert_eq!(associations(&ground).len(), 1);
    ground.mock.advance(seconds(35));
    assert_eq!(associations(&ground), []);
    let params = [("InstanceId", id.as_str()), NODE];
    refused(&ground.mock, "AssociateIamInstanceProfile", &params, "IncorrectInstanceState/400");
}

// [O] Codes of what is wrong; these operations know no DryRun [D].
#[test]
fn a_wrong_request_is_refused() {
    let ground = ground();
    let pending = ground.start(&[]);
    let associate = |params: &[_], code| {
        refused(&ground.mock, "AssociateIamInstanceProfile", params, code);
    };
    let instance = ("InstanceId", pending.as_str());
    associate(&[instance, MASTER], "IncorrectInstanceState/400");
    ground.mock.advance(seconds(13));
    associate(&[instance], "MissingParameter/400");
    associate(&[instance, ("IamInstanceProfile.Name", "none")], "InvalidParameterValue/400");
    associate(
        &[instance, MASTER, ("IamInstanceProfile.Arn", "x")],
        "InvalidParameterCombination/400",
    );
    associate(&[instance, MASTER, ("DryRun", "true")], "UnknownParameter/400");
    associate(&[("InstanceId", "i-0123456789abcdef0"), MASTER], "InvalidInstanceID.NotFound/400");
    role(&ground.mock, "bare");
    accepted(&ground.mock, "iam:CreateInstanceProfile", &[("InstanceProfileName", "bare")]);
    ground.mock.advance(seconds(10));
    associate(&[instance, ("IamInstanceProfile.Name", "bare")], "InvalidParameterValue/400");
    for (id, code) in [
        ("iip-assoc-0123456789abcdef0", "InvalidAssociationID.NotFound/400"),
        ("i-0123456789abcdef0", "InvalidParameterValue/400"),
    ] {
        let params = [("AssociationId", id), NODE];
        refused(&ground.mock, "ReplaceIamInstanceProfileAssociation", &params, code);
        refused(&ground.mock, "DisassociateIamInstanceProfile", &params[..1], code);
        let described = [("AssociationId.1", id)];
        refused(&ground.mock, "DescribeIamInstanceProfileAssociations", &described, code);
    }
}

// [D] Filters by instance and state.
#[test]
fn associations_are_filtered() {
    let ground = ground();
    let one = ground.running(&[MASTER]);
    ground.running(&[NODE]);
    let count = |name, value| {
        let params = [("Filter.1.Name", name), ("Filter.1.Value.1", value)];
        accepted(&ground.mock, "DescribeIamInstanceProfileAssociations", &params)
            .count("iamInstanceProfileAssociationSet")
    };
    assert_eq!(count("instance-id", &one), 1);
    assert_eq!(count("state", "associated"), 2);
    assert_eq!(count("state", "associating"), 0);
    let unknown = [("Filter.1.Name", "tag:Name"), ("Filter.1.Value.1", "x")];
    refused(
        &ground.mock,
        "DescribeIamInstanceProfileAssociations",
        &unknown,
        "InvalidParameterValue/400",
    );
}

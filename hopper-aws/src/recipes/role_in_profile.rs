//! [`role_in_profile()`]: whom machines act as.

use crate::{
    InstanceProfileName, PolicyDocument, Tags,
    iam::{InstanceProfile, Role, RolePolicy},
};
use hopper_core::{Input, Workflow};

/// A role and an instance profile of a name, once the role has its policies, each by its name.
pub(super) fn role_in_profile(
    w: &Workflow,
    name: &str,
    trust: PolicyDocument,
    policies: Vec<(&str, PolicyDocument)>,
    tags: &Tags,
) -> Input<InstanceProfileName> {
    let role = w.step("role").does(Role {
        name: name.to_owned(),
        path: None,
        trust_policy: trust.into(),
        description: String::new(),
        tags: tags.clone(),
    });
    let profile = w.step("profile").does(InstanceProfile {
        name: name.to_owned(),
        path: None,
        role: role.name(),
        tags: tags.clone(),
    });
    policies.into_iter().fold(profile.name(), |ready, (name, document)| {
        let policy = w.step(format!("policy-{name}")).does(RolePolicy {
            role: role.name(),
            name: name.to_owned(),
            document: document.into(),
        });
        ready.once(&policy)
    })
}

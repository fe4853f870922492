//! The versions of managed policies.

use serde::Deserialize;

use super::document;
use super::entity::{limit_exceeded, no_such};
use super::name::invalid;
use super::page::page;
use super::policy::{Policy, PolicyVersion, check_document, named, own_mut};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::World;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct CreatePolicyVersion {
    policy_arn: String,
    policy_document: String,
    #[serde(default)]
    set_as_default: bool,
}

/// Gives a policy another version. Its number is higher than any before.
pub(super) fn create(world: &mut World, input: &CreatePolicyVersion) -> Answer {
    let (now, limit) = (world.now, world.settings().quotas.versions_per_policy);
    own_mut(world, &input.policy_arn)?;
    check_document(world, &input.policy_document)?;
    let policy = own_mut(world, &input.policy_arn)?;
    if limit <= policy.versions.len() {
        return Err(limit_exceeded(format!(
            "A managed policy can have up to {limit} versions. Before you create a new version, \
             you must delete an existing version."
        )));
    }
    policy.last_version += 1;
    let (number, document) = (policy.last_version, input.policy_document.clone());
    policy.versions.insert(number, PolicyVersion { document, create_date: now });
    policy.update_date = now;
    if input.set_as_default {
        policy.default_version = number;
    }
    let show = |version| summary(policy, number, version);
    Ok(Xml::new().opt_node("PolicyVersion", policy.versions.get(&number).map(show)))
}

fn summary(policy: &Policy, number: u32, version: &PolicyVersion) -> Xml {
    Xml::new()
        .text("VersionId", format!("v{number}"))
        .text("IsDefaultVersion", number == policy.default_version)
        .text("CreateDate", version.create_date)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct OneVersion {
    policy_arn: String,
    version_id: String,
}

impl OneVersion {
    fn number(&self) -> Result<u32, AwsError> {
        let digits = self.version_id.strip_prefix('v');
        digits.and_then(|digits| digits.parse().ok()).ok_or_else(|| {
            let why = r"Member must satisfy regular expression pattern: v[1-9][0-9]*";
            invalid("versionId", &self.version_id, why)
        })
    }

    fn missing(&self) -> AwsError {
        let Self { policy_arn, version_id } = self;
        no_such(format!("Policy {policy_arn} version {version_id} does not exist."))
    }
}

/// Shows a version with what it says.
pub(super) fn get(world: &mut World, input: &OneVersion) -> Answer {
    let number = input.number()?;
    let policy = named(world, &input.policy_arn)?;
    let version = policy.versions.get(&number).ok_or_else(|| input.missing())?;
    let document = document::encode(&version.document);
    let shown = Xml::new().text("Document", document).and(summary(policy, number, version));
    Ok(Xml::new().node("PolicyVersion", shown))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ListPolicyVersions {
    policy_arn: String,
    marker: Option<String>,
    max_items: Option<usize>,
}

/// Lists the versions of a policy.
pub(super) fn list(world: &mut World, input: &ListPolicyVersions) -> Answer {
    let policy = named(world, &input.policy_arn)?;
    let versions = policy.versions.iter();
    let versions: Vec<_> =
        versions.map(|(number, version)| (format!("{number:010}"), *number, version)).collect();
    let (marker, max_items) = (input.marker.as_deref(), input.max_items);
    let page = page(versions, |(key, ..)| key, marker, max_items)?;
    Ok(page.list("Versions", |(_, number, version)| summary(policy, *number, version)))
}

/// Puts a version in force.
pub(super) fn set_default(world: &mut World, input: &OneVersion) -> Answer {
    let number = input.number()?;
    let policy = own_mut(world, &input.policy_arn)?;
    if !policy.versions.contains_key(&number) {
        return Err(input.missing());
    }
    policy.default_version = number;
    Ok(Xml::new())
}

/// Deletes a version that is not in force.
pub(super) fn delete(world: &mut World, input: &OneVersion) -> Answer {
    let number = input.number()?;
    let policy = own_mut(world, &input.policy_arn)?;
    if number == policy.default_version {
        let why = "Cannot delete the default version of a policy.";
        return Err(AwsError::new("DeleteConflict", why));
    }
    policy.versions.remove(&number).map(|_| Xml::new()).ok_or_else(|| input.missing())
}

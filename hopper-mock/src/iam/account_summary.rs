//! `GetAccountSummary`.

use serde::Deserialize;

use super::role::count as count_roles;
use crate::wire::{Answer, Xml};
use crate::world::World;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GetAccountSummary {}

/// Tells how many there are of each, and how many there may be.
pub(super) fn get(world: &mut World, GetAccountSummary {}: &GetAccountSummary) -> Answer {
    let (iam, quotas) = (&world.iam, &world.settings().quotas);
    let versions: usize = iam.policies.values().map(|policy| policy.versions.len()).sum();
    let summary = [
        ("AccessKeysPerUserQuota", quotas.access_keys_per_user),
        ("AccountAccessKeysPresent", 0),
        ("AssumeRolePolicySizeQuota", quotas.trust_policy_characters),
        ("AttachedPoliciesPerRoleQuota", quotas.attached_policies),
        ("AttachedPoliciesPerUserQuota", quotas.attached_policies),
        ("Groups", 0),
        ("InstanceProfiles", iam.instance_profiles.len()),
        ("InstanceProfilesQuota", quotas.instance_profiles),
        ("Policies", iam.policies.len()),
        ("PoliciesQuota", quotas.policies),
        ("PolicySizeQuota", quotas.managed_policy_characters),
        ("PolicyVersionsInUse", versions),
        ("RolePolicySizeQuota", quotas.inline_policy_characters),
        ("Roles", count_roles(world)),
        ("RolesQuota", quotas.roles),
        ("Users", iam.users.len()),
        ("UsersQuota", quotas.users),
        ("VersionsPerPolicyQuota", quotas.versions_per_policy),
    ];
    let map = summary.into_iter().fold(Xml::new(), |map, (key, value)| {
        map.node("entry", Xml::new().text("key", key).text("value", value))
    });
    Ok(Xml::new().node("SummaryMap", map))
}

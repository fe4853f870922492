//! [`identity()`]: whom the machines act as.

use super::role_in_profile::role_in_profile;
use crate::{InstanceProfileName, PolicyDocument, Tags, settings::IdentitySettings};
use hopper_core::{Input, Workflow};

/// The trust policy of both roles.
const TRUST: &str = include_str!("policies/ec2-role-trust-policy.json");
/// What the masters may do.
const MASTER: [(&str, &str); 5] = [
    ("master", include_str!("policies/master.json")),
    ("ecr", ECR),
    ("cni", CNI),
    ("autoscaler", include_str!("policies/autoscaler.json")),
    ("loadbalancing", include_str!("policies/loadbalancing.json")),
];
/// What the nodes may do.
const NODE: [(&str, &str); 3] =
    [("node", include_str!("policies/node.json")), ("ecr", ECR), ("cni", CNI)];
const ECR: &str = include_str!("policies/ecr.json");
const CNI: &str = include_str!("policies/cni.json");

/// Instance profiles, ready to be used.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The masters', once its role may do all it shall.
    pub master: Input<InstanceProfileName>,
    /// The nodes', once its role may do all it shall.
    pub node: Input<InstanceProfileName>,
}

/// A role for the masters and one for the nodes, each with its policies and in an instance
/// profile.
///
/// The chapter's, with its names and policies. What differs from its script, and why (numbers are
/// those of the [list of mends](super::chapter())):
///
/// - It can be run again, the names are settings, and what it makes is tagged (11).
/// - Whoever uses a profile waits until EC2 sees it (8); the script's callers do not.
/// - Undoing takes every policy out of a role before the role, and leaves the service-linked
///   roles alone, which AWS makes and all clusters share.
///
/// The policies are as the book has them. They do not allow `iam:CreateServiceLinkedRole`, which
/// the first load balancer of an account needs, and allow everything on `*` (11): the policies of
/// a cluster of today are another recipe's.
pub fn identity(w: &Workflow, settings: &IdentitySettings, tags: &Tags) -> Identity {
    Identity {
        master: profile(&w.scope("master"), &settings.master, &MASTER, tags),
        node: profile(&w.scope("node"), &settings.node, &NODE, tags),
    }
}

fn profile(
    w: &Workflow,
    name: &str,
    policies: &[(&'static str, &str)],
    tags: &Tags,
) -> Input<InstanceProfileName> {
    let policies = policies.iter().map(|(name, text)| (*name, document(text))).collect();
    role_in_profile(w, name, document(TRUST), policies, tags)
}

/// One of the policies above.
#[expect(clippy::expect_used, reason = "each is a constant, and read in a test")]
fn document(text: &str) -> PolicyDocument {
    text.parse().expect("a policy of the chapter is a policy")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policies_are_policies() {
        for (_, text) in [("trust", TRUST)].iter().chain(&MASTER).chain(&NODE) {
            document(text);
        }
    }
}

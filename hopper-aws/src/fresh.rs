//! [`Fresh`]: the ids of what was made a moment ago.

use hopper_core::StepError;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// How long AWS may deny what it has just made. The EC2 guide ("Eventual consistency in the
/// Amazon EC2 API") has clients try again for up to five minutes; seconds are usual.
pub(crate) const FRESH: Duration = Duration::from_secs(120);

/// How long to look for something before believing that it is not there.
///
/// It has to be longer than what remains of the longest call when an owner that was stopped is
/// succeeded: nothing is sent once half the lease has passed, so when it ends the last call is
/// half a lease old.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// The ids, and the names, of what this process made a moment ago: a call that is refused because
/// one of them does not exist is worth another try.
#[derive(Debug, Default)]
pub(crate) struct Fresh {
    made: Mutex<BTreeMap<String, Instant>>,
    /// Tokens whose create was refused: there is nothing to look for.
    refused: Mutex<BTreeSet<String>>,
}

impl Fresh {
    /// Something was made.
    pub(crate) fn add(&self, id: &str) {
        let now = Instant::now();
        let mut made = self.lock();
        made.retain(|_, at| now.duration_since(*at) < FRESH);
        made.insert(id.to_owned(), now);
    }

    /// It was deleted: from now on `NotFound` is the truth.
    pub(crate) fn remove(&self, id: &str) {
        self.lock().remove(id);
    }

    /// How long ago it was made, if it is fresh.
    pub(crate) fn age(&self, id: &str) -> Option<Duration> {
        self.lock().get(id).map(Instant::elapsed).filter(|age| *age < FRESH)
    }

    /// Whether an error denies something fresh, or an [instance profile](denies_profile).
    pub(crate) fn explains(&self, error: &StepError) -> bool {
        if denies_profile(error) {
            return true;
        }
        if !is_not_found(error) {
            return false;
        }
        let text = error.to_string();
        self.lock().iter().any(|(id, at)| at.elapsed() < FRESH && is_named_in(&text, id))
    }

    /// What came of the latest create under a token.
    pub(crate) fn set_refused(&self, token: &str, refused: bool) {
        let mut tokens = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        match refused {
            true => tokens.insert(token.to_owned()),
            false => tokens.remove(token),
        };
    }

    /// Whether the latest create under a token was refused by AWS, so that nothing was made.
    pub(crate) fn is_refused(&self, token: &str) -> bool {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).contains(token)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Instant>> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether an error says that something does not exist: `InvalidVpcID.NotFound`,
/// `NatGatewayNotFound`, IAM's `NoSuchEntity`.
///
/// Auto Scaling has one code for everything, and says so in words: "AutoScalingGroup name not
/// found", "Launch configuration name not found", "The subnet ID '…' does not exist" (public logs).
pub(crate) fn is_not_found(error: &StepError) -> bool {
    match error.code() {
        Some("ValidationError") => {
            let text = error.to_string();
            text.contains("not found") || text.contains("does not exist")
        }
        // Launch templates: "InvalidLaunchTemplateName.NotFoundException".
        Some(code) => {
            code.ends_with("NotFound")
                || code.ends_with(".NotFoundException")
                || code == "NoSuchEntity"
        }
        None => false,
    }
}

/// Whether a call was refused because of an instance profile that the service does not see, or
/// whose role it does not see.
///
/// EC2 and Auto Scaling see what IAM has made some ten seconds later, rarely two minutes (public
/// reports). A run that is resumed within that time does not know who has made the profile, nor
/// when: the step that did is done, and is not asked again. So this refusal is worth another try
/// whoever has made the profile, for as long as anything is [`FRESH`]: a name that never existed
/// is told two minutes late.
///
/// The texts are from public logs: RunInstances "Value (N) for parameter iamInstanceProfile.name
/// is invalid. Invalid IAM Instance Profile name" and "IAM Instance Profile "arn" has no
/// associated IAM Roles", Auto Scaling "Invalid IamInstanceProfile: N".
fn denies_profile(error: &StepError) -> bool {
    matches!(error.code(), Some("InvalidParameterValue" | "ValidationError")) && {
        let text = error.to_string().to_lowercase();
        ["invalid iam instance profile", "invalid iaminstanceprofile", "no associated iam roles"]
            .iter()
            .any(|told| text.contains(told))
    }
}

/// Whether a text has this id or name in it, and not just as a part of a longer one.
fn is_named_in(text: &str, id: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '+' | '=' | '@');
    text.match_indices(id).any(|(at, _)| {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        let after = text.get(at + id.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn explains_a_denial_of_what_was_just_made_only() {
        let denied = |id: &str| {
            StepError::permanent(format_args!("the vpc ID '{id}' does not exist"))
                .with_code("InvalidVpcID.NotFound")
        };
        let fresh = Fresh::default();
        fresh.add("vpc-1");
        assert!(fresh.explains(&denied("vpc-1")));
        assert!(!fresh.explains(&denied("vpc-2")));
        assert!(!fresh.explains(&denied("vpc-1").with_code("DependencyViolation")));
        tokio::time::advance(FRESH).await;
        assert!(!fresh.explains(&denied("vpc-1")));
        fresh.add("vpc-2");
        fresh.remove("vpc-2");
        assert!(!fresh.explains(&denied("vpc-2")));
    }

    #[test]
    fn auto_scaling_says_in_words_that_something_does_not_exist() {
        let told = |text| is_not_found(&StepError::permanent(text).with_code("ValidationError"));
        assert!(told("launch configuration name not found - Launch configuration k8s not found"));
        assert!(told("the subnet ID 'subnet-1' does not exist"));
        let is = |code| is_not_found(&StepError::permanent("").with_code(code));
        assert!(is("InvalidVpcID.NotFound") && is("InvalidLaunchTemplateName.NotFoundException"));
        assert!(!told("min size must be less than or equal to max size"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_name_is_not_a_part_of_another() {
        let denied = |name: &str| {
            StepError::permanent(format_args!("the role with name {name} cannot be found"))
                .with_code("NoSuchEntity")
                .with_operation("PutRolePolicy")
        };
        let fresh = Fresh::default();
        fresh.add("hopper");
        assert!(fresh.explains(&denied("hopper")));
        assert!(!fresh.explains(&denied("hopper-node")));
        assert!(!fresh.explains(&denied("myhopper")));
    }

    #[test]
    fn a_profile_that_is_not_seen_is_worth_another_try_whoever_made_it() {
        let told = |code: &str, text: &str| {
            Fresh::default().explains(&StepError::permanent(text).with_code(code))
        };
        let by_name = "value (K8sNode) for parameter iamInstanceProfile.name is invalid. Invalid \
                       IAM Instance Profile name";
        let by_arn = "value (arn:aws:iam::123456789012:instance-profile/K8sNode) for parameter \
                      iamInstanceProfile.arn is invalid. Invalid IAM Instance Profile ARN";
        let template = "you must use a valid fully-formed launch template. Value (K8sNode) for \
                        parameter iamInstanceProfile.name is invalid. Invalid IAM Instance \
                        Profile name";
        let no_role = "IAM Instance Profile \"arn:aws:iam::123456789012:instance-profile/K8sNode\" \
                       has no associated IAM Roles";
        for text in [by_name, by_arn, no_role] {
            assert!(told("InvalidParameterValue", text), "{text}");
        }
        for text in ["invalid IamInstanceProfile: K8sNode", template] {
            assert!(told("ValidationError", text), "{text}");
        }
        assert!(!told("InvalidParameterValue", "value (x) for parameter instanceType is invalid"));
        assert!(!told("UnauthorizedOperation", by_name));
    }
}

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
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// The ids of what this process made a moment ago: a call that is refused because one of them
/// does not exist is worth another try.
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

    /// Whether an error denies something fresh.
    pub(crate) fn explains(&self, error: &StepError) -> bool {
        if !error.code().is_some_and(is_not_found) {
            return false;
        }
        let text = error.to_string();
        self.lock().iter().any(|(id, at)| at.elapsed() < FRESH && text.contains(id.as_str()))
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

/// Whether a code says that something does not exist: `InvalidVpcID.NotFound`,
/// `NatGatewayNotFound`.
pub(crate) fn is_not_found(code: &str) -> bool {
    code.ends_with("NotFound")
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
}

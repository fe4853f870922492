//! [`Retry`]: how often, how patiently, for which errors.

use crate::Class;
use backon::{BackoffBuilder as _, ExponentialBuilder};
use std::time::Duration;

/// How often a failed step is tried again, and how long it waits before it.
///
/// The waits are exponential with *full jitter*: uniform between nothing and the exponential
/// value ([Exponential Backoff And Jitter, AWS Architecture Blog, 2015][blog]), drawn from the
/// run's seed, the step's name and the try, so the same seed waits the same.
///
/// # Default
///
/// - transient errors: 4 more tries
/// - throttling: 8 more tries
/// - waits: 1 s, doubling, at most 30 s, before jitter
/// - deadline: none
///
/// [blog]: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// More tries after a transient error.
    pub transient: u32,
    /// More tries after throttling.
    pub throttled: u32,
    /// The first wait, before jitter.
    pub min: Duration,
    /// The longest wait, before jitter.
    pub max: Duration,
    /// No further try starts when this long has passed since the first.
    pub deadline: Option<Duration>,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            transient: 4,
            throttled: 8,
            min: Duration::from_secs(1),
            max: Duration::from_secs(30),
            deadline: None,
        }
    }
}

impl Retry {
    /// One try only.
    #[must_use]
    pub fn never() -> Self {
        Self { transient: 0, throttled: 0, ..Self::default() }
    }

    /// This many more tries after a transient error or throttling.
    #[must_use]
    pub fn times(n: u32) -> Self {
        Self { transient: n, throttled: n, ..Self::default() }
    }

    /// The wait before the next try, or `None` when there is none.
    ///
    /// `failures` counts the tries that failed, this one included; `seed` decides the jitter.
    pub(crate) fn wait(
        &self,
        class: Class,
        failures: u32,
        spent: Duration,
        seed: u64,
    ) -> Option<Duration> {
        let most = match class {
            Class::Transient => self.transient,
            Class::Throttled => self.throttled,
            Class::Permanent | Class::Cancelled => 0,
        };
        if most < failures || self.deadline.is_some_and(|d| d <= spent) {
            return None;
        }
        let mut backoff = ExponentialBuilder::new()
            .with_min_delay(self.min)
            .with_max_delay(self.max)
            .with_max_times(most as usize)
            .build();
        let full = backoff.nth(failures.saturating_sub(1) as usize).unwrap_or(self.max);
        Some(full.mul_f64(unit(seed ^ u64::from(failures))))
    }
}

/// A number in 0..1 from a seed, by SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
fn unit(seed: u64) -> f64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^= z >> 31;
    (z >> 11) as f64 / (1u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_stay_below_the_bound_and_repeat() {
        let retry = Retry::default();
        for seed in 0..100 {
            for n in 1..=4u32 {
                let wait = retry.wait(Class::Transient, n, Duration::ZERO, seed).unwrap();
                assert!(wait < Duration::from_secs(1 << (n - 1)), "{n}: {wait:?}");
                assert_eq!(Some(wait), retry.wait(Class::Transient, n, Duration::ZERO, seed));
            }
            assert_eq!(retry.wait(Class::Transient, 5, Duration::ZERO, seed), None);
        }
    }

    #[test]
    fn a_permanent_error_and_a_passed_deadline_end_it() {
        let retry = Retry { deadline: Some(Duration::from_secs(5)), ..Retry::default() };
        assert_eq!(retry.wait(Class::Permanent, 1, Duration::ZERO, 0), None);
        assert!(retry.wait(Class::Throttled, 1, Duration::from_secs(4), 0).is_some());
        assert_eq!(retry.wait(Class::Throttled, 1, Duration::from_secs(5), 0), None);
    }
}

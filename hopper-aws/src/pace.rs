//! [`Pace`]: when to look at something that takes its time.

use std::time::Duration;

/// When to look at something that takes its time.
///
/// At once, then when it may first be ready, then at intervals of 2 % of the time waited (5 %
/// while it would be early), at least a second, one of them falling on the usual time; and when it
/// is long overdue, ever more seldom until the deadline. So it is noticed soon, and no wait takes
/// more than thirty looks.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// When it may first be ready.
    pub earliest: Duration,
    /// When it usually is.
    pub typical: Duration,
    /// When to give up.
    pub deadline: Duration,
}

/// Looks at close intervals, before they grow.
const CLOSE: usize = 20;

impl Pace {
    /// The most looks a wait takes.
    #[cfg(test)]
    pub const MOST: usize = 30;

    /// A pace in seconds.
    pub const fn secs(earliest: u64, typical: u64, deadline: u64) -> Self {
        Self {
            earliest: Duration::from_secs(earliest),
            typical: Duration::from_secs(typical),
            deadline: Duration::from_secs(deadline),
        }
    }

    /// When to look, counted from now, for something that was begun `age` ago.
    pub(crate) fn looks(self, age: Duration) -> impl Iterator<Item = Duration> + Send {
        let age = age.min(self.typical);
        let mut next = Some(Duration::ZERO);
        let mut interval = Duration::ZERO;
        let mut n = 0;
        std::iter::from_fn(move || {
            let look = next?;
            n += 1;
            let elapsed = age + look;
            interval = match n {
                1 => self.earliest.saturating_sub(age).max(Duration::from_secs(1)),
                _ if CLOSE < n => interval.mul_f64(2.5),
                _ if elapsed < self.typical.mul_f64(0.9) => elapsed.mul_f64(0.05),
                _ => elapsed.mul_f64(0.02),
            }
            .max(Duration::from_secs(1));
            // One look falls on the usual time itself.
            let second = Duration::from_secs(1);
            if elapsed + second <= self.typical && self.typical < elapsed + interval + second {
                interval = self.typical - elapsed;
            }
            next = (look < self.deadline).then(|| (look + interval).min(self.deadline));
            Some(look)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAT: Pace = Pace::secs(85, 105, 900);

    fn slack(pace: Pace, ready: f64) -> f64 {
        let seen = pace.looks(Duration::ZERO).map(|l| l.as_secs_f64()).find(|l| ready <= *l);
        seen.unwrap() - ready
    }

    #[test]
    fn looks_at_once_then_when_it_may_be_ready_and_never_too_often() {
        let looks: Vec<_> = NAT.looks(Duration::ZERO).map(|l| l.as_secs()).collect();
        assert_eq!(looks[..3], [0, 85, 89]);
        assert_eq!(looks.last(), Some(&900));
        for pace in [NAT, Pace::secs(1, 1, 60), Pace::secs(5, 13, 600), Pace::secs(134, 180, 1800)]
        {
            for age in [0, 7, 100, 10_000] {
                let n = pace.looks(Duration::from_secs(age)).count();
                assert!(n <= Pace::MOST, "{pace:?} at {age}: {n}");
            }
        }
    }

    #[test]
    fn notices_within_a_few_per_cent() {
        for ready in [0.0, 85.0, 95.0, 105.0, 115.0, 125.0] {
            assert!(slack(NAT, ready) <= 0.05 * ready, "{ready}: {}", slack(NAT, ready));
        }
        for pace in [NAT, Pace::secs(5, 13, 600), Pace::secs(37, 60, 900), Pace::secs(1, 1, 60)] {
            assert_eq!(slack(pace, pace.typical.as_secs_f64()), 0.0, "{pace:?}");
        }
    }

    #[test]
    fn counts_the_time_that_has_passed() {
        let looks: Vec<_> = NAT.looks(Duration::from_secs(80)).map(|l| l.as_secs()).collect();
        assert_eq!(looks[..3], [0, 5, 9]);
        let late: Vec<_> = NAT.looks(Duration::from_secs(9000)).map(|l| l.as_secs()).collect();
        assert_eq!(late[..3], [0, 1, 3]);
    }
}

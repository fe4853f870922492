//! [`Visibility`]: how late a new thing is seen by calls that name it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Eventual consistency: how long after its creation a thing is answered with `NotFound`.
///
/// The EC2 guide says a call right after a create may not find what was made, and asks clients to
/// try again for up to five minutes. Here each thing gets one moment from which every call sees
/// it; a describe by id gives `NotFound` before, a describe by filter leaves it out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Visibility {
    /// Everything is seen at once.
    #[default]
    Off,
    /// Everything is seen after the same time.
    Fixed(Duration),
    /// Each thing is seen after its own time, drawn from the seed.
    Seeded {
        /// The longest time.
        max: Duration,
    },
}

impl Visibility {
    /// The delay for a thing, given a number drawn for it, or `None` for at once.
    pub(crate) fn delay(self, drawn: u64) -> Option<Duration> {
        match self {
            Self::Off => None,
            Self::Fixed(delay) => Some(delay),
            Self::Seeded { max } => {
                let max = u64::try_from(max.as_millis()).unwrap_or(u64::MAX);
                Some(Duration::from_millis(drawn % max.saturating_add(1).max(1)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawn_delay_stays_within_the_longest() {
        let max = Duration::from_millis(10);
        for drawn in 0..50 {
            let delay = Visibility::Seeded { max }.delay(drawn);
            assert!(delay.is_some_and(|delay| delay <= max));
        }
        assert_eq!(Visibility::Off.delay(3), None);
        assert_eq!(Visibility::Fixed(max).delay(3), Some(max));
    }
}

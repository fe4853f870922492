//! [`Time`]: a moment in the world, to the millisecond.

use std::fmt;
use std::ops::{Add, Sub};
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use serde::{Deserialize, Serialize};

/// A moment in the world's time. It never comes from the machine's clock.
///
/// It prints as AWS prints times, always with milliseconds: `2026-01-01T00:00:00.000Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Time {
    /// Milliseconds since 1970.
    millis: i64,
}

/// A text that is not a time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a time: write it like 2026-01-01T00:00:00.000Z")]
pub struct TimeError(String);

impl Time {
    /// The moment every fresh world begins: 2026-01-01T00:00:00Z.
    pub const START: Self = Self { millis: 1_767_225_600_000 };

    /// How long ago `earlier` is, zero if it is not in the past.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.millis - earlier.millis).unwrap_or(0))
    }

    /// Milliseconds since 1970.
    pub fn as_millis(self) -> i64 {
        self.millis
    }
}

impl Add<Duration> for Time {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        let more = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self { millis: self.millis.saturating_add(more) }
    }
}

impl Sub<Duration> for Time {
    type Output = Self;

    fn sub(self, duration: Duration) -> Self {
        let less = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self { millis: self.millis.saturating_sub(less) }
    }
}

impl From<Time> for SystemTime {
    fn from(time: Time) -> Self {
        let since_1970 = Duration::from_millis(u64::try_from(time.millis).unwrap_or(0));
        Self::UNIX_EPOCH + since_1970
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = DateTime::from_secs(self.millis.div_euclid(1000));
        let text = whole.fmt(Format::DateTime).map_err(|_| fmt::Error)?;
        let millis = self.millis.rem_euclid(1000);
        write!(f, "{}.{millis:03}Z", text.trim_end_matches('Z'))
    }
}

impl FromStr for Time {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        DateTime::from_str(text, Format::DateTime)
            .ok()
            .and_then(|time| time.to_millis().ok())
            .map(|millis| Self { millis })
            .ok_or_else(|| TimeError(text.to_owned()))
    }
}

impl From<Time> for String {
    fn from(time: Time) -> Self {
        time.to_string()
    }
}

impl TryFrom<String> for Time {
    type Error = TimeError;

    fn try_from(text: String) -> Result<Self, TimeError> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may")]
    use super::*;

    #[test]
    fn a_time_is_read_as_it_is_written() {
        assert_eq!(Time::START.to_string(), "2026-01-01T00:00:00.000Z");
        let later = Time::START + Duration::from_millis(61_007);
        assert_eq!(later.to_string(), "2026-01-01T00:01:01.007Z");
        assert_eq!(later.to_string().parse::<Time>().unwrap(), later);
        assert_eq!(later.since(Time::START), Duration::from_millis(61_007));
        assert_eq!(Time::START.since(later), Duration::ZERO);
        assert!("yesterday".parse::<Time>().is_err());
    }
}

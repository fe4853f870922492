//! [`Clock`]: what time it is for the journal.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};
use tokio::time::Instant;

/// What time it is for the journal's records and leases.
///
/// Durations and waits are tokio's, so that paused time works; this is only the calendar.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> SystemTime + Send + Sync>);

impl Clock {
    /// A clock of your own, e.g. a simulator's.
    pub fn new(now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// A clock that shows `start` now and goes with tokio's time: the same in every run on
    /// paused time.
    #[must_use]
    pub fn starting_at(start: SystemTime) -> Self {
        let began = Instant::now();
        Self::new(move || start + began.elapsed())
    }

    /// 2026-01-01T00:00:00Z now, then tokio's time: for tests.
    #[must_use]
    pub fn fixed() -> Self {
        Self::starting_at(SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600))
    }

    pub(crate) fn now(&self) -> SystemTime {
        (self.0)()
    }
}

impl Default for Clock {
    /// The system's clock.
    fn default() -> Self {
        Self::new(SystemTime::now)
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

//! [`Clock`]: the world's time, which follows tokio's.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use aws_smithy_async::time::TimeSource;
use tokio::runtime::Handle;
use tokio::time::Instant;

use crate::Time;

/// A clock that goes with tokio's, so many times as fast. Outside a runtime it stands still; in
/// one it goes from when it is first looked at there.
#[derive(Clone, Debug)]
pub(super) struct Clock {
    speed: u32,
    reading: Arc<Mutex<Reading>>,
}

#[derive(Debug)]
struct Reading {
    /// A moment of tokio's clock, and the world's time at that moment.
    anchor: Option<(Instant, Time)>,
    last: Time,
}

impl Clock {
    pub(super) fn new(start: Time, speed: u32) -> Self {
        let reading = Reading { anchor: None, last: start };
        let clock = Self { speed, reading: Arc::new(Mutex::new(reading)) };
        clock.now();
        clock
    }

    pub(super) fn now(&self) -> Time {
        let mut reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        if Handle::try_current().is_err() {
            return reading.last;
        }
        let instant = Instant::now();
        let elapsed = reading.anchor.and_then(|(anchor, time)| {
            let elapsed = instant.checked_duration_since(anchor)?;
            Some(time + elapsed.saturating_mul(self.speed))
        });
        match elapsed {
            // Another runtime has a clock of its own, which may be behind: start anew from it.
            None => reading.anchor = Some((instant, reading.last)),
            Some(time) => reading.last = reading.last.max(time),
        }
        reading.last
    }

    pub(super) fn advance(&self, duration: Duration) {
        let mut reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        reading.last = reading.last + duration;
        if let Some((_, time)) = &mut reading.anchor {
            *time = *time + duration;
        }
    }

    /// Sleeps for a duration of the world's time.
    pub(super) async fn sleep(&self, duration: Duration) {
        self.now();
        tokio::time::sleep(duration / self.speed).await;
    }
}

/// The clock as the SDK wants it: requests are signed, and waits end, by the world's time.
impl TimeSource for Clock {
    fn now(&self) -> SystemTime {
        Clock::now(self).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_follows_tokio_at_its_speed() {
        let clock = Clock::new(Time::START, 10);
        assert_eq!(clock.now(), Time::START);
        clock.sleep(Duration::from_secs(60)).await;
        assert_eq!(clock.now().since(Time::START), Duration::from_secs(60));
        tokio::time::sleep(Duration::from_secs(1)).await;
        clock.advance(Duration::from_secs(5));
        assert_eq!(clock.now().since(Time::START), Duration::from_secs(75));
    }

    #[test]
    fn it_stands_still_outside_a_runtime() {
        let clock = Clock::new(Time::START, 1);
        assert_eq!(clock.now(), clock.now());
        clock.advance(Duration::from_secs(1));
        assert_eq!(clock.now(), Time::START + Duration::from_secs(1));
    }
}

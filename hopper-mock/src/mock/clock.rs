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
    /// When it was looked at last, by tokio's clock.
    looked: Option<Instant>,
    last: Time,
}

impl Clock {
    pub(super) fn new(start: Time, speed: u32) -> Self {
        let reading = Reading { anchor: None, looked: None, last: start };
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
        match reading.anchor {
            Some((anchor, time)) if reading.looked <= Some(instant) => {
                let elapsed = instant.saturating_duration_since(anchor);
                reading.last = time + elapsed.saturating_mul(self.speed);
            }
            // Another runtime has a clock of its own, which may be behind: start anew from it.
            _ => reading.anchor = Some((instant, reading.last)),
        }
        reading.looked = Some(instant);
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

    /// A runtime on paused time runs ahead of the machine, and the next one begins behind it.
    #[test]
    fn it_goes_on_from_runtime_to_runtime() {
        let clock = Clock::new(Time::START, 1);
        for n in 1..=3 {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_time()
                .start_paused(true)
                .build()
                .unwrap();
            runtime.block_on(clock.sleep(Duration::from_secs(600)));
            runtime.block_on(async { clock.now() });
            assert_eq!(clock.now().since(Time::START), n * Duration::from_secs(600));
        }
    }

    #[test]
    fn it_stands_still_outside_a_runtime() {
        let clock = Clock::new(Time::START, 1);
        assert_eq!(clock.now(), clock.now());
        clock.advance(Duration::from_secs(1));
        assert_eq!(clock.now(), Time::START + Duration::from_secs(1));
    }
}

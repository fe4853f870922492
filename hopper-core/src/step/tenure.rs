//! [`Tenure`]: how sure an owner may be that the journal is still its own.

use crate::engine::Clock;
use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime},
};
use tokio::{sync::watch, time::Instant};

/// How sure an owner may be that the journal is still its own.
///
/// An append confirms it for half the lease, counted from before the append began. Two clocks
/// are asked: the monotonic one stands still while the machine is suspended, and the calendar
/// jumps. If either says that the half is over, an append has to confirm it once more.
pub(crate) struct Tenure {
    clock: Clock,
    /// For how long a confirmation is good; `None` for one who only reads, and owns nothing.
    sure: Option<Duration>,
    confirmed: Mutex<Moment>,
    lost: watch::Sender<bool>,
}

/// The same moment by both clocks.
#[derive(Clone, Copy)]
pub(crate) struct Moment(Instant, SystemTime);

impl Tenure {
    /// Of a lease that lasts this long, and is about to be taken.
    pub(crate) fn of(clock: Clock, lease: Duration) -> Self {
        Self::new(clock, Some(lease / 2))
    }

    /// Of one who only reads.
    pub(crate) fn of_reader(clock: Clock) -> Self {
        Self::new(clock, None)
    }

    fn new(clock: Clock, sure: Option<Duration>) -> Self {
        let confirmed = Mutex::new(Moment(Instant::now(), clock.now()));
        Self { clock, sure, confirmed, lost: watch::Sender::new(false) }
    }

    /// What time it is; to be taken before an append begins.
    pub(crate) fn now(&self) -> Moment {
        Moment(Instant::now(), self.clock.now())
    }

    /// An append that began then has succeeded.
    pub(crate) fn confirm(&self, began: Moment) {
        *self.confirmed.lock().unwrap_or_else(PoisonError::into_inner) = began;
    }

    /// An append was refused, because there is a successor.
    pub(crate) fn lose(&self) {
        self.lost.send_replace(true);
    }

    /// Whether there is a successor.
    pub(crate) fn is_lost(&self) -> bool {
        *self.lost.borrow()
    }

    /// Returns once there is a successor.
    pub(crate) async fn lost(&self) {
        // The sender lives as long as `self`, so waiting cannot fail.
        let _ = self.lost.subscribe().wait_for(|lost| *lost).await;
    }

    /// Whether something may be sent without another append.
    pub(crate) fn is_sure(&self) -> bool {
        let Some(sure) = self.sure else { return true };
        let Moment(instant, wall) = *self.confirmed.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.now();
        let jumped = now.1.duration_since(wall).unwrap_or_else(|back| back.duration());
        !self.is_lost() && now.0.duration_since(instant) < sure && jumped < sure
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, atomic::AtomicI64, atomic::Ordering};

    /// Seconds by which the calendar is off, and a tenure of 30 s that uses it.
    fn tenure() -> (Arc<AtomicI64>, Tenure) {
        let off = Arc::new(AtomicI64::new(0));
        let (began, offset) = (Instant::now(), off.clone());
        let clock = Clock::new(move || {
            let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1 << 30) + began.elapsed();
            let by = Duration::from_secs(offset.load(Ordering::SeqCst).unsigned_abs());
            if offset.load(Ordering::SeqCst) < 0 { now - by } else { now + by }
        });
        (off, Tenure::of(clock, Duration::from_secs(60)))
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_sure_for_half_a_lease() {
        let (_, tenure) = tenure();
        tokio::time::advance(Duration::from_millis(29_999)).await;
        assert!(tenure.is_sure());
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(!tenure.is_sure());
        tenure.confirm(tenure.now());
        assert!(tenure.is_sure());
        tenure.lose();
        assert!(!tenure.is_sure() && tenure.is_lost());
        tenure.confirm(tenure.now());
        assert!(!tenure.is_sure(), "what is lost stays lost");
    }

    /// The monotonic clock stood still, or somebody set the calendar.
    #[tokio::test(start_paused = true)]
    async fn a_jump_of_the_calendar_either_way_has_to_be_confirmed_once() {
        for jump in [30, 7_200, -30, -7_200] {
            let (off, tenure) = tenure();
            off.store(jump, Ordering::SeqCst);
            assert!(!tenure.is_sure(), "{jump}");
            tenure.confirm(tenure.now());
            assert!(tenure.is_sure(), "{jump}");
        }
        let (off, tenure) = tenure();
        off.store(29, Ordering::SeqCst);
        assert!(tenure.is_sure(), "small corrections are usual");
    }

    #[tokio::test(start_paused = true)]
    async fn one_who_only_reads_needs_no_lease() {
        let tenure = Tenure::of_reader(Clock::fixed());
        tokio::time::advance(Duration::from_secs(86_400)).await;
        assert!(tenure.is_sure());
    }
}

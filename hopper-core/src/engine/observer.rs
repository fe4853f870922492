//! [`Observer`]: who listens to events.

use super::{Event, recorder::Recorder};
use std::{fmt, sync::Arc, time::Duration};
use tokio::time::Instant;

/// Listens to what the engine tells. Called in line: it must not block.
///
/// Any `Fn(Duration, &Event)` is one.
pub trait Observer: Send + Sync {
    /// `at` is the time since the run, or the undo, began; tokio's, so virtual when paused.
    fn on_event(&self, at: Duration, event: &Event);
}

impl<F: Fn(Duration, &Event) + Send + Sync> Observer for F {
    fn on_event(&self, at: Duration, event: &Event) {
        self(at, event);
    }
}

/// All who listen to one run.
pub(crate) struct Observers {
    pub(crate) began: Instant,
    pub(crate) recorder: Recorder,
    pub(crate) others: Vec<Arc<dyn Observer>>,
}

impl Observers {
    pub(crate) fn emit(&self, event: impl FnOnce() -> Event) {
        let event = event();
        let at = self.began.elapsed();
        tracing::debug!(target: "hopper", at = at.as_secs_f64(), "{event}");
        self.recorder.on_event(at, &event);
        for o in &self.others {
            o.on_event(at, &event);
        }
    }
}

impl fmt::Debug for Observers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Observers({})", self.others.len())
    }
}

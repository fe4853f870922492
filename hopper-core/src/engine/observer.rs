//! [`Observer`]: who listens to events.

use super::{Event, recorder::Recorder};
use std::{
    any::Any,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// Listens to what the engine tells. Called in line: it must not block.
///
/// If it panics, the run goes on all the same, and the panic goes on when the run has ended.
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
    /// The first panic of one of them.
    pub(crate) panic: Mutex<Option<Box<dyn Any + Send>>>,
}

impl Observers {
    pub(crate) fn emit(&self, event: &Event) {
        let at = self.began.elapsed();
        tracing::debug!(target: "hopper", at = at.as_secs_f64(), "{event}");
        self.recorder.on_event(at, event);
        for o in &self.others {
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| o.on_event(at, event))) {
                self.panic.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(panic);
            }
        }
    }

    /// Lets the panic of one who listens go on, if there was one: nothing is in flight any more.
    pub(crate) fn let_panic_go_on(&self) {
        let panic = self.panic.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(panic) = panic {
            resume_unwind(panic);
        }
    }
}

impl fmt::Debug for Observers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Observers({})", self.others.len())
    }
}

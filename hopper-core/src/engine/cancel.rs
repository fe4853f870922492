//! [`Cancel`]: the wish that a run stop.

use std::sync::Arc;
use tokio::sync::watch;

/// The wish that a run stop; a cheap handle to give to a signal handler.
///
/// The first [`cancel`](Cancel::cancel) starts nothing more and lets calls in flight finish;
/// then what was made is undone or kept, as the engine was told.
/// The second stops at once: calls in flight are abandoned with unknown outcome, which the next
/// run or undo resolves.
#[derive(Clone, Debug)]
pub struct Cancel(Arc<watch::Sender<u8>>);

impl Default for Cancel {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }
}

impl Cancel {
    /// Asks once more; more than twice makes no difference.
    pub fn cancel(&self) {
        self.0.send_modify(|level| *level = (*level + 1).min(2));
    }

    /// How often it was asked: 0, 1 or 2.
    #[must_use]
    pub fn level(&self) -> u8 {
        *self.0.borrow()
    }

    /// Returns once it was asked this often.
    pub(crate) async fn requested(&self, level: u8) {
        // The sender lives as long as `self`, so waiting cannot fail.
        let _ = self.0.subscribe().wait_for(|now| level <= *now).await;
    }
}

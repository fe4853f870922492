//! [`Recorder`]: the events of a run, folded into what the report says about each step.

use super::Event;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// What is told of one step.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told {
    pub(crate) tries: u32,
    pub(crate) began: Duration,
    pub(crate) ended: Option<Duration>,
}

/// Listens to a run for its report.
#[derive(Debug, Default)]
pub(crate) struct Recorder(Mutex<HashMap<Arc<str>, Told>>);

impl Recorder {
    pub(crate) fn take(&self) -> HashMap<Arc<str>, Told> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn on_event(&self, at: Duration, event: &Event) {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Started { step, .. }
            | Event::Updating { step, .. }
            | Event::Undoing { step, .. } => {
                let told = told.entry(step.clone()).or_default();
                if told.tries == 0 || told.ended.is_some() {
                    *told = Told { began: at, ..Told::default() };
                }
                told.tries += 1;
            }
            Event::Done { step }
            | Event::Failed { step, .. }
            | Event::Undone { step }
            | Event::UndoFailed { step, .. } => {
                told.entry(step.clone()).or_default().ended = Some(at);
            }
            _ => (),
        }
    }
}

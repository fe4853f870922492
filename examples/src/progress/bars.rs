//! [`Bars`]: progress on a terminal.

use super::lines::line;
use hopper_core::{Event, Observer};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// A bar of what is done, and below it a line for each step that is being done.
///
/// The time shown is the run's: virtual when it runs on the simulator.
#[derive(Clone, Debug)]
pub struct Bars {
    multi: MultiProgress,
    total: ProgressBar,
    now: Arc<Mutex<BTreeMap<String, ProgressBar>>>,
    is_virtual: bool,
}

impl Bars {
    pub(super) fn new(is_virtual: bool) -> Self {
        let multi = MultiProgress::with_draw_target(ProgressDrawTarget::stdout());
        let total = ProgressBar::new(0).with_style(style("{bar:30} {pos}/{len} {msg}"));
        let total = multi.add(total);
        Self { multi, total, now: Arc::default(), is_virtual }
    }

    pub(super) fn finish(&self) {
        self.with_now(BTreeMap::clear);
        // A terminal that is gone needs no clearing.
        let _ = self.multi.clear();
    }

    fn with_now<T>(&self, f: impl FnOnce(&mut BTreeMap<String, ProgressBar>) -> T) -> T {
        f(&mut self.now.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn total(&self, steps: usize, done: usize) {
        self.total.set_length(u64::try_from(steps).unwrap_or(u64::MAX));
        self.total.set_position(u64::try_from(done).unwrap_or(u64::MAX));
    }

    fn begin(&self, step: &str, what: String) {
        let bar = ProgressBar::new_spinner().with_style(style("  {spinner} {prefix}  {wide_msg}"));
        let bar = self.multi.add(bar.with_prefix(step.to_owned()).with_message(what));
        if !self.is_virtual {
            bar.enable_steady_tick(Duration::from_millis(200));
        }
        bar.tick();
        self.with_now(|now| now.insert(step.to_owned(), bar));
    }

    fn end(&self, step: &str) {
        if let Some(bar) = self.with_now(|now| now.remove(step)) {
            bar.finish_and_clear();
            self.multi.remove(&bar);
        }
    }

    fn about(&self, step: &str, what: String) {
        self.with_now(|now| now.get(step).map(|bar| bar.set_message(what)));
    }

    /// A line that stays.
    fn tell(&self, at: Duration, event: &Event) {
        let _ = self.multi.println(line(at, event));
    }
}

impl Observer for Bars {
    fn on_event(&self, at: Duration, event: &Event) {
        match event {
            Event::Running { steps, done, .. } => {
                self.tell(at, event);
                self.total(*steps, *done);
            }
            Event::Unwinding { steps, .. } => {
                self.tell(at, event);
                self.total(*steps, 0);
            }
            Event::Started { step, kind, .. } => self.begin(step, kind.to_string()),
            Event::Undoing { step, kind } => self.begin(step, format!("undoing ({kind})")),
            Event::Progress { step, message } => self.about(step, message.clone()),
            Event::Done { step } | Event::Undone { step } => {
                self.end(step);
                self.total.inc(1);
            }
            Event::Retrying { step, error, .. } => {
                self.tell(at, event);
                self.about(step, error.to_string());
            }
            Event::Failed { step, .. } | Event::UndoFailed { step, .. } => {
                self.end(step);
                self.tell(at, event);
            }
            Event::Checked { drift, .. } if drift.is_empty() => (),
            _ => self.tell(at, event),
        }
        let running = self.with_now(|now| now.len());
        let done = self.total.position();
        let left = self.total.length().unwrap_or_default().saturating_sub(done);
        let clock = if self.is_virtual { "virtual time" } else { "so far" };
        let at = at.as_secs_f64();
        self.total.set_message(format!(
            "done, {running} running, {} waiting, {at:.1} s {clock}",
            left.saturating_sub(u64::try_from(running).unwrap_or(u64::MAX)),
        ));
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

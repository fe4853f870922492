//! [`Shelf`] and [`Make`]: a step and an environment without any cloud.

use crate::{Cx, Drift, Found, Input, Made, Step, StepError};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// A place where [`Make`] puts things; a cheap handle.
#[derive(Clone, Debug, Default)]
pub struct Shelf(Arc<Mutex<Things>>);

#[derive(Debug, Default)]
struct Things {
    next: u32,
    /// By token: what stands there.
    things: BTreeMap<String, String>,
    log: Vec<String>,
}

impl Shelf {
    /// Whether nothing stands there.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lock().things.is_empty()
    }

    /// What stands there.
    #[must_use]
    pub fn things(&self) -> Vec<String> {
        self.lock().things.values().cloned().collect()
    }

    /// What was done, in order: `+thing` and `-thing`.
    #[must_use]
    pub fn log(&self) -> Vec<String> {
        self.lock().log.clone()
    }

    /// Changes a thing behind everyone's back.
    pub fn replace(&self, thing: &str, with: &str) {
        for t in self.lock().things.values_mut().filter(|t| *t == thing) {
            with.clone_into(t);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Things> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Puts a thing on the [`Shelf`], and gives its name and number back: `bread#2`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Make {
    /// What it is.
    pub thing: Input<String>,
    /// How long it takes, in milliseconds.
    pub millis: u64,
}

impl Make {
    /// A thing that is made at once.
    pub fn new(thing: impl Into<Input<String>>) -> Self {
        Self { thing: thing.into(), millis: 0 }
    }

    /// Takes a while.
    #[must_use]
    pub fn taking(mut self, time: Duration) -> Self {
        self.millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        self
    }
}

impl Step for Make {
    const KIND: &'static str = "testing.make";
    type Env = Shelf;
    type Output = String;

    async fn run(&self, shelf: &Shelf, cx: &Cx) -> Result<String, StepError> {
        if self.millis != 0 {
            tokio::time::sleep(Duration::from_millis(self.millis)).await;
        }
        let mut s = shelf.lock();
        if let Some(thing) = s.things.get(cx.token()) {
            return Ok(thing.clone());
        }
        s.next += 1;
        let thing = format!("{}#{}", cx.get(&self.thing), s.next);
        s.things.insert(cx.token().to_owned(), thing.clone());
        s.log.push(format!("+{thing}"));
        Ok(thing)
    }

    async fn find(&self, shelf: &Shelf, cx: &Cx) -> Result<Found<String>, StepError> {
        Ok(match shelf.lock().things.get(cx.token()) {
            Some(thing) => Found::Present(thing.clone()),
            None => Found::Absent,
        })
    }

    async fn undo(&self, shelf: &Shelf, cx: &Cx, _: Made<'_, String>) -> Result<(), StepError> {
        if self.millis != 0 {
            tokio::time::sleep(Duration::from_millis(self.millis)).await;
        }
        let mut s = shelf.lock();
        if let Some(thing) = s.things.remove(cx.token()) {
            s.log.push(format!("-{thing}"));
        }
        Ok(())
    }

    async fn check(&self, shelf: &Shelf, cx: &Cx, made: &String) -> Result<Vec<Drift>, StepError> {
        Ok(match shelf.lock().things.get(cx.token()) {
            None => vec![Drift::gone(made)],
            Some(thing) if thing != made => vec![Drift::field("thing", made, thing)],
            Some(_) => Vec::new(),
        })
    }
}

//! A step that does as a script says.

use hopper_core::{Found, Made, prelude::*};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};

/// What one try does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Act {
    /// It works.
    Work,
    /// Refused for now.
    Refuse,
    /// Refused for good.
    Deny,
    /// It works, and the reply is lost.
    Lose,
    /// The connection breaks before anything happens.
    Drop,
    /// Half of it is made.
    Half,
    /// It panics after having worked.
    Panic,
    /// One call that takes this long, whatever anybody wants.
    Slow(Duration),
    /// A wait without end, which ends when asked to.
    Wait,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Script(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    acts: VecDeque<Act>,
    /// By token, and whether whole.
    made: BTreeMap<String, bool>,
    log: Vec<String>,
    failing_undos: u32,
}

impl Script {
    pub(crate) fn new(acts: impl IntoIterator<Item = Act>) -> Self {
        let inner = Inner { acts: acts.into_iter().collect(), ..Inner::default() };
        Self(Arc::new(Mutex::new(inner)))
    }
    pub(crate) fn log(&self) -> Vec<String> {
        self.0.lock().unwrap().log.clone()
    }
    pub(crate) fn made(&self) -> usize {
        self.0.lock().unwrap().made.len()
    }
    pub(crate) fn fail_undo(&self, n: u32) {
        self.0.lock().unwrap().failing_undos = n;
    }
    pub(crate) fn say(&self, what: String) {
        self.0.lock().unwrap().log.push(what);
    }

    fn make(&self, cx: &Cx, whole: bool) {
        self.0.lock().unwrap().made.insert(cx.token().to_owned(), whole);
    }

    pub(crate) async fn act(&self, cx: &Cx) -> Result<String, StepError> {
        self.say(format!("run {}", cx.generation()));
        let act = self.0.lock().unwrap().acts.pop_front().unwrap_or(Act::Work);
        let made = Ok(format!("made {}", cx.generation()));
        match act {
            Act::Work => {
                self.make(cx, true);
                made
            }
            Act::Refuse => Err(StepError::transient("not now").with_code("NotNow").refused()),
            Act::Deny => Err(StepError::permanent("never").with_code("Never").refused()),
            Act::Lose => {
                self.make(cx, true);
                Err(StepError::transient("connection reset"))
            }
            Act::Drop => Err(StepError::transient("connection refused")),
            Act::Half => {
                self.make(cx, false);
                Err(StepError::transient("broke off"))
            }
            Act::Panic => {
                self.make(cx, true);
                panic!("on purpose")
            }
            Act::Slow(time) => {
                tokio::time::sleep(time).await;
                self.make(cx, true);
                made
            }
            Act::Wait => {
                self.make(cx, false);
                loop {
                    cx.sleep(Duration::from_secs(1)).await?;
                }
            }
        }
    }
}

/// Does as the script says.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Flaky {}

impl Step for Flaky {
    const KIND: &'static str = "test.flaky";
    const ATOMIC: bool = true;
    type Env = Script;
    type Output = String;

    async fn run(&self, script: &Script, cx: &Cx) -> Result<String, StepError> {
        script.act(cx).await
    }

    async fn find(&self, script: &Script, cx: &Cx) -> Result<Found<String>, StepError> {
        script.say(format!("find {}", cx.generation()));
        Ok(match script.0.lock().unwrap().made.get(cx.token()) {
            None => Found::Absent,
            Some(true) => Found::Present(format!("made {}", cx.generation())),
            Some(false) => Found::Partly,
        })
    }

    async fn undo(&self, script: &Script, cx: &Cx, _: Made<'_, String>) -> Result<(), StepError> {
        script.say(format!("undo {}", cx.generation()));
        let mut inner = script.0.lock().unwrap();
        if 0 < inner.failing_undos {
            inner.failing_undos -= 1;
            return Err(StepError::permanent("has dependants").with_code("DependencyViolation"));
        }
        inner.made.remove(cx.token());
        Ok(())
    }
}

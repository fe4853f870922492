//! A world with tricks, and steps that fall for them.

use hopper_core::{Cancel, Secret, prelude::*};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
};

/// What goes wrong next.
#[derive(Clone, Debug)]
pub(crate) enum Trick {
    /// Acts, and then never answers.
    Hang,
    /// Acts in part, and fails for good.
    Half,
    /// Cancels twice, acts, and answers.
    CancelTwice(Cancel),
    /// Undoes in part, and fails for good.
    HalfUndo,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct World(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    /// What stands there, by token.
    things: BTreeMap<String, String>,
    /// What goes wrong next, by step.
    tricks: BTreeMap<String, VecDeque<Trick>>,
    runs: usize,
}

impl World {
    pub(crate) fn with(tricks: impl IntoIterator<Item = (&'static str, Trick)>) -> Self {
        let world = Self::default();
        tricks.into_iter().for_each(|(step, trick)| world.trick(step, trick));
        world
    }
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap()
    }
    pub(crate) fn trick(&self, step: &str, trick: Trick) {
        self.lock().tricks.entry(step.to_owned()).or_default().push_back(trick);
    }
    pub(crate) fn things(&self) -> Vec<String> {
        self.lock().things.values().cloned().collect()
    }
    pub(crate) fn runs(&self) -> usize {
        self.lock().runs
    }
    /// The same world, apart from this one from now on.
    pub(crate) fn fork(&self) -> Self {
        let inner = self.lock();
        let (things, tricks, runs) = (inner.things.clone(), inner.tricks.clone(), inner.runs);
        Self(Arc::new(Mutex::new(Inner { things, tricks, runs })))
    }
    /// Takes a thing away behind everyone's back.
    pub(crate) fn remove(&self, thing: &str) {
        self.lock().things.retain(|_, t| t != thing);
    }
    /// Plays no more tricks.
    pub(crate) fn behave(&self) {
        self.lock().tricks.clear();
    }
    fn next(&self, cx: &Cx, undo: bool) -> Option<Trick> {
        let mut inner = self.lock();
        let tricks = inner.tricks.get_mut(cx.name())?;
        let due = matches!(tricks.front()?, Trick::HalfUndo) == undo;
        if due { tricks.pop_front() } else { None }
    }
    fn make(&self, cx: &Cx, thing: String) {
        let mut inner = self.lock();
        inner.runs += 1;
        inner.things.insert(cx.token().to_owned(), thing);
    }

    async fn run(&self, cx: &Cx, thing: String) -> Result<(), StepError> {
        let trick = self.next(cx, false);
        if let Some(Trick::CancelTwice(cancel)) = &trick {
            cancel.cancel();
            cancel.cancel();
        }
        let half = matches!(trick, Some(Trick::Half));
        self.make(cx, if half { format!("half a {thing}") } else { thing });
        match trick {
            Some(Trick::Hang) => std::future::pending().await,
            Some(Trick::Half) => Err(StepError::permanent("failed on purpose")),
            _ => Ok(()),
        }
    }
    fn undo(&self, cx: &Cx) -> Result<(), StepError> {
        let trick = self.next(cx, true);
        let mut inner = self.lock();
        if trick.is_some() {
            inner.things.insert(cx.token().to_owned(), "half undone".to_owned());
            return Err(StepError::permanent("undone in part"));
        }
        inner.things.remove(cx.token());
        Ok(())
    }
}

/// Makes a thing. The one that can `STOP` cannot be looked for, nor taken back without its output.
#[derive(Serialize, Deserialize)]
pub(crate) struct Thing<const STOP: bool> {
    what: Input<String>,
}

impl<const STOP: bool> Step for Thing<STOP> {
    const KIND: &'static str = if STOP { "attack.stop" } else { "attack.thing" };
    const ON_UNKNOWN: OnUnknown = if STOP { OnUnknown::Stop } else { OnUnknown::Find };
    type Env = World;
    type Output = String;
    async fn run(&self, world: &World, cx: &Cx) -> Result<String, StepError> {
        world.run(cx, cx.get(&self.what).clone()).await?;
        Ok(format!("{}.{}", cx.get(&self.what), cx.generation()))
    }
    /// It is shallow: it cannot tell what was undone in part from the whole.
    async fn find(&self, world: &World, cx: &Cx) -> Result<Found<String>, StepError> {
        Ok(match world.lock().things.get(cx.token()) {
            Some(thing) if thing.starts_with("half a ") => Found::Partly,
            Some(_) => Found::Present(format!("{}.{}", cx.get(&self.what), cx.generation())),
            None => Found::Absent,
        })
    }
    async fn undo(&self, w: &World, cx: &Cx, made: Made<'_, String>) -> Result<(), StepError> {
        if STOP && made.done().is_none() {
            return Ok(());
        }
        w.undo(cx)
    }
}

pub(crate) fn thing(what: impl Into<Input<String>>) -> Thing<false> {
    Thing { what: what.into() }
}

pub(crate) fn stop(what: &str) -> Thing<true> {
    Thing { what: what.into() }
}

/// Makes a key, another one every time.
#[derive(Serialize, Deserialize)]
pub(crate) struct Key {}

impl Step for Key {
    const KIND: &'static str = "attack.key";
    type Env = World;
    type Output = Secret<String>;
    async fn run(&self, world: &World, cx: &Cx) -> Result<Secret<String>, StepError> {
        let key = format!("key {}", world.runs());
        world.run(cx, key.clone()).await?;
        Ok(key.into())
    }
    async fn find(&self, w: &World, cx: &Cx) -> Result<Found<Secret<String>>, StepError> {
        let made = w.lock().things.contains_key(cx.token());
        Ok(if made { Found::Partly } else { Found::Absent })
    }
    async fn undo(
        &self,
        world: &World,
        cx: &Cx,
        _: Made<'_, Secret<String>>,
    ) -> Result<(), StepError> {
        world.undo(cx)
    }
}

/// Makes a lock that the key opens.
#[derive(Serialize, Deserialize)]
pub(crate) struct Lock {
    pub(crate) key: Input<Secret<String>>,
}

impl Step for Lock {
    const KIND: &'static str = "attack.lock";
    type Env = World;
    type Output = ();
    async fn run(&self, world: &World, cx: &Cx) -> Result<(), StepError> {
        let key = cx.get(&self.key).expose()?.clone();
        world.run(cx, format!("lock of {key}")).await
    }
    async fn find(&self, world: &World, cx: &Cx) -> Result<Found<()>, StepError> {
        let made = world.lock().things.contains_key(cx.token());
        Ok(if made { Found::Present(()) } else { Found::Absent })
    }
    async fn undo(&self, world: &World, cx: &Cx, _: Made<'_, ()>) -> Result<(), StepError> {
        world.undo(cx)
    }
}

/// Makes a thing, and runs a step inside whose inputs cannot be read.
#[derive(Serialize, Deserialize)]
pub(crate) struct Outer {}

impl Step for Outer {
    const KIND: &'static str = "attack.outer";
    type Env = World;
    type Output = ();
    async fn run(&self, world: &World, cx: &Cx) -> Result<(), StepError> {
        world.run(cx, "outer".to_owned()).await?;
        cx.step("inner", Unreadable { value: 1 }).await
    }
    async fn find(&self, world: &World, cx: &Cx) -> Result<Found<()>, StepError> {
        let made = world.lock().things.contains_key(cx.token());
        Ok(if made { Found::Partly } else { Found::Absent })
    }
    async fn undo(&self, world: &World, cx: &Cx, _: Made<'_, ()>) -> Result<(), StepError> {
        world.undo(cx)
    }
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Unreadable {
    #[serde(deserialize_with = "refuse")]
    value: u8,
}

fn refuse<'de, D: serde::Deserializer<'de>>(_: D) -> Result<u8, D::Error> {
    Err(serde::de::Error::custom("not like this"))
}

impl Lookup for Unreadable {
    const KIND: &'static str = "attack.unreadable";
    type Env = World;
    type Output = ();
    async fn look_up(&self, _: &World, _: &Cx) -> Result<(), StepError> {
        Ok(())
    }
}

/// Makes a tool, notes it, and has several things made inside, one of them once the others are.
#[derive(Serialize, Deserialize)]
pub(crate) struct Crew {
    pub(crate) size: usize,
}

impl Step for Crew {
    const KIND: &'static str = "attack.crew";
    type Env = World;
    type Output = Vec<String>;
    async fn run(&self, world: &World, cx: &Cx) -> Result<Vec<String>, StepError> {
        if cx.noted::<String>("tool").is_none() {
            world.run(cx, "tool".to_owned()).await?;
            cx.note("tool", "made").await?;
        }
        let parts = (0..self.size).map(|i| cx.step(i, thing(format!("part {i}"))));
        let mut made = futures_util::future::try_join_all(parts).await?;
        cx.note("parts", &made).await?;
        made.push(cx.step("whole", thing(made.concat())).await?);
        Ok(made)
    }
    async fn find(&self, world: &World, cx: &Cx) -> Result<Found<Vec<String>>, StepError> {
        let made = world.lock().things.contains_key(cx.token());
        Ok(if made { Found::Underway } else { Found::Absent })
    }
    async fn undo(
        &self,
        world: &World,
        cx: &Cx,
        _: Made<'_, Vec<String>>,
    ) -> Result<(), StepError> {
        world.undo(cx)
    }
}

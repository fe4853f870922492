//! A yard: things with tags, a size and a note that can be changed in place, each by a call of its
//! own; and a name that cannot.

#![allow(unreachable_pub, reason = "each test uses a part of it")]

use hopper_core::{Plan, outputs, prelude::*};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

#[derive(Clone, Debug, Default)]
pub struct Yard(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// By token.
    things: BTreeMap<String, Kept>,
    stuck: BTreeSet<String>,
    log: Vec<String>,
}

#[derive(Debug, Default)]
struct Kept {
    id: String,
    of: String,
    note: String,
    size: u8,
    tags: BTreeMap<String, String>,
}

impl Yard {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
    pub fn is_empty(&self) -> bool {
        self.lock().things.is_empty()
    }
    pub fn things(&self) -> Vec<String> {
        self.lock().things.values().map(|m| m.id.clone()).collect()
    }
    pub fn log(&self) -> Vec<String> {
        self.lock().log.clone()
    }
    pub fn forget_log(&self) {
        self.lock().log.clear();
    }
    /// The step of this name fails from now on, in the middle of what it does.
    pub fn stick(&self, step: &str) {
        self.lock().stuck.insert(step.to_owned());
    }
    pub fn unstick(&self) {
        self.lock().stuck.clear();
    }
    pub fn tags(&self, name: &str) -> Vec<String> {
        let state = self.lock();
        let made = state.things.values().find(|m| m.id.split('#').next() == Some(name)).unwrap();
        made.tags.iter().map(|(k, v)| format!("{k}={v}")).collect()
    }
    /// Without generations.
    pub fn picture(&self) -> String {
        let state = self.lock();
        let mut lines: Vec<String> = state
            .things
            .values()
            .map(|Kept { id, of, note, size, tags }| format!("{id} {of} {note} {size} {tags:?}"))
            .map(|mut line| {
                while let Some(at) = line.find('#') {
                    line.replace_range(at..at + 2, "");
                }
                line
            })
            .collect();
        lines.sort();
        lines.join("\n")
    }
    fn check(&self, cx: &Cx) -> Result<(), StepError> {
        match self.lock().stuck.contains(cx.name()) {
            true => Err(StepError::permanent("stuck")),
            false => Ok(()),
        }
    }
    /// A call that changes a thing, and takes a while.
    async fn change(&self, cx: &Cx, what: &str, change: impl FnOnce(&mut Kept)) {
        tokio::time::sleep(Duration::from_millis(10)).await;
        let mut state = self.lock();
        let made = state.things.get_mut(cx.token()).unwrap();
        change(made);
        let line = format!("{} {what}", made.id);
        state.log.push(line);
    }
}

outputs! {
    pub struct Out -> OutRefs {
        id: String,
        label: String,
    }
}

#[derive(Serialize, Deserialize)]
pub struct Thing {
    name: Input<String>,
    of: Input<String>,
    note: Input<String>,
    #[serde(default)]
    size: u8,
    tags: BTreeMap<String, String>,
}

impl Thing {
    pub fn new(name: impl Into<Input<String>>) -> Self {
        let empty = || Input::from("");
        Self { name: name.into(), of: empty(), note: empty(), size: 0, tags: [].into() }
    }
    pub fn of(mut self, of: &Input<String>) -> Self {
        self.of = of.clone();
        self
    }
    pub fn note(mut self, note: &Input<String>) -> Self {
        self.note = note.clone();
        self
    }
    pub fn size(mut self, size: u8) -> Self {
        self.size = size;
        self
    }
    pub fn tag(mut self, key: &str, value: &str) -> Self {
        self.tags.insert(key.to_owned(), value.to_owned());
        self
    }
    fn out(&self, cx: &Cx) -> Out {
        let label: Vec<String> = self.tags.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let id = format!("{}#{}", cx.get(&self.name), cx.generation());
        Out { id, label: label.join(" ") }
    }
}

impl Step for Thing {
    const KIND: &'static str = "test.thing";
    const UPDATES: &'static [&'static str] = &["note", "size", "tags"];
    type Env = Yard;
    type Output = Out;

    async fn run(&self, yard: &Yard, cx: &Cx) -> Result<Out, StepError> {
        tokio::time::sleep(Duration::from_millis(10)).await;
        yard.check(cx)?;
        let out = self.out(cx);
        let made = Kept {
            id: out.id.clone(),
            of: cx.get(&self.of).clone(),
            note: cx.get(&self.note).clone(),
            size: self.size,
            tags: self.tags.clone(),
        };
        let mut state = yard.lock();
        if state.things.insert(cx.token().to_owned(), made).is_none() {
            state.log.push(format!("+{}", out.id));
        }
        Ok(out)
    }

    async fn find(&self, yard: &Yard, cx: &Cx) -> Result<Found<Out>, StepError> {
        Ok(match yard.lock().things.contains_key(cx.token()) {
            true => Found::Present(self.out(cx)),
            false => Found::Absent,
        })
    }

    async fn update(
        &self,
        yard: &Yard,
        cx: &Cx,
        was: &Self,
        output: &Out,
    ) -> Result<Out, StepError> {
        let (mut size, mut note, mut tags) = (0, String::new(), BTreeMap::new());
        if let Some(made) = yard.lock().things.get(cx.token()) {
            (size, note, tags) = (made.size, made.note.clone(), made.tags.clone());
        }
        if size != self.size {
            yard.change(cx, &format!("size {}", self.size), |m| m.size = self.size).await;
        }
        let wanted = cx.get(&self.note);
        if note != *wanted {
            yard.change(cx, &format!("note {wanted}"), |m| m.note.clone_from(wanted)).await;
        }
        for (key, value) in &self.tags {
            if tags.get(key) != Some(value) {
                let put = |m: &mut Kept| _ = m.tags.insert(key.clone(), value.clone());
                yard.change(cx, &format!("tag {key}={value}"), put).await;
            }
        }
        cx.note("updating", &1).await?;
        yard.check(cx)?;
        for key in was.tags.keys().filter(|key| !self.tags.contains_key(*key)) {
            if tags.contains_key(key) {
                yard.change(cx, &format!("untag {key}"), |m| _ = m.tags.remove(key)).await;
            }
        }
        Ok(Out { label: self.out(cx).label, ..output.clone() })
    }

    async fn undo(&self, yard: &Yard, cx: &Cx, _: Made<'_, Out>) -> Result<(), StepError> {
        tokio::time::sleep(Duration::from_millis(10)).await;
        let mut state = yard.lock();
        if let Some(made) = state.things.get_mut(cx.token()) {
            // What is strict goes only once all its tags are gone, and knows only its own.
            made.tags.retain(|key, _| !self.tags.contains_key(key));
            if made.id.starts_with("strict") && !made.tags.is_empty() {
                return Err(StepError::permanent("still tagged"));
            }
            let line = format!("-{}", made.id);
            state.log.push(line);
            state.things.remove(cx.token());
        }
        Ok(())
    }
}

/// Takes nothing away that it does not want any more.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub struct Careless(pub Thing);

impl Step for Careless {
    const KIND: &'static str = "test.careless";
    const UPDATES: &'static [&'static str] = Thing::UPDATES;
    type Env = Yard;
    type Output = Out;
    async fn run(&self, yard: &Yard, cx: &Cx) -> Result<Out, StepError> {
        self.0.run(yard, cx).await
    }
    async fn find(&self, yard: &Yard, cx: &Cx) -> Result<Found<Out>, StepError> {
        self.0.find(yard, cx).await
    }
    async fn update(&self, yard: &Yard, cx: &Cx, _: &Self, output: &Out) -> Result<Out, StepError> {
        self.0.update(yard, cx, &self.0, output).await
    }
    async fn undo(&self, yard: &Yard, cx: &Cx, made: Made<'_, Out>) -> Result<(), StepError> {
        self.0.undo(yard, cx, made).await
    }
}

/// Cannot be changed.
#[derive(Serialize, Deserialize)]
pub struct Part {
    pub name: String,
}

impl Step for Part {
    const KIND: &'static str = "test.part";
    type Env = Yard;
    type Output = ();
    async fn run(&self, yard: &Yard, cx: &Cx) -> Result<(), StepError> {
        let mut state = yard.lock();
        let made = Kept { id: self.name.clone(), ..Kept::default() };
        state.things.insert(cx.token().to_owned(), made);
        state.log.push(format!("+{}", self.name));
        Ok(())
    }
    async fn find(&self, yard: &Yard, cx: &Cx) -> Result<Found<()>, StepError> {
        Ok(match yard.lock().things.contains_key(cx.token()) {
            true => Found::Present(()),
            false => Found::Absent,
        })
    }
    async fn undo(&self, yard: &Yard, cx: &Cx, _: Made<'_, ()>) -> Result<(), StepError> {
        yard.check(cx)?;
        let mut state = yard.lock();
        state.things.remove(cx.token());
        state.log.push(format!("-{}", self.name));
        Ok(())
    }
}

/// Only reads.
#[derive(Serialize, Deserialize)]
pub struct Look {
    pub name: String,
}

impl Lookup for Look {
    const KIND: &'static str = "test.look";
    type Env = Yard;
    type Output = String;
    async fn look_up(&self, _: &Yard, _: &Cx) -> Result<String, StepError> {
        Ok(self.name.clone())
    }
}

/// A plan of these.
pub fn plan(recipe: impl FnOnce(&Workflow)) -> Plan {
    let w = Workflow::new("yard");
    recipe(&w);
    w.plan().unwrap()
}

//! [`Node`]: a step in a plan.

use crate::{
    Draft, Ledger, Retry, Step,
    dsl::{Piece, draft, for_display},
    journal::Data,
    step::ErasedStep,
};
use std::{fmt, panic::Location, sync::Arc, time::Duration};

/// How a step is treated.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    pub(crate) retry: Option<Retry>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) class: Option<Arc<str>>,
}

/// A step in a plan. Other steps are named by their index, in order and each once.
#[derive(Clone)]
pub struct Node {
    pub(crate) name: Arc<str>,
    pub(crate) step: &'static dyn ErasedStep,
    pub(crate) at: &'static Location<'static>,
    /// Its fields, as JSON text with holes.
    pub(crate) pieces: Arc<[Piece]>,
    /// The steps whose output it uses.
    pub(crate) data: Box<[usize]>,
    /// The steps it runs after, and is undone before.
    pub(crate) after: Box<[usize]>,
    /// The steps it runs after, without an undo edge.
    pub(crate) once: Box<[usize]>,
    /// The steps before which it is undone, without a run edge.
    pub(crate) undo_before: Box<[usize]>,
    /// Of those it uses or runs after, the steps that may be undone before it.
    pub(crate) outlives: Box<[usize]>,
    pub(crate) settings: Settings,
}

impl Node {
    /// The full name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The kind of step.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        self.step.kind()
    }

    /// Where the recipe says it.
    #[must_use]
    pub fn at(&self) -> &'static Location<'static> {
        self.at
    }

    /// Whether it only reads.
    #[must_use]
    pub fn reads(&self) -> bool {
        self.step.reads()
    }

    /// Its fields as JSON text, with `${step.field}` where a value is not known yet and
    /// `<secret>` where it is nobody's business. A literal `${` is shown as `$${`.
    #[must_use]
    pub fn inputs(&self) -> String {
        let escape = |literal: &str| literal.replace("${", "$${");
        let text = self.pieces.iter().fold(String::new(), |text, piece| match piece {
            Piece::Json(json) => text + &escape(json),
            Piece::Hole(hole) => text + &json_string(&hole.shown(escape)),
        });
        for_display(&text).into_owned()
    }

    /// The step as it is planned, and what reads its inputs as far as they are known: written in
    /// the recipe, or given by steps that the ledger says are done.
    ///
    /// # Errors
    ///
    /// When it is a step of another kind, or cannot be decoded.
    pub fn draft<S: Step>(&self, ledger: &Ledger) -> Result<(S, Draft), String> {
        if S::KIND != self.kind() {
            return Err(format!("{} is {}, not {}", self.name, self.kind(), S::KIND));
        }
        draft(&self.pieces, |step| ledger.get(step)?.output.clone())
    }

    /// The steps it runs after, by index.
    pub(crate) fn run_edges(&self) -> Vec<usize> {
        union(&[&self.data, &self.after, &self.once])
    }

    /// The steps undone after it because it rests on them, by index.
    pub(crate) fn rests_on(&self) -> Vec<usize> {
        let mut needs = union(&[&self.data, &self.after]);
        needs.retain(|i| !self.outlives.contains(i));
        needs
    }

    /// The steps that it needs to run and to stand, or only to run, by index.
    pub(crate) fn uses(&self) -> Vec<usize> {
        union(&[&self.data, &self.after])
    }

    /// The steps it runs after, though it uses nothing of theirs, by index.
    pub(crate) fn order_edges(&self) -> Vec<usize> {
        union(&[&self.after, &self.once])
    }

    /// Fills the holes from the outputs of the steps that are done.
    pub(crate) fn resolve(&self, ledger: &Ledger) -> Result<Data, String> {
        if let [Piece::Json(text)] = &*self.pieces {
            return Ok(Data::from_text(&**text));
        }
        let output = |step: &str| ledger.get(step)?.output.clone();
        let mut text = String::new();
        for piece in &*self.pieces {
            match piece {
                Piece::Json(json) => text.push_str(json),
                Piece::Hole(hole) => text.push_str(&hole.fill(&output)?),
            }
        }
        Ok(Data::from_text(text))
    }
}

fn union(sets: &[&[usize]]) -> Vec<usize> {
    let mut union = sets.concat();
    union.sort_unstable();
    union.dedup();
    union
}

fn json_string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}, {})", self.name, self.kind(), self.at)
    }
}

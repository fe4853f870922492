//! A step's fields as JSON text with holes.
//!
//! An [`Input`](crate::Input) that refers to a step leaves a placeholder in the text and the
//! reference in a list beside it, but only while [`encode`] is at work; any other serializer
//! (insta's, a plain `serde_json::to_string`) sees a readable `${net/vpc.id}`.
//! The placeholder holds a NUL and a number that no literal can know, and every one must be
//! found again: no literal, whatever it holds, can be taken for a reference, and no reference
//! can be lost. The keys that mark [secrets](crate::Secret) go the same way.

use super::{
    hole::Hole,
    reference::StepRef,
    veil::{RESERVED, SECRET},
};
use serde::{Serialize, Serializer};
use std::{
    cell::RefCell,
    hash::{BuildHasher as _, Hasher as _, RandomState},
    mem,
};

/// JSON text with holes, and the steps that gate it.
#[derive(Debug, Default)]
pub(crate) struct Encoded {
    pub(crate) pieces: Vec<Piece>,
    pub(crate) once: Vec<StepRef>,
}

/// A piece of JSON text.
#[derive(Clone, Debug)]
pub(crate) enum Piece {
    Json(Box<str>),
    /// In a box, so that a plan of many steps stays small.
    Hole(Box<Hole>),
}

/// What a placeholder stands for.
enum Mark {
    Hole(Hole),
    /// The key before a secret.
    Secret,
}

struct Collector {
    nonce: u64,
    marks: Vec<Mark>,
    once: Vec<StepRef>,
}

thread_local! {
    static COLLECTOR: RefCell<Option<Collector>> = const { RefCell::new(None) };
}

/// The collector of an encoding around this one, put back even when a `Serialize` panics.
struct Outer(Option<Collector>);

impl Drop for Outer {
    fn drop(&mut self) {
        COLLECTOR.set(self.0.take());
    }
}

/// Notes that what is being encoded waits for these steps as well.
pub(super) fn gate(once: &[StepRef]) {
    COLLECTOR.with_borrow_mut(|c| {
        if let Some(c) = c {
            c.once.extend_from_slice(once);
        }
    });
}

/// Serializes a hole: a placeholder for [`encode`], readable text for anybody else.
pub(super) fn hole<S: Serializer>(hole: &Hole, s: S) -> Result<S::Ok, S::Error> {
    match placeholder(|| Mark::Hole(hole.clone())) {
        Some(placeholder) => s.serialize_str(&placeholder),
        None => s.collect_str(hole),
    }
}

/// The key that marks a secret for [`encode`]; `None` for anybody else, who must not see it.
pub(super) fn secret_key() -> Option<String> {
    placeholder(|| Mark::Secret)
}

fn placeholder(mark: impl FnOnce() -> Mark) -> Option<String> {
    COLLECTOR.with_borrow_mut(|c| {
        let c = c.as_mut()?;
        c.marks.push(mark());
        Some(format!("\0{:x}-{}", c.nonce, c.marks.len() - 1))
    })
}

/// Encodes a value; references become holes, secrets are shown.
pub(crate) fn encode<T: Serialize + ?Sized>(value: &T) -> Result<Encoded, String> {
    // Random, so that no literal can know it; it never leaves this function.
    let nonce = RandomState::new().build_hasher().finish();
    let collector = Collector { nonce, marks: Vec::new(), once: Vec::new() };
    let outer = Outer(COLLECTOR.replace(Some(collector)));
    let text = serde_json::to_string(value);
    let collected = COLLECTOR.take();
    drop(outer);

    let text = text.map_err(|e| e.to_string())?;
    if let Some(key) = RESERVED.iter().find(|key| text.contains(**key)) {
        let key = key.trim_matches([':', '"']);
        return Err(format!("the key `{key}` is reserved: choose another"));
    }
    let (marks, once) = collected.map(|c| (c.marks, c.once)).unwrap_or_default();
    Ok(Encoded { pieces: split(text, nonce, &marks)?, once })
}

/// Encodes a value without references, e.g. a step's output.
pub(crate) fn encode_plain<T: Serialize + ?Sized>(value: &T) -> Result<String, String> {
    let mut pieces = encode(value)?.pieces.into_iter();
    match (pieces.next(), pieces.next()) {
        (Some(Piece::Json(text)), None) => Ok(text.into()),
        _ => Err("holds a reference to another step, where only known values may be".to_owned()),
    }
}

fn split(text: String, nonce: u64, marks: &[Mark]) -> Result<Vec<Piece>, String> {
    if marks.is_empty() {
        return Ok(vec![Piece::Json(text.into())]);
    }
    let start = format!("\"\\u0000{nonce:x}-");
    let mut found = vec![false; marks.len()];
    let mut pieces = Vec::with_capacity(2 * marks.len() + 1);
    let mut chunks = text.split(&start);
    let mut json = chunks.next().unwrap_or_default().to_owned();
    for chunk in chunks {
        let (number, after) = chunk.split_once('"').unwrap_or((chunk, ""));
        let mark =
            number.parse().ok().and_then(|i: usize| Some((marks.get(i)?, found.get_mut(i)?)));
        let (mark, found) = mark.ok_or("a reference was changed while it was encoded")?;
        *found = true;
        match mark {
            Mark::Secret => json.push_str(&format!("\"{SECRET}\"")),
            Mark::Hole(_) if after.starts_with(':') => {
                return Err("a map key cannot be a reference".to_owned());
            }
            Mark::Hole(hole) => {
                if !json.is_empty() {
                    pieces.push(Piece::Json(mem::take(&mut json).into()));
                }
                pieces.push(Piece::Hole(hole.clone().into()));
            }
        }
        json.push_str(after);
    }
    if !json.is_empty() {
        pieces.push(Piece::Json(json.into()));
    }
    match marks.iter().zip(found).find(|(_, found)| !found) {
        None => Ok(pieces),
        Some((mark, _)) => {
            let what = match mark {
                Mark::Hole(hole) => format!("`{hole}`"),
                Mark::Secret => "a secret".to_owned(),
            };
            Err(format!("{what} is inside a value that is encoded on its own, e.g. as a string"))
        }
    }
}

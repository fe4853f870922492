//! [`Draft`]: what is known of a step's inputs before it runs.

use super::{encode::Piece, hole::Hole, input::Input};
use crate::journal::Data;
use serde::de::DeserializeOwned;
use std::{
    cell::RefCell,
    hash::{BuildHasher as _, Hasher as _, RandomState},
};

/// What is known of a planned step's inputs before it runs: see
/// [`Node::draft`](crate::Node::draft).
#[derive(Debug)]
pub struct Draft(());

impl Draft {
    /// Reads an input; `None` while it rests on a step that has not run.
    #[must_use]
    pub fn get<'a, T>(&self, input: &'a Input<T>) -> Option<&'a T> {
        input.literal()
    }

    /// The step whose output the input will be, while it has not run.
    #[must_use]
    pub fn source<'a, T>(&self, input: &'a Input<T>) -> Option<&'a str> {
        match input.hole()? {
            Hole::Ref(r) => Some(&r.step.name),
            Hole::Text(_) => None,
        }
    }
}

/// The holes of the step that is being decoded, and a number that no literal can know.
struct Holes {
    nonce: u64,
    holes: Vec<Hole>,
}

thread_local! {
    static HOLES: RefCell<Option<Holes>> = const { RefCell::new(None) };
}

/// Takes the holes back, even when a `Deserialize` panics.
struct Clear;

impl Drop for Clear {
    fn drop(&mut self) {
        HOLES.set(None);
    }
}

/// Whether what is being decoded may have holes.
pub(super) fn has_holes() -> bool {
    HOLES.with_borrow(Option::is_some)
}

/// The hole that a text stands for.
pub(super) fn hole(text: &str) -> Option<Hole> {
    HOLES.with_borrow(|holes| {
        let Holes { nonce, holes } = holes.as_ref()?;
        let place = text.strip_prefix(&format!("\0{nonce:x}-"))?;
        holes.get(place.parse::<usize>().ok()?).cloned()
    })
}

/// Decodes a step; what rests on steps that are not done is left open.
pub(crate) fn draft<S: DeserializeOwned>(
    pieces: &[Piece],
    output: impl Fn(&str) -> Option<Data>,
) -> Result<(S, Draft), String> {
    let nonce = RandomState::new().build_hasher().finish();
    let (mut text, mut holes) = (String::new(), Vec::new());
    for piece in pieces {
        match piece {
            Piece::Json(json) => text.push_str(json),
            Piece::Hole(hole) => match hole.fill(&output) {
                Ok(json) => text.push_str(&json),
                Err(_) => {
                    text.push_str(&format!("\"\\u0000{nonce:x}-{}\"", holes.len()));
                    holes.push(Hole::clone(hole));
                }
            },
        }
    }
    HOLES.set(Some(Holes { nonce, holes }));
    let _clear = Clear;
    let step = serde_json::from_str(&text).map_err(|e| e.to_string())?;
    Ok((step, Draft(())))
}

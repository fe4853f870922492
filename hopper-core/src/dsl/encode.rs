//! A step's fields as JSON text with holes.
//!
//! An [`Input`](crate::Input) that refers to a step leaves a placeholder in the text and the
//! reference in a list beside it, but only while [`encode`] is at work; any other serializer
//! (insta's, a plain `serde_json::to_string`) sees a readable `${net/vpc.id}`.
//! The placeholder holds a NUL and a number that no literal can know, and every reference must
//! be found again exactly once: no literal, whatever it holds, can be taken for a reference.

use super::reference::{Part, Ref, StepRef};
use serde::{Serialize, Serializer};
use std::{
    cell::RefCell,
    sync::atomic::{AtomicU64, Ordering},
};

/// What fills a placeholder.
#[derive(Clone, Debug)]
pub(crate) enum Hole {
    Ref(Ref),
    Text(Vec<Part>),
}

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
    Hole(Hole),
}

struct Collector {
    nonce: u64,
    holes: Vec<Hole>,
    once: Vec<StepRef>,
}

thread_local! {
    static COLLECTOR: RefCell<Option<Collector>> = const { RefCell::new(None) };
}

/// Whether a value is being encoded for the engine, and not for somebody's eyes.
pub(crate) fn is_active() -> bool {
    COLLECTOR.with_borrow(Option::is_some)
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
pub(super) fn hole<S: Serializer>(hole: Hole, s: S) -> Result<S::Ok, S::Error> {
    if !is_active() {
        let shown = match &hole {
            Hole::Ref(r) => r.to_string(),
            Hole::Text(parts) => parts.iter().map(Part::to_string).collect(),
        };
        return s.serialize_str(&shown);
    }
    let placeholder = COLLECTOR.with_borrow_mut(|c| match c {
        Some(c) => {
            c.holes.push(hole);
            format!("\0{:x}-{}", c.nonce, c.holes.len() - 1)
        }
        None => String::new(),
    });
    s.serialize_str(&placeholder)
}

/// Encodes a value; references become holes, secrets are shown.
pub(crate) fn encode<T: Serialize + ?Sized>(value: &T) -> Result<Encoded, String> {
    static NONCE: AtomicU64 = AtomicU64::new(1);
    let nonce = NONCE.fetch_add(1, Ordering::Relaxed);
    // An encoding inside an encoding (a custom `Serialize` that calls it) keeps the outer one.
    let outer = COLLECTOR.replace(Some(Collector { nonce, holes: Vec::new(), once: Vec::new() }));
    let text = serde_json::to_string(value);
    let collected = COLLECTOR.replace(outer);
    let text = text.map_err(|e| e.to_string())?;
    let Some(Collector { holes, once, .. }) = collected else { return Ok(Encoded::default()) };
    Ok(Encoded { pieces: split(&text, nonce, holes)?, once })
}

/// Encodes a value without references, e.g. a step's output.
pub(crate) fn encode_plain<T: Serialize + ?Sized>(value: &T) -> Result<String, String> {
    let mut pieces = encode(value)?.pieces.into_iter();
    match (pieces.next(), pieces.next()) {
        (Some(Piece::Json(text)), None) => Ok(text.into()),
        _ => Err("holds a reference to another step, where only known values may be".to_owned()),
    }
}

fn split(text: &str, nonce: u64, holes: Vec<Hole>) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::with_capacity(2 * holes.len() + 1);
    let mut rest = text;
    for (i, hole) in holes.into_iter().enumerate() {
        // serde writes fields in the order it visits them, so holes come in order.
        let mark = format!("\"\\u0000{nonce:x}-{i}\"");
        let Some((before, after)) = rest.split_once(&mark) else {
            let shown = match hole {
                Hole::Ref(r) => r.to_string(),
                Hole::Text(_) => "a text with references".to_owned(),
            };
            return Err(format!("{shown} is inside a value that was encoded by itself"));
        };
        if after.starts_with(':') {
            return Err("a map key cannot be a reference".to_owned());
        }
        if !before.is_empty() {
            pieces.push(Piece::Json(before.into()));
        }
        pieces.push(Piece::Hole(hole));
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Json(rest.into()));
    }
    Ok(pieces)
}

//! [`Input`]: a literal, a reference to another step's output, or text made of both.

use super::{
    draft, encode,
    hole::Hole,
    reference::{Part, Ref, Seg, Show, StepRef},
};
use crate::{Cx, Refs, Value};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// A value a step needs: known now, or known once another step has run.
///
/// There is no way to read it while the recipe is being written; only [`Cx::get`] reads it, and
/// a [`Cx`] exists only inside a running step.
///
/// ```
/// use hopper_core::Input;
/// let port: Input<u16> = 443.into();
/// let name: Input<String> = "hopper".into();
/// # let _ = (port, name);
/// ```
///
/// Inputs travel as JSON, which has no word for a float that is not a number or is infinite:
/// serde_json writes `null`, and a step that wants a float fails before it acts.
#[derive(Clone)]
pub struct Input<T> {
    kind: Kind<T>,
    /// Steps that must be done too before the value may be used.
    once: Vec<StepRef>,
}

#[derive(Clone)]
enum Kind<T> {
    Literal(T),
    Hole(Hole),
    /// An element that a list does not have.
    Missing(usize),
}

impl<T> Input<T> {
    fn of(kind: Kind<T>) -> Self {
        Self { kind, once: Vec::new() }
    }

    pub(crate) fn from_ref(r: Ref) -> Self {
        Self::of(Kind::Hole(Hole::Ref(r)))
    }

    pub(crate) fn literal(&self) -> Option<&T> {
        match &self.kind {
            Kind::Literal(v) => Some(v),
            _ => None,
        }
    }

    pub(crate) fn hole(&self) -> Option<&Hole> {
        match &self.kind {
            Kind::Hole(hole) => Some(hole),
            _ => None,
        }
    }

    pub(crate) fn gates(&self) -> &[StepRef] {
        &self.once
    }

    /// The same value, to be used only once `other` is done as well.
    ///
    /// This is how a fragment hands out, say, a subnet that is ready: whoever uses it waits for
    /// its routes, and need not know that routes exist.
    /// It orders running only: undoing has no edge from it.
    #[must_use]
    pub fn once(mut self, other: &impl Refs) -> Self {
        self.once.extend(other.steps().into_iter().chain(other.gates()));
        self
    }
}

impl Input<String> {
    /// Text; with nothing but fixed text it is a literal.
    pub(crate) fn from_parts(mut parts: Vec<Part>, once: Vec<StepRef>) -> Self {
        let kind = match parts.as_mut_slice() {
            [] => Kind::Literal(String::new()),
            [Part::Text(text)] => Kind::Literal(std::mem::take(text)),
            _ => Kind::Hole(Hole::Text(parts)),
        };
        Self { kind, once }
    }
}

impl<T: Value> Input<Vec<T>> {
    /// Element `i` of a list.
    ///
    /// A list that is too short is an error of the plan where the list is a literal, and of the
    /// step that uses the element where it is another step's output.
    #[must_use]
    pub fn at(&self, i: usize) -> Input<T> {
        let kind = match &self.kind {
            Kind::Literal(v) => match v.get(i) {
                Some(v) => Kind::Literal(v.clone()),
                None => Kind::Missing(i),
            },
            Kind::Hole(Hole::Ref(r)) => Kind::Hole(Hole::Ref(r.clone().into_seg(Seg::Index(i)))),
            Kind::Hole(Hole::Text(_)) | Kind::Missing(_) => Kind::Missing(i),
        };
        Input { kind, once: self.once.clone() }
    }
}

impl<T: Value + fmt::Display> Input<T> {
    pub(crate) fn parts(&self) -> Vec<Part> {
        match &self.kind {
            Kind::Literal(v) => vec![Part::Text(v.to_string())],
            Kind::Hole(Hole::Ref(r)) => vec![Part::Ref(r.clone(), Show::of::<T>())],
            Kind::Hole(Hole::Text(parts)) => parts.clone(),
            Kind::Missing(i) => vec![Part::Missing(*i)],
        }
    }
}

impl<T: Value> From<T> for Input<T> {
    fn from(v: T) -> Self {
        Self::of(Kind::Literal(v))
    }
}

impl<'a, T: Value + From<&'a str>> From<&'a str> for Input<T> {
    fn from(v: &'a str) -> Self {
        Self::of(Kind::Literal(v.into()))
    }
}

impl<'a, T: Value + From<&'a str>> From<&'a String> for Input<T> {
    fn from(v: &'a String) -> Self {
        v.as_str().into()
    }
}

/// Where a value may be left out, one may be given.
impl<T: Value> From<Input<T>> for Input<Option<T>> {
    fn from(v: Input<T>) -> Self {
        let kind = match v.kind {
            Kind::Literal(v) => Kind::Literal(Some(v)),
            Kind::Hole(hole) => Kind::Hole(hole),
            Kind::Missing(i) => Kind::Missing(i),
        };
        Self { kind, once: v.once }
    }
}

impl<T: Clone> From<&Input<T>> for Input<T> {
    fn from(v: &Input<T>) -> Self {
        v.clone()
    }
}

// No `Display`: printing a value that does not exist yet is always a mistake; use `text!`.
impl<T: fmt::Debug> fmt::Debug for Input<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Literal(v) => v.fmt(f),
            Kind::Hole(hole) => write!(f, "{hole}"),
            Kind::Missing(i) => write!(f, "[no element {i}]"),
        }
    }
}

impl<T: Serialize> Serialize for Input<T> {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        encode::gate(&self.once);
        match &self.kind {
            Kind::Literal(v) => v.serialize(s),
            Kind::Hole(hole) => match hole.missing() {
                Some(i) => Err(missing(i)),
                None => encode::hole(hole, s),
            },
            Kind::Missing(i) => Err(missing(*i)),
        }
    }
}

fn missing<E: serde::ser::Error>(i: usize) -> E {
    E::custom(format_args!("a list has no element {i}: it is too short"))
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Input<T> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        if !draft::has_holes() {
            return T::deserialize(d).map(|v| Self::of(Kind::Literal(v)));
        }
        let json = serde_json::Value::deserialize(d)?;
        match json.as_str().and_then(draft::hole) {
            Some(hole) => Ok(Self::of(Kind::Hole(hole))),
            None => match T::deserialize(json) {
                Ok(v) => Ok(Self::of(Kind::Literal(v))),
                Err(error) => Err(serde::de::Error::custom(error)),
            },
        }
    }
}

impl Cx {
    /// Reads an input inside a running step.
    ///
    /// # Panics
    ///
    /// If the step was not made by the engine, which hands every step a copy of itself whose
    /// inputs are all literals.
    #[track_caller]
    #[expect(clippy::panic, reason = "a step that the engine did not start is a bug of the caller")]
    pub fn get<'a, T>(&self, input: &'a Input<T>) -> &'a T {
        match input.literal() {
            Some(v) => v,
            None => panic!("an input is not known yet: this step was not started by the engine"),
        }
    }
}

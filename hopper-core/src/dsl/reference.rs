//! [`Ref`]: where in which step's output a value will be found.

use crate::Value;
use serde_json::value::RawValue;
use std::{borrow::Cow, collections::BTreeMap, fmt, panic::Location, sync::Arc};

/// A step of a workflow that is being written, as references know it.
#[derive(Clone, Debug)]
pub struct StepRef {
    pub(crate) workflow: u64,
    pub(crate) index: usize,
    pub(crate) name: Arc<str>,
    pub(crate) at: &'static Location<'static>,
}

impl StepRef {
    /// The step's full name, e.g. `net/vpc`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Where in which step's output a value will be found.
#[derive(Clone, Debug)]
pub struct Ref {
    pub(crate) step: StepRef,
    pub(crate) path: Vec<Seg>,
}

/// One segment of a [`Ref`]'s path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seg {
    /// A struct field.
    Field(Cow<'static, str>),
    /// A list index.
    Index(usize),
}

/// A piece of a text.
#[derive(Clone, Debug)]
pub enum Part {
    /// Fixed text.
    Text(String),
    /// A hole, and how its value is written.
    Ref(Ref, Show),
    /// An element that a list does not have: a mistake for the plan to report.
    Missing(usize),
}

/// How a value is written into a text: as its own `Display` does it, so that a literal and a
/// reference give the same text.
#[derive(Clone, Copy)]
pub struct Show(fn(&str) -> serde_json::Result<String>);

impl Show {
    pub(crate) fn of<T: Value + fmt::Display>() -> Self {
        Self(|json| serde_json::from_str::<T>(json).map(|value| value.to_string()))
    }

    pub(crate) fn show(self, json: &str) -> serde_json::Result<String> {
        (self.0)(json)
    }
}

impl fmt::Debug for Show {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Show")
    }
}

impl Ref {
    pub(crate) fn into_seg(mut self, seg: Seg) -> Self {
        self.path.push(seg);
        self
    }

    /// Follows the path inside an output's JSON text, without changing a digit of it.
    pub(crate) fn follow<'a>(&self, output: &'a str) -> Option<&'a str> {
        self.path.iter().try_fold(output, |text, seg| {
            let found: Option<&'a RawValue> = match seg {
                Seg::Field(name) => {
                    serde_json::from_str::<BTreeMap<String, _>>(text).ok()?.remove(name.as_ref())
                }
                Seg::Index(i) => serde_json::from_str::<Vec<_>>(text).ok()?.get(*i).copied(),
            };
            found.map(RawValue::get)
        })
    }
}

impl fmt::Display for Ref {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "${{{}", self.step.name)?;
        for seg in &self.path {
            match seg {
                Seg::Field(n) => write!(f, ".{n}")?,
                Seg::Index(i) => write!(f, "[{i}]")?,
            }
        }
        f.write_str("}")
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Part::Text(t) => f.write_str(t),
            Part::Ref(r, _) => r.fmt(f),
            Part::Missing(i) => write!(f, "[no element {i}]"),
        }
    }
}

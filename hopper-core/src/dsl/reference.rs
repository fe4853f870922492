//! [`Ref`]: where in which step's output a value will be found.

use std::{borrow::Cow, fmt, panic::Location, sync::Arc};

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
    /// A hole.
    Ref(Ref),
}

impl Ref {
    pub(crate) fn into_seg(mut self, seg: Seg) -> Self {
        self.path.push(seg);
        self
    }

    /// Follows the path inside an output.
    pub(crate) fn follow<'a>(
        &self,
        output: &'a serde_json::Value,
    ) -> Option<&'a serde_json::Value> {
        self.path.iter().try_fold(output, |v, seg| match seg {
            Seg::Field(name) => v.get(name.as_ref()),
            Seg::Index(i) => v.get(i),
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
            Part::Ref(r) => r.fmt(f),
        }
    }
}

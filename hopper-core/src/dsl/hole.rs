//! [`Hole`]: what is filled in once other steps are done.

use super::reference::{Part, Ref};
use crate::journal::Data;
use std::fmt;

/// What is filled in once other steps are done.
#[derive(Clone, Debug)]
pub(crate) enum Hole {
    Ref(Ref),
    Text(Vec<Part>),
}

impl Hole {
    /// Every reference in it.
    pub(crate) fn refs(&self) -> impl Iterator<Item = &Ref> {
        let (one, parts): (Option<&Ref>, &[Part]) = match self {
            Self::Ref(r) => (Some(r), &[]),
            Self::Text(parts) => (None, parts),
        };
        one.into_iter().chain(parts.iter().filter_map(|p| match p {
            Part::Ref(r, _) => Some(r),
            Part::Text(_) | Part::Missing(_) => None,
        }))
    }

    /// Those of its references that have no value.
    pub(crate) fn open(
        &self,
        output: &impl Fn(&str) -> Option<Data>,
    ) -> impl Iterator<Item = &Ref> {
        self.refs().filter(|r| json(r, output).is_err())
    }

    /// The element that a list it is made of does not have.
    pub(crate) fn missing(&self) -> Option<usize> {
        let Self::Text(parts) = self else { return None };
        parts.iter().find_map(|p| match p {
            Part::Missing(i) => Some(*i),
            Part::Text(_) | Part::Ref(..) => None,
        })
    }

    /// The JSON text that fills it, from the outputs of the steps that are done.
    pub(crate) fn fill(&self, output: &impl Fn(&str) -> Option<Data>) -> Result<String, String> {
        match self {
            Self::Ref(r) => json(r, output),
            Self::Text(parts) => {
                let mut text = String::new();
                for part in parts {
                    match part {
                        Part::Text(t) => text.push_str(t),
                        Part::Ref(r, show) => {
                            let shown = show.show(&json(r, output)?);
                            text.push_str(&shown.map_err(|e| format!("cannot decode {r}: {e}"))?);
                        }
                        Part::Missing(i) => return Err(format!("a list has no element {i}")),
                    }
                }
                Ok(serde_json::Value::from(text).to_string())
            }
        }
    }

    /// Readable text; [`escape`] keeps literals in it apart from references.
    pub(crate) fn shown(&self, escape: impl Fn(&str) -> String) -> String {
        match self {
            Self::Text(parts) => parts.iter().fold(String::new(), |text, part| match part {
                Part::Text(t) => text + &escape(t),
                other => format!("{text}{other}"),
            }),
            Self::Ref(r) => r.to_string(),
        }
    }
}

impl fmt::Display for Hole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown(str::to_owned))
    }
}

fn json(r: &Ref, output: &impl Fn(&str) -> Option<Data>) -> Result<String, String> {
    output(&r.step.name)
        .and_then(|data| r.follow(data.text()).map(str::to_owned))
        .ok_or_else(|| format!("{r} has no value"))
}

//! [`Place`]: a thing that is there already, or that another step of the plan makes.

use hopper_core::{Draft, Input};
use std::fmt::Display;

/// A thing that is there already, or that another step of the plan makes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// It is there, under this id.
    Id(String),
    /// This step makes it, or looks it up.
    Step(String),
    /// Nobody can tell yet.
    Unknown,
}

impl Place {
    /// What an input stands for.
    #[must_use]
    pub fn of<T: Display>(draft: &Draft, input: &Input<T>) -> Self {
        match (draft.get(input), draft.source(input)) {
            (Some(id), _) => Self::Id(id.to_string()),
            (None, Some(step)) => Self::Step(step.to_owned()),
            (None, None) => Self::Unknown,
        }
    }

    /// The id, if it is there.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Id(id) => Some(id),
            _ => None,
        }
    }

    /// The step, if one makes it.
    #[must_use]
    pub fn step(&self) -> Option<&str> {
        match self {
            Self::Step(step) => Some(step),
            _ => None,
        }
    }
}

//! [`PlanError`]: a mistake in a recipe, with its place.

use std::{fmt, panic::Location};

/// A mistake in a recipe.
#[derive(Clone, Debug)]
pub struct PlanError {
    /// The step's full name.
    pub step: String,
    /// What is wrong.
    pub problem: String,
    /// Where the recipe says it.
    pub at: &'static Location<'static>,
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "step `{}`: {} ({}:{})", self.step, self.problem, self.at.file(), self.at.line())
    }
}

/// Every mistake in a recipe.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}", .0.iter().map(PlanError::to_string).collect::<Vec<_>>().join("\n"))]
pub struct PlanErrors(pub Vec<PlanError>);

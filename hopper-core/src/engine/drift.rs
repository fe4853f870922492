//! [`StepDrift`]: how reality differs from the record of one step.

use crate::{Drift, StepError};
use serde::Serialize;
use std::fmt;

/// How reality differs from the record of one step.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepDrift {
    /// The step.
    pub step: String,
    /// Its kind.
    pub kind: String,
    /// What differs.
    pub drift: Vec<Drift>,
    /// Why it could not be compared, if so.
    pub error: Option<StepError>,
}

impl fmt::Display for StepDrift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.step, self.kind)?;
        for drift in &self.drift {
            write!(f, "\n  {drift}")?;
        }
        match &self.error {
            Some(error) => write!(f, "\n  cannot be compared: {error}"),
            None => Ok(()),
        }
    }
}

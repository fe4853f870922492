//! [`Preflight`]: what a look ahead has found.

use crate::needs::Verdict;
use hopper_core::StepError;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a look ahead has found: everything at once. It prints a line for each finding.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preflight {
    /// What is wrong, or could not be seen, the worst first.
    pub findings: Vec<Finding>,
    /// Every call that the plan will make, and whether it is permitted.
    pub permissions: Vec<Permission>,
}

/// Something that is wrong, or that could not be seen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// What it is about.
    pub topic: Topic,
    /// What it is.
    pub what: String,
    /// What to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// The steps that it concerns; none where it is all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<String>,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The run would fail.
    Problem,
    /// It may be as it should, or nobody can tell.
    Warning,
}

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Topic {
    /// Who we are.
    Credentials,
    /// Where.
    Region,
    /// What time it is.
    Clock,
    /// What is permitted.
    Permission,
    /// How many of a kind there may be.
    Quota,
    /// Which addresses a network has.
    Addresses,
    /// Names that only one thing can have.
    Name,
    /// What is to be there before: an image, a key pair.
    Missing,
    /// Where which type of instance is offered.
    InstanceType,
    /// Steps that do not say what they need.
    Undeclared,
    /// What was not looked at.
    Skipped,
}

/// Whether a call that the plan will make is permitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permission {
    /// The action, as a policy writes it: `ec2:CreateVpc`.
    pub action: String,
    /// The resource of IAM that it is on, where that is known: `role/K8sMaster`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// Whether it is permitted.
    pub verdict: Verdict,
    /// The steps that make the call.
    pub steps: Vec<String>,
}

impl Preflight {
    /// Whether there is no problem. There may be warnings.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.problems().next().is_none()
    }

    /// What would let the run fail.
    pub fn problems(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.severity == Severity::Problem)
    }

    /// What may be as it should, or could not be seen.
    pub fn warnings(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.severity == Severity::Warning)
    }
}

impl Finding {
    pub(super) fn problem(topic: Topic, what: impl fmt::Display) -> Self {
        let (what, steps) = (what.to_string(), Vec::new());
        Self { severity: Severity::Problem, topic, what, hint: None, steps }
    }

    pub(super) fn warning(topic: Topic, what: impl fmt::Display) -> Self {
        Self { severity: Severity::Warning, ..Self::problem(topic, what) }
    }

    /// Something that could not be looked at.
    pub(super) fn unseen(topic: Topic, what: impl fmt::Display, error: &StepError) -> Self {
        Self::warning(topic, format_args!("cannot see {what}: {error}"))
    }

    pub(super) fn hint(mut self, hint: impl fmt::Display) -> Self {
        self.hint = Some(hint.to_string());
        self
    }

    pub(super) fn of<S: Into<String>>(mut self, steps: impl IntoIterator<Item = S>) -> Self {
        self.steps = steps.into_iter().map(Into::into).collect();
        self
    }
}

impl fmt::Display for Preflight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = |n: usize, what| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
        let (problems, warnings) = (self.problems().count(), self.warnings().count());
        write!(f, "{}, {}", counted(problems, "problem"), counted(warnings, "warning"))?;
        self.findings.iter().try_for_each(|finding| write!(f, "\n  {finding}"))
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.severity {
            Severity::Problem => "problem",
            Severity::Warning => "warning",
        };
        write!(f, "{word}: {}", self.what)?;
        match self.steps.as_slice() {
            [] => (),
            [one] => write!(f, " (step {one})")?,
            steps if steps.len() <= 4 => write!(f, " (steps {})", steps.join(", "))?,
            [first, second, rest @ ..] => {
                write!(f, " (steps {first}, {second} and {} more)", rest.len())?;
            }
        }
        self.hint.iter().try_for_each(|hint| write!(f, "; {hint}"))
    }
}

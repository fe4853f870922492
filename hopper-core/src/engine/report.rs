//! [`Report`]: what happened, and what is left.

use crate::{Critical, Input, Ledger, Plan, StepError, Value, journal::Data, ledger::State};
use serde::{Serialize, Serializer};
use std::{fmt, sync::Arc, time::Duration};

use super::recorder::Told;

/// How a run, or an undo, ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Every step is done.
    Done,
    /// Everything was taken back.
    Undone,
    /// It stopped, and what was made was kept as asked: run again to go on.
    Kept,
    /// Something could not be taken back: undo again to go on.
    Stuck,
    /// It was stopped at once; calls may have been in flight: run or undo again to go on.
    Abandoned,
}

/// What happened, and what is left.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The workflow.
    pub workflow: String,
    /// The run's id.
    pub run: String,
    /// How it ended.
    pub outcome: Outcome,
    /// What failed, in the order it did.
    pub errors: Vec<(String, StepError)>,
    /// Every step, in the order of their first start.
    pub steps: Vec<StepReport>,
    /// What is, or may be, left that should not be; empty when all went well.
    pub left: Vec<Left>,
    /// What else the caller should know, though it does not change the outcome, e.g. that the
    /// journal's lease could not be given back.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// How long it took, in tokio's time.
    #[serde(serialize_with = "seconds")]
    pub took: Duration,
    /// The longest way through the plan by the times the steps took; none for an undo.
    #[serde(serialize_with = "critical")]
    pub critical: Option<Critical>,
    #[serde(skip)]
    /// With their secrets, by name.
    outputs: Vec<(Arc<str>, Data)>,
}

/// What happened to one step.
#[derive(Clone, Debug, Serialize)]
pub struct StepReport {
    /// The step.
    pub name: String,
    /// Its kind.
    pub kind: String,
    /// Where it stands.
    pub state: State,
    /// How often it was tried this time; 0 if it was left alone.
    pub tries: u32,
    /// When it began, from the beginning of the run.
    #[serde(serialize_with = "seconds")]
    pub began: Duration,
    /// How long it took, tries and waits included.
    #[serde(serialize_with = "seconds")]
    pub took: Duration,
    /// What it gave, without secrets.
    pub output: Option<Data>,
}

/// Something that is, or may be, left.
#[derive(Clone, Debug, Serialize)]
pub struct Left {
    /// The step.
    pub name: String,
    /// Its kind.
    pub kind: String,
    /// What it gave, if that is known.
    pub output: Option<Data>,
    /// Why it is left.
    pub why: String,
}

impl Report {
    pub(crate) fn new(
        ledger: &Ledger,
        outcome: Outcome,
        errors: Vec<(String, StepError)>,
        told: &std::collections::HashMap<Arc<str>, Told>,
        took: Duration,
        plan: Option<&Plan>,
    ) -> Self {
        let time = |name: &str| {
            let told = told.get(name)?;
            Some((told.tries, told.began, told.ended?.saturating_sub(told.began)))
        };
        let steps = ledger.steps().iter().map(|a| {
            let (tries, began, took) = time(&a.started.step).unwrap_or_default();
            StepReport {
                name: a.started.step.to_string(),
                kind: a.started.kind.to_string(),
                state: a.state,
                tries,
                began,
                took,
                output: a.output.as_ref().map(Data::shown),
            }
        });
        let left = |a: &crate::Account| Left {
            name: a.started.step.to_string(),
            kind: a.started.kind.to_string(),
            output: a.output.as_ref().map(Data::shown),
            why: match (&a.error, a.state, outcome) {
                (Some(error), ..) => error.to_string(),
                (None, State::Done, Outcome::Stuck) => {
                    "kept, because what has to go before it could not be undone".to_owned()
                }
                (None, State::Done, _) => "done, and kept".to_owned(),
                (None, ..) => "its outcome is not known".to_owned(),
            },
        };
        let mut outputs: Vec<_> = ledger
            .steps()
            .iter()
            .filter_map(|a| Some((a.started.step.clone(), a.output.clone()?)))
            .collect();
        outputs.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        let run = ledger.run();
        Self {
            workflow: run.map_or_else(String::new, |r| r.workflow.clone()),
            run: run.map_or_else(String::new, |r| r.run.clone()),
            outcome,
            errors,
            steps: steps.collect(),
            left: match outcome {
                Outcome::Done => Vec::new(),
                _ => ledger.left().map(left).collect(),
            },
            warnings: Vec::new(),
            took,
            critical: plan.map(|p| {
                p.critical_path(|n| time(n.name()).map_or(Duration::ZERO, |(.., took)| took))
            }),
            outputs,
        }
    }

    /// The value behind a reference, after the run; `None` when its step is not done.
    #[must_use]
    pub fn get<T: Value>(&self, input: &Input<T>) -> Option<T> {
        Plan::read(input, |step| {
            let i = self.outputs.binary_search_by(|(name, _)| (**name).cmp(step)).ok()?;
            Some(self.outputs[i].1.clone())
        })
    }
}

/// A few lines: the outcome, each step, the critical path, errors, what is left.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outcome = match self.outcome {
            Outcome::Done => "done",
            Outcome::Undone => "undone",
            Outcome::Kept => "stopped, and kept",
            Outcome::Stuck => "stuck",
            Outcome::Abandoned => "abandoned",
        };
        let took = self.took.as_secs_f64();
        writeln!(f, "{} (run {}): {outcome} in {took:.1} s", self.workflow, self.run)?;
        let width = |of: fn(&StepReport) -> usize| self.steps.iter().map(of).max().unwrap_or(0);
        let (name, kind) = (width(|s| s.name.len()), width(|s| s.kind.len()));
        for s in &self.steps {
            let state = match s.state {
                State::Started => "started",
                State::Done => "done",
                State::Updating => "updating",
                State::Failed => "failed",
                State::Unknown => "unknown",
                State::Undoing => "undoing",
                State::Undone => "undone",
            };
            let (began, took) = (s.began.as_secs_f64(), s.took.as_secs_f64());
            write!(f, "  {:<name$}  {:<kind$}  {state:<7}", s.name, s.kind)?;
            if s.tries != 0 {
                write!(f, "  {began:>6.1} s + {took:>5.1} s")?;
            }
            if 1 < s.tries {
                write!(f, "  {} tries", s.tries)?;
            }
            if let Some(output) = s.output.as_ref().filter(|o| !["null", "{}"].contains(&o.text()))
            {
                write!(f, "  {}", output.text())?;
            }
            writeln!(f)?;
        }
        if let Some(critical) = self.critical.as_ref().filter(|c| !c.steps.is_empty()) {
            let length = critical.length.as_secs_f64();
            writeln!(f, "critical path {length:.1} s: {}", critical.steps.join(" -> "))?;
        }
        for (step, error) in &self.errors {
            writeln!(f, "error: step {step}: {error}")?;
        }
        for left in &self.left {
            write!(f, "left: {} ({})", left.name, left.kind)?;
            if let Some(output) = &left.output {
                write!(f, " {}", output.text())?;
            }
            writeln!(f, ": {}", left.why)?;
        }
        self.warnings.iter().try_for_each(|warning| writeln!(f, "warning: {warning}"))
    }
}

fn seconds<S: Serializer>(time: &Duration, s: S) -> Result<S::Ok, S::Error> {
    s.serialize_f64((time.as_secs_f64() * 1000.0).round() / 1000.0)
}

fn critical<S: Serializer>(critical: &Option<Critical>, s: S) -> Result<S::Ok, S::Error> {
    critical.as_ref().map(|c| &c.steps).serialize(s)
}

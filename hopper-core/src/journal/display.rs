//! A [`Record`] as a line for people.

use super::{Edges, Record, RunRecord, Started, Updating};
use std::{fmt, sync::Arc};

/// A line for people, e.g. `done net/vpc "vpc-1"`.
///
/// Without tokens, which change without anything else having changed.
impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Run(run) => write!(f, "run {run}"),
            Self::Lease { owner } => write!(f, "lease {}", owner.name),
            Self::Release {} => f.write_str("release"),
            Self::Started(started) => write!(f, "started {started}"),
            Self::Updating(Updating { inputs, edges }) => {
                write!(f, "updating {} {inputs:?}{edges}", edges.step)
            }
            Self::Edges(edges) => write!(f, "edges {}{edges}", edges.step),
            Self::Note { step, key, value } => write!(f, "note {step} {key} {value:?}"),
            Self::Done { step, output } => write!(f, "done {step} {output:?}"),
            Self::Failed { step, error, clean: true } => write!(f, "failed {step} clean: {error}"),
            Self::Failed { step, error, clean: false } => write!(f, "failed {step}: {error}"),
            Self::Unwinding { why } => write!(f, "unwinding: {why}"),
            Self::Undoing { step } => write!(f, "undoing {step}"),
            Self::Resealed { step, .. } => write!(f, "resealed {step}"),
            Self::Undone { step } => write!(f, "undone {step}"),
            Self::UndoFailed { step, error } => write!(f, "undo failed {step}: {error}"),
            Self::Forgotten { step } => write!(f, "forgotten {step}"),
            Self::MarkedDone { step, output } => write!(f, "marked done {step} {output:?}"),
        }
    }
}

impl fmt::Display for RunRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.workflow, self.run)?;
        self.meta.iter().try_for_each(|(key, value)| write!(f, " {key}={value}"))
    }
}

impl fmt::Display for Started {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { step, kind, generation, inputs, .. } = self;
        write!(f, "{step} {kind}")?;
        if 1 < *generation {
            write!(f, " #{generation}")?;
        }
        write!(f, " {inputs:?}")?;
        if let Some(parent) = &self.parent {
            write!(f, " in {parent}")?;
        }
        list(f, " needs ", &self.needs)?;
        list(f, " undo before ", &self.undo_before)?;
        self.class.iter().try_for_each(|class| write!(f, " class {class}"))
    }
}

/// The edges alone.
impl fmt::Display for Edges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        list(f, " needs ", &self.needs)?;
        list(f, " undo before ", &self.undo_before)?;
        self.class.iter().try_for_each(|class| write!(f, " class {class}"))
    }
}

fn list(f: &mut fmt::Formatter<'_>, title: &str, names: &[Arc<str>]) -> fmt::Result {
    match names {
        [] => Ok(()),
        names => write!(f, "{title}{}", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{StepError, journal::Data};

    #[test]
    fn a_record_is_a_line() {
        let started = Started {
            step: "net/a".into(),
            kind: "aws.ec2.subnet".into(),
            generation: 2,
            token: "t".into(),
            inputs: Data::of(&("10.0.0.0/24", 1)).unwrap(),
            needs: vec!["net/vpc".into(), "net/acl".into()],
            undo_before: vec!["net/gw".into()],
            parent: Some("net".into()),
            class: Some("ec2".into()),
        };
        assert_eq!(
            Record::Started(started).to_string(),
            "started net/a aws.ec2.subnet #2 [\"10.0.0.0/24\",1] in net needs net/vpc, net/acl \
             undo before net/gw class ec2"
        );
        let error = StepError::permanent("too many").with_code("VpcLimitExceeded");
        let failed = |clean| Record::Failed { step: "a".into(), error: error.clone(), clean };
        assert_eq!(failed(true).to_string(), "failed a clean: VpcLimitExceeded: too many");
        assert_eq!(failed(false).to_string(), "failed a: VpcLimitExceeded: too many");
    }

    #[test]
    fn a_run_tells_its_meta_data() {
        let run = RunRecord {
            format: 1,
            workflow: "cluster".to_owned(),
            run: "r-1".to_owned(),
            meta: [("region".to_owned(), "eu-central-1".to_owned())].into(),
        };
        assert_eq!(Record::Run(run).to_string(), "run cluster r-1 region=eu-central-1");
    }
}

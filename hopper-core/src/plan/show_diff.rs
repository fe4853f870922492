//! A [`Diff`] as text.

use super::diff::{Diff, Difference, How, StepDiff};
use std::fmt;

impl fmt::Display for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |of: fn(&Difference) -> bool| self.steps.iter().filter(|s| of(&s.is)).count();
        let counts = [
            (count(|is| *is == Difference::New), "new"),
            (count(|is| *is == Difference::Unfinished), "unfinished"),
            (count(|is| matches!(is, Difference::Changed { .. })), "changed"),
            (count(|is| *is == Difference::Gone), "gone"),
            (count(|is| *is == Difference::Done), "done"),
        ];
        let told = counts.iter().filter(|(n, _)| *n != 0).map(|(n, what)| format!("{n} {what}"));
        writeln!(f, "{}: {}", self.workflow, told.collect::<Vec<_>>().join(", "))?;
        let shown = || self.steps.iter().filter(|s| s.is != Difference::Done);
        let width = |of: fn(&StepDiff) -> usize| shown().map(of).max().unwrap_or(0);
        let (name, kind) = (width(|s| s.step.len()), width(|s| s.kind.len()));
        for s in shown() {
            let line = format!("{} {:<name$}  {:<kind$}  {}", s.sign(), s.step, s.kind, s.remark());
            writeln!(f, "  {}", line.trim_end())?;
            s.details(f, "      ")?;
        }
        Ok(())
    }
}

/// As a line, and one for each field.
impl fmt::Display for StepDiff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = format!("{} ({}) {}", self.step, self.kind, self.remark());
        writeln!(f, "{}", line.trim_end())?;
        self.details(f, "  ")
    }
}

impl StepDiff {
    fn sign(&self) -> char {
        match &self.is {
            Difference::Done => ' ',
            Difference::New => '+',
            Difference::Unfinished => '?',
            Difference::Gone => '-',
            Difference::Changed { how: How::InPlace | How::ReadAgain | How::Noted, .. } => '~',
            Difference::Changed { .. } => '!',
        }
    }

    fn remark(&self) -> String {
        let Difference::Changed { how, .. } = &self.is else { return String::new() };
        match how {
            How::InPlace => "in place".to_owned(),
            How::ReadAgain => "reads again".to_owned(),
            How::Noted => "only the order of undoing".to_owned(),
            How::Replacement => "only by replacement".to_owned(),
            How::Perhaps => "perhaps by replacement".to_owned(),
            How::Along { with } => format!("along with {with}"),
        }
    }

    fn details(&self, f: &mut fmt::Formatter<'_>, indent: &str) -> fmt::Result {
        if let Some(recorded) = &self.recorded_kind {
            writeln!(f, "{indent}kind: {recorded} -> {}", self.kind)?;
        }
        let Difference::Changed { fields, .. } = &self.is else { return Ok(()) };
        fields.iter().try_for_each(|field| writeln!(f, "{indent}{field}"))
    }
}

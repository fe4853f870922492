//! [`Said`]: what a script printed last.

use hopper_core::StepError;
use hopper_ssh::Exit;
use std::collections::VecDeque;

/// How many lines an error repeats.
const LAST: usize = 20;
/// How scripts name their parts.
const PART: &str = "==> ";

/// What a script printed last, for the error if it fails.
#[derive(Debug, Default)]
pub(crate) struct Said {
    last: VecDeque<String>,
    part: Option<String>,
}

impl Said {
    /// A line.
    pub(crate) fn hear(&mut self, line: &str) {
        if let Some(part) = line.strip_prefix(PART) {
            self.part = Some(part.to_owned());
        }
        if self.last.len() == LAST {
            self.last.pop_front();
        }
        self.last.push_back(line.to_owned());
    }

    /// It failed: where, and what it said.
    pub(crate) fn failed(&self, machine: &str, exit: &Exit) -> StepError {
        let end = match (exit.code, &exit.signal) {
            (Some(code), _) => format!("exited with {code}"),
            (None, Some(signal)) => format!("was ended by SIG{signal}"),
            (None, None) => "ended".to_owned(),
        };
        let part = self.part.as_ref().map_or(String::new(), |part| format!(" in `{part}`"));
        let lines = self.last.iter().map(|line| format!("\n  | {line}")).collect::<String>();
        StepError::permanent(format_args!("the script on {machine} {end}{part}{lines}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_part_and_the_last_lines_are_told() {
        let mut said = Said::default();
        said.hear("==> packages");
        (0..30).for_each(|line| said.hear(&format!("line {line}")));
        let error = said.failed("builder", &Exit { code: Some(100), signal: None }).to_string();
        assert!(
            error.starts_with("the script on builder exited with 100 in `packages`"),
            "{error}"
        );
        assert!(error.contains("| line 10\n") && !error.contains("| line 9\n"), "{error}");
    }
}

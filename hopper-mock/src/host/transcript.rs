//! [`Transcript`]: what was run on a host.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Mock, Time};

/// Every program that was run on a host, in order, apart from what the shell does itself.
///
/// It prints one program to a line with who ran it and how it ended, and what it printed below it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transcript {
    /// The programs.
    pub commands: Vec<Command>,
}

/// One program that was run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    /// When it began.
    pub at: Time,
    /// Who ran it.
    pub user: String,
    /// Its name and its arguments, separated by spaces.
    pub line: String,
    /// The status it ended with; none as long as it runs.
    pub status: Option<i32>,
    /// What it printed, on standard output and standard error.
    pub output: String,
}

impl Transcript {
    /// The programs whose line has a text in it.
    pub fn of<'a>(&'a self, text: &'a str) -> impl Iterator<Item = &'a Command> {
        self.commands.iter().filter(move |command| command.line.contains(text))
    }
}

impl fmt::Display for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for command in &self.commands {
            let prompt = if command.user == "root" { '#' } else { '$' };
            let status = match command.status {
                Some(0) => String::new(),
                Some(status) => format!(" [{status}]"),
                None => " [...]".to_owned(),
            };
            writeln!(f, "{prompt} {}{status}", command.line)?;
            for line in command.output.lines() {
                writeln!(f, "    {line}")?;
            }
        }
        Ok(())
    }
}

impl Mock {
    /// What was run on an instance so far.
    pub fn transcript(&self, instance_id: &str) -> Transcript {
        self.with_world(|world| {
            world.hosts().transcripts.get(instance_id).cloned().unwrap_or_default()
        })
    }
}

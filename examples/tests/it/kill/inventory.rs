//! [`Inventory`]: what is on an AWS endpoint, seen by boto3, without what differs from run to run.

use regex::Regex;
use serde_json::Value;
use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

/// What looks through boto3.
pub(super) const CLOUD: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/moto/cloud.py");

/// A Python with boto3 that looks at an endpoint whenever it is asked.
pub(super) struct Watch {
    child: Child,
    ask: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Watch {
    pub(super) fn start(bin: &Path, url: &str) -> Self {
        let mut child = Command::new(bin.join("python"))
            .arg(CLOUD)
            .args(["watch", url])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (ask, answers) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Self { child, ask, answers: BufReader::new(answers) }
    }

    /// Everything that is there, one thing to a line, sorted.
    #[track_caller]
    pub(super) fn look(&mut self) -> Inventory {
        self.ask.write_all(b"\n").and_then(|()| self.ask.flush()).unwrap();
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        let things: Value = serde_json::from_str(&line).expect("boto3 could look");
        Inventory::of(&things)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One line a thing: its kind and what is told of it, without ids, times and drawn addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Inventory(Vec<String>);

impl Inventory {
    fn of(things: &Value) -> Self {
        let changing = Regex::new(concat!(
            r"\b([a-z]+-)+[0-9a-f]{8,17}\b",                   // an id of EC2
            r"|\bA[A-Z]{3}[A-Z0-9]{12,17}\b",                  // a unique id of IAM
            r"|\b[a-z0-9]{20}\b",                              // the same as moto draws it
            r"|\b[0-9a-f]{32}\b|\b[0-9a-f]{12}\b",             // a token, a run
            r"|\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", // a UUID
            r"|\b\d{4}-\d\d-\d\d[T ][0-9:.+Z]+",               // a time
            r"|\b([0-9a-f]{2}:){5}[0-9a-f]{2}\b",              // a MAC address
            r"|\b(\d{1,3}[.-]){3}\d{1,3}\b(/32)?",             // an address
        ))
        .unwrap();
        let changing = &changing;
        let kinds = things.as_object().into_iter().flatten();
        let mut lines: Vec<String> = kinds
            .flat_map(|(kind, things)| {
                let things = things.as_array().into_iter().flatten();
                things.map(move |thing| format!("{kind} {}", plain(thing, changing)))
            })
            .collect();
        lines.sort_unstable();
        Self(lines)
    }

    /// What is here and not there.
    pub(super) fn without(&self, other: &Self) -> Vec<&String> {
        let mut rest = other.0.clone();
        let mut more = Vec::new();
        for line in &self.0 {
            match rest.iter().position(|known| known == line) {
                Some(i) => drop(rest.swap_remove(i)),
                None => more.push(line),
            }
        }
        more
    }
}

fn plain(thing: &Value, changing: &Regex) -> Value {
    match thing {
        Value::String(text) => changing.replace_all(text, "*").into(),
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(|item| plain(item, changing)).collect();
            items.sort_by_cached_key(ToString::to_string);
            Value::Array(items)
        }
        Value::Object(members) => {
            members.iter().map(|(key, value)| (key.clone(), plain(value, changing))).collect()
        }
        other => other.clone(),
    }
}

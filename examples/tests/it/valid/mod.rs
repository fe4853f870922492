//! What goes onto machines, into clusters and into IAM, looked at by programs that find mistakes.
//!
//! User data is a shell script, so there is nothing in it for `cloud-init schema`.

mod manifests;
mod policies;
mod scripts;

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

/// Whether a program finds nothing in a text, and what it says.
fn finds(program: &Path, args: &[&str], text: &str) -> (bool, String) {
    let mut command = Command::new(program);
    let streams = command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = streams.stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

//! [`Program`]: `hopper` in a folder of its own.

use hopper_mock::Mock;
use serde_json::Value;
use std::{
    env,
    ffi::OsStr,
    fs,
    io::Read as _,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};
use tempfile::TempDir;

/// `hopper` in a folder of its own, without any of the user's AWS settings.
pub(crate) struct Program {
    folder: TempDir,
}

/// What a command came to.
#[derive(Debug, PartialEq)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Program {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A file in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// The command, not started yet. `line` is split at spaces.
    pub(crate) fn command(&self, line: &str) -> Command {
        let mut command = Command::new(executable());
        command.args(line.split_whitespace()).current_dir(self.folder.path()).env_clear();
        command.env("HOME", self.folder.path()).env("AWS_EC2_METADATA_DISABLED", "true");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, line: &str) -> Ended {
        Ended::of(self.command(line).output().unwrap())
    }

    /// Runs it, and expects it to be done.
    #[track_caller]
    pub(crate) fn done(&self, line: &str) -> Ended {
        let ended = self.run(line);
        assert_eq!(ended.code, 0, "hopper {line}: {ended:#?}");
        ended
    }

    /// What the simulator's world beside the default journal still holds.
    pub(crate) fn leftovers(&self) -> Vec<String> {
        let mock = Mock::builder().copy_of(self.path("hopper.journal.world")).unwrap().build();
        mock.world().leftovers().iter().map(ToString::to_string).collect()
    }

    /// The command with credentials for whatever answers at an endpoint.
    pub(crate) fn with_credentials(&self, line: &str) -> Command {
        let mut command = self.command(line);
        let variables = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
        command.envs(variables.map(|name| (name, "test")));
        command.env("AWS_REGION", "eu-west-1");
        command
    }
}

/// A command that goes on until Ctrl-C. It is ended when dropped.
pub(crate) struct Running {
    child: Option<Child>,
    /// The first line that it has printed.
    pub(crate) line: String,
}

impl Running {
    /// Starts it, and waits until it has printed a line.
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        // What follows the first line is read at the end.
        let out = child.stdout.as_mut().unwrap();
        let mut byte = [0];
        while !line.ends_with('\n') && out.read(&mut byte).unwrap() == 1 {
            line.push(byte[0].into());
        }
        Self { child: Some(child), line }
    }

    /// Stops it with Ctrl-C.
    pub(crate) fn stop(mut self) -> Ended {
        let child = self.child.take().unwrap();
        signal(&child, "-INT");
        Ended::waited(child)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Ended {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub(crate) fn waited(child: Child) -> Self {
        Self::of(child.wait_with_output().unwrap())
    }

    /// The last line that was printed.
    pub(crate) fn last(&self) -> &str {
        self.stdout.lines().last().unwrap_or_default()
    }

    /// The lines as JSON.
    pub(crate) fn json(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// Where cargo puts the example: beside the folder of this test.
fn executable() -> PathBuf {
    let test = env::current_exe().unwrap();
    let built = test.parent().and_then(Path::parent).unwrap().join("examples");
    let hopper = built.join("hopper").with_extension(env::consts::EXE_EXTENSION);
    assert!(hopper.exists(), "build it first, with `cargo build -p examples --examples`");
    hopper
}

/// Sends a signal to a process that this test has started.
#[track_caller]
pub(crate) fn signal(child: &Child, signal: impl AsRef<OsStr>) {
    let sent = Command::new("kill").arg(signal).arg(child.id().to_string()).status().unwrap();
    assert!(sent.success(), "the process has ended already");
}

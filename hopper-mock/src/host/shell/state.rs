//! [`Shell`]: the state of a shell, and the ways to start one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use brush_parser::ast::FunctionBody;
use brush_parser::{Parser, ParserOptions};

use super::options::Options;
use super::{Input, Io};
use crate::Time;
use crate::host::disk::DiskError;
use crate::host::guest::Guest;
use crate::host::path;

/// What ends more than a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::host) enum Flow {
    /// The shell ends with this status.
    Exit(i32),
    /// The function ends with this status.
    Return(i32),
    /// So many loops end.
    Break(u32),
    /// All but the last of so many loops end, and that one goes on.
    Continue(u32),
}

/// A shell. A clone is a subshell.
#[derive(Clone, Debug)]
pub(in crate::host) struct Shell {
    pub(in crate::host) guest: Guest,
    pub(in crate::host) user: String,
    pub(in crate::host) directory: String,
    pub(super) variables: BTreeMap<String, String>,
    pub(super) exported: BTreeSet<String>,
    pub(super) functions: BTreeMap<String, Arc<FunctionBody>>,
    /// The variables of callers that functions have hidden.
    pub(super) hidden: Vec<BTreeMap<String, Option<String>>>,
    pub(super) name: String,
    pub(super) arguments: Vec<String>,
    pub(super) options: Options,
    pub(super) status: i32,
    /// The status of the last command that was substituted into the command at hand.
    pub(super) substituted: Option<i32>,
    /// How many conditions are being looked at: in one, a failure is no reason to exit.
    pub(super) conditions: u32,
    pub(super) last_background: Option<u32>,
    /// The process in the background it belongs to, or that of a login.
    pub(super) pid: u32,
    /// How many shells, functions and substitutions deep it is.
    pub(super) depth: u32,
    /// What is run when it ends (`trap ... EXIT`).
    pub(super) at_exit: Option<String>,
    /// The permissions new files do not get.
    pub(in crate::host) umask: u32,
    /// When it began, for `$SECONDS`.
    pub(super) began: Time,
}

/// How deep shells, functions and substitutions may be inside each other.
pub(super) const DEEPEST: u32 = 60;

impl Shell {
    /// A login of a user.
    pub(in crate::host) fn new(guest: Guest, user: &str, home: &str) -> Self {
        let began = guest.mock.now();
        let mut shell = Self {
            guest,
            user: user.to_owned(),
            directory: home.to_owned(),
            variables: BTreeMap::new(),
            exported: BTreeSet::new(),
            functions: BTreeMap::new(),
            hidden: Vec::new(),
            name: "bash".to_owned(),
            arguments: Vec::new(),
            options: Options::default(),
            status: 0,
            substituted: None,
            conditions: 0,
            last_background: None,
            pid: 1000,
            depth: 0,
            at_exit: None,
            umask: 0o022,
            began,
        };
        shell.become_user(user);
        shell.export("PWD", home);
        shell
    }

    /// The variables a user has to begin with.
    pub(in crate::host) fn become_user(&mut self, user: &str) {
        let home = if user == "root" { "/root".to_owned() } else { format!("/home/{user}") };
        user.clone_into(&mut self.user);
        let programs = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        for (name, value) in
            [("HOME", home.as_str()), ("USER", user), ("LOGNAME", user), ("PATH", programs)]
        {
            self.export(name, value);
        }
    }

    pub(in crate::host) fn set_environment(&mut self, variables: BTreeMap<String, String>) {
        for (name, value) in variables {
            self.export(&name, &value);
        }
    }

    pub(in crate::host) fn set_flags(&mut self, flags: &str) {
        self.options.set_all(flags);
    }

    pub(in crate::host) fn set_option(&mut self, name: &str) {
        self.options.set_named(name, true);
    }

    pub(in crate::host) fn set_name(&mut self, name: &str) {
        name.clone_into(&mut self.name);
    }

    pub(in crate::host) fn set_arguments(&mut self, arguments: Vec<String>) {
        self.arguments = arguments;
    }

    /// Sets a variable that programs see.
    pub(in crate::host) fn export(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), value.to_owned());
        self.exported.insert(name.to_owned());
    }

    /// The variables programs see.
    pub(in crate::host) fn environment(&self) -> BTreeMap<String, String> {
        let seen = self.variables.iter().filter(|(name, _)| self.exported.contains(*name));
        seen.map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// The value of a variable.
    pub(in crate::host) fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// The status of what was run last.
    pub(in crate::host) fn status(&self) -> i32 {
        self.status
    }

    /// An absolute path.
    pub(in crate::host) fn path(&self, path: &str) -> String {
        path::absolute(&self.directory, path)
    }

    /// Writes a file; a new one gets the permissions that the mask leaves.
    pub(in crate::host) fn write(
        &self,
        path: &str,
        data: &[u8],
        is_append: bool,
    ) -> Result<(), DiskError> {
        self.guest.disk(|disk| {
            let is_new = disk.get(path).is_none();
            disk.write(&self.user, path, data, is_append)?;
            if let Some(node) = disk.get_mut(path).filter(|_| is_new) {
                node.mode = 0o666 & !self.umask;
            }
            Ok(())
        })
    }

    /// Sets or shows the mask of permissions.
    pub(super) fn set_umask(&mut self, mask: Option<&str>, io: &Io) -> i32 {
        let Some(mask) = mask else {
            io.out(format!("{:04o}\n", self.umask));
            return 0;
        };
        match u32::from_str_radix(mask, 8).ok().filter(|mask| *mask <= 0o777) {
            Some(mask) => {
                self.umask = mask;
                0
            }
            None => {
                io.err(format!("{}: umask: {mask}: the simulator takes octal numbers", self.name));
                1
            }
        }
    }

    /// Another shell this one starts: it has the environment and nothing else.
    pub(in crate::host) fn child(&self) -> Self {
        let mut child = Self::new(self.guest.clone(), &self.user, &self.directory);
        child.set_environment(self.environment());
        child.depth = self.depth + 1;
        child.pid = self.pid;
        child.umask = self.umask;
        child
    }

    /// Runs a script and gives the status it ended with.
    pub(in crate::host) async fn run_text(&mut self, script: &str, io: &Io) -> i32 {
        let ended = self.run_script(script, io).await;
        let status = match ended {
            Ok(()) => self.status,
            Err(Flow::Exit(status) | Flow::Return(status)) => status,
            Err(Flow::Break(_) | Flow::Continue(_)) => self.status,
        };
        let Some(last) = self.at_exit.take() else { return status };
        self.status = status;
        match self.run_script(&last, io).await {
            Err(Flow::Exit(status)) => status,
            _ => status,
        }
    }

    /// Runs a script in this shell: `eval`, and files that are sourced.
    pub(super) async fn run_script(&mut self, script: &str, io: &Io) -> Result<(), Flow> {
        if self.depth > DEEPEST {
            io.err(format!("{}: too deep", self.name));
            return Err(Flow::Exit(2));
        }
        let options = ParserOptions::default();
        let program = match Parser::new(script.as_bytes(), &options).parse_program() {
            Ok(program) => program,
            Err(error) => {
                io.err(format!("{}: syntax error: {error}", self.name));
                return Err(Flow::Exit(2));
            }
        };
        self.depth += 1;
        let mut ended = Ok(());
        for list in &program.complete_commands {
            ended = self.run_list(list, io).await;
            if ended.is_err() {
                break;
            }
        }
        self.depth -= 1;
        ended
    }

    /// Runs a file that is a script, with what its first line says.
    pub(in crate::host) async fn run_file(
        &mut self,
        file: &str,
        arguments: &[String],
        io: &Io,
    ) -> i32 {
        let script = self.guest.disk(|disk| disk.read(&self.user, file).map(<[u8]>::to_vec));
        let script = match script {
            Ok(script) => String::from_utf8_lossy(&script).into_owned(),
            Err(error) => {
                io.err(format!("{}: {file}: {error}", self.name));
                return 127;
            }
        };
        let first = script.lines().next().unwrap_or_default();
        if let Some(interpreter) = first.strip_prefix("#!") {
            let mut words = interpreter.split_whitespace();
            let mut program = path::name(words.next().unwrap_or_default());
            if program == "env" {
                program = words.next().unwrap_or_default();
            }
            if !matches!(program, "sh" | "bash" | "dash") {
                io.err(format!("{}: {file}: {program}: bad interpreter", self.name));
                return 126;
            }
            for flags in words {
                self.options.set_all(flags);
            }
        }
        file.clone_into(&mut self.name);
        arguments.clone_into(&mut self.arguments);
        self.run_text(&script, io).await
    }

    /// Runs a script in a subshell, and gives what it printed.
    pub(super) async fn capture(&mut self, script: &str, io: &Io) -> Result<Vec<u8>, Flow> {
        let (stdout, kept) = super::Output::memory();
        let inner = Io { stdin: Input::empty(), stdout, stderr: io.stderr.clone() };
        let mut shell = self.clone();
        shell.at_exit = None;
        shell.depth += 1;
        self.substituted = Some(Box::pin(shell.run_text(script, &inner)).await);
        Ok(kept.take())
    }
}

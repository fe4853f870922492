//! Running lists, pipelines and simple commands.

use std::collections::BTreeMap;
use std::sync::Arc;

use brush_parser::ast::{
    AndOr, AndOrList, Assignment, AssignmentName, AssignmentValue, Command,
    CommandPrefixOrSuffixItem as Item, CompoundList, FunctionBody, IoRedirect, Pipeline,
    SeparatorOperator, SimpleCommand, Word,
};

use super::expand::Later;
use super::state::DEEPEST;
use super::{Flow, Input, Io, Output, Shell, builtin};
use crate::host::{Guest, program};

/// A process in the background. It is gone when it has ended, and when the runtime ends that it runs
/// in: nobody would end it any more.
struct Process {
    guest: Guest,
    pid: u32,
}

impl Drop for Process {
    fn drop(&mut self) {
        self.guest.running(|running| running.processes.remove(&self.pid));
        self.guest.mock.hosts_changed().notify_waiters();
    }
}

impl Shell {
    /// Runs a list.
    pub(super) fn run_list<'a>(&'a mut self, list: &'a CompoundList, io: &'a Io) -> Later<'a, ()> {
        Box::pin(async move {
            for item in &list.0 {
                match item.1 {
                    SeparatorOperator::Async => self.background(&item.0, io),
                    SeparatorOperator::Sequence => self.and_or(&item.0, io).await?,
                }
            }
            Ok(())
        })
    }

    /// Starts a list in the background, detached from the session.
    fn background(&mut self, list: &AndOrList, io: &Io) {
        let mut inner = self.clone();
        inner.at_exit = None;
        let (list, guest) = (list.clone(), self.guest.clone());
        let io = Io { stdin: Input::empty(), ..io.clone() };
        let pid = guest.running(|running| {
            running.last_pid += 1;
            running.processes.insert(running.last_pid, list.to_string());
            running.last_pid
        });
        self.last_background = Some(pid);
        inner.pid = pid;
        self.status = 0;
        let process = Process { guest, pid };
        tokio::spawn(async move {
            tokio::select! {
                _ = inner.and_or(&list, &io) => {}
                () = process.guest.off() => {}
            }
        });
    }

    async fn and_or(&mut self, list: &AndOrList, io: &Io) -> Result<(), Flow> {
        let is_alone = list.additional.is_empty();
        self.pipeline(&list.first, !is_alone, io).await?;
        for (index, next) in list.additional.iter().enumerate() {
            let (pipeline, is_run) = match next {
                AndOr::And(pipeline) => (pipeline, self.status == 0),
                AndOr::Or(pipeline) => (pipeline, self.status != 0),
            };
            if is_run {
                let is_last = index + 1 == list.additional.len();
                self.pipeline(pipeline, !is_last, io).await?;
            }
        }
        Ok(())
    }

    /// Runs a pipeline. Its failure ends a shell with `-e`, unless it is a condition.
    async fn pipeline(
        &mut self,
        pipeline: &Pipeline,
        is_condition: bool,
        io: &Io,
    ) -> Result<(), Flow> {
        let is_condition = is_condition || pipeline.bang;
        self.conditions += u32::from(is_condition);
        let ended = match pipeline.seq.as_slice() {
            [command] => self.command(command, io).await,
            commands => {
                self.piped(commands, io).await;
                Ok(())
            }
        };
        self.conditions -= u32::from(is_condition);
        ended?;
        if pipeline.bang {
            self.status = i32::from(self.status == 0);
        } else if self.status != 0 && self.options.errexit && self.conditions == 0 && !is_condition
        {
            return Err(Flow::Exit(self.status));
        }
        Ok(())
    }

    /// Runs commands one after the other, each in a shell of its own, with what the one before has
    /// printed.
    async fn piped(&mut self, commands: &[Command], io: &Io) {
        let (mut stdin, mut failure) = (io.stdin.clone(), 0);
        for (index, command) in commands.iter().enumerate() {
            let mut inner = self.clone();
            inner.at_exit = None;
            let is_last = index + 1 == commands.len();
            let (memory, kept) = Output::memory();
            let stdout = if is_last { io.stdout.clone() } else { memory };
            let inner_io = Io { stdin, stdout, stderr: io.stderr.clone() };
            self.status = match inner.command(command, &inner_io).await {
                Ok(()) | Err(Flow::Break(_) | Flow::Continue(_)) => inner.status,
                Err(Flow::Exit(status) | Flow::Return(status)) => status,
            };
            if self.status != 0 {
                failure = self.status;
            }
            stdin = Input::bytes(kept.take());
        }
        if self.options.pipefail {
            self.status = failure;
        }
    }

    async fn command(&mut self, command: &Command, io: &Io) -> Result<(), Flow> {
        match command {
            Command::Simple(simple) => self.simple(simple, io).await,
            Command::Compound(compound, redirects) => {
                let redirects: Vec<_> = redirects.iter().flat_map(|list| &list.0).collect();
                let Some(io) = self.redirected(&redirects, io).await? else {
                    self.status = 1;
                    return Ok(());
                };
                self.compound(compound, &io).await
            }
            Command::Function(function) => {
                self.functions
                    .insert(function.fname.value.clone(), Arc::new(function.body.clone()));
                self.status = 0;
                Ok(())
            }
            Command::ExtendedTest(test, _) => {
                self.status = i32::from(!self.extended_test(&test.expr, io).await?);
                Ok(())
            }
        }
    }

    async fn simple(&mut self, command: &SimpleCommand, io: &Io) -> Result<(), Flow> {
        if !self.guest.is_alive() {
            return Err(Flow::Exit(143));
        }
        let (mut assignments, mut redirects): (Vec<&Assignment>, Vec<&IoRedirect>) =
            (Vec::new(), Vec::new());
        let mut words: Vec<&Word> = Vec::new();
        let prefix = command.prefix.iter().flat_map(|prefix| &prefix.0);
        let suffix = command.suffix.iter().flat_map(|suffix| &suffix.0);
        for item in prefix {
            match item {
                Item::AssignmentWord(assignment, _) => assignments.push(assignment),
                Item::IoRedirect(redirect) => redirects.push(redirect),
                Item::Word(word) => words.push(word),
                Item::ProcessSubstitution(..) => return self.no_substitution(io),
            }
        }
        words.extend(&command.word_or_name);
        for item in suffix {
            match item {
                Item::AssignmentWord(_, word) | Item::Word(word) => words.push(word),
                Item::IoRedirect(redirect) => redirects.push(redirect),
                Item::ProcessSubstitution(..) => return self.no_substitution(io),
            }
        }
        self.substituted = None;
        let words = self.words(&words, io).await?;
        let mut values = BTreeMap::new();
        for assignment in assignments {
            let (name, value) = self.assigned(assignment, io).await?;
            values.insert(name, value);
        }
        let Some(io) = self.redirected(&redirects, io).await? else {
            self.status = 1;
            return Ok(());
        };
        if self.options.xtrace {
            let mut line: Vec<String> =
                values.iter().map(|(name, value)| format!("{name}={value}")).collect();
            line.extend(words.iter().cloned());
            io.err(format!("+ {}", line.join(" ")));
        }
        if words.is_empty() {
            self.status = self.substituted.unwrap_or_default();
            self.variables.extend(values);
            return Ok(());
        }
        self.execute(words, values, &io).await
    }

    fn no_substitution(&self, io: &Io) -> Result<(), Flow> {
        io.err(format!("{}: the simulator has no process substitution", self.name));
        Err(Flow::Exit(2))
    }

    async fn assigned(
        &mut self,
        assignment: &Assignment,
        io: &Io,
    ) -> Result<(String, String), Flow> {
        let (AssignmentName::VariableName(name), AssignmentValue::Scalar(word)) =
            (&assignment.name, &assignment.value)
        else {
            io.err(format!("{}: the simulator has no arrays", self.name));
            return Err(Flow::Exit(2));
        };
        let mut value = self.word(&word.value, io).await?;
        if assignment.append {
            value.insert_str(0, self.variable(name).unwrap_or_default());
        }
        Ok((name.clone(), value))
    }

    /// Runs a function, a builtin or a program.
    pub(in crate::host) async fn execute(
        &mut self,
        words: Vec<String>,
        values: BTreeMap<String, String>,
        io: &Io,
    ) -> Result<(), Flow> {
        let Some((name, arguments)) = words.split_first() else { return Ok(()) };
        if let Some(body) = self.functions.get(name).cloned() {
            self.variables.extend(values);
            return self.call(&body, arguments.to_vec(), io).await;
        }
        if builtin::is_one(name) {
            self.variables.extend(values);
            self.status = Box::pin(self.builtin(name, arguments, io)).await?;
            return Ok(());
        }
        let mut child = self.clone();
        for (name, value) in values {
            child.export(&name, &value);
        }
        self.status = Box::pin(program::run(&mut child, &words, io)).await;
        Ok(())
    }

    /// Runs the body of a function.
    async fn call(
        &mut self,
        body: &FunctionBody,
        arguments: Vec<String>,
        io: &Io,
    ) -> Result<(), Flow> {
        if self.depth > DEEPEST {
            io.err(format!("{}: functions are called too deep", self.name));
            return Err(Flow::Exit(2));
        }
        let redirects: Vec<_> = body.1.iter().flat_map(|list| &list.0).collect();
        let Some(io) = self.redirected(&redirects, io).await? else {
            self.status = 1;
            return Ok(());
        };
        let outer = std::mem::replace(&mut self.arguments, arguments);
        self.hidden.push(BTreeMap::new());
        self.depth += 1;
        self.status = 0;
        let ended = Box::pin(self.compound(&body.0, &io)).await;
        self.depth -= 1;
        for (name, value) in self.hidden.pop().unwrap_or_default() {
            match value {
                Some(value) => self.variables.insert(name, value),
                None => self.variables.remove(&name),
            };
        }
        self.arguments = outer;
        match ended {
            Err(Flow::Return(status)) => {
                self.status = status;
                let is_failure = status != 0 && self.options.errexit && self.conditions == 0;
                if is_failure { Err(Flow::Exit(status)) } else { Ok(()) }
            }
            other => other,
        }
    }
}

//! [`Call`]: one run of a program.

use crate::host::shell::{Io, Shell};

/// A program with its arguments, and where it is run.
#[derive(Debug)]
pub(in crate::host) struct Call<'a> {
    pub(super) shell: &'a mut Shell,
    pub(super) name: &'a str,
    pub(super) arguments: &'a [String],
    pub(super) io: &'a Io,
}

impl Call<'_> {
    /// The arguments that are not flags; after `--` all of them.
    pub(super) fn operands(&self) -> Vec<String> {
        let (mut operands, mut is_over) = (Vec::new(), false);
        for argument in self.arguments {
            if argument == "--" && !is_over {
                is_over = true;
            } else if is_over || !argument.starts_with('-') || argument == "-" {
                operands.push(argument.clone());
            }
        }
        operands
    }

    /// Whether a flag is given: by its letter, alone or among others, or by its name.
    pub(super) fn has(&self, letter: char, name: &str) -> bool {
        let mut flags = self.arguments.iter().take_while(|argument| *argument != "--");
        flags.any(|argument| match argument.strip_prefix("--") {
            Some(long) => !name.is_empty() && long == name,
            None => argument.strip_prefix('-').is_some_and(|short| short.contains(letter)),
        })
    }

    /// The value that follows a flag, or is one with it: `-n 5`, `-n5`, `--lines=5`.
    pub(super) fn value(&self, letter: char, name: &str) -> Option<String> {
        let mut arguments = self.arguments.iter();
        while let Some(argument) = arguments.next() {
            if let Some(long) = argument.strip_prefix("--") {
                match long.split_once('=') {
                    Some((found, value)) if found == name => return Some(value.to_owned()),
                    None if long == name && !name.is_empty() => return arguments.next().cloned(),
                    _ => continue,
                }
            }
            if let Some(after) =
                argument.strip_prefix('-').and_then(|short| short.strip_prefix(letter))
            {
                return if after.is_empty() {
                    arguments.next().cloned()
                } else {
                    Some(after.to_owned())
                };
            }
        }
        None
    }

    /// The operands without the values of flags with these letters.
    pub(super) fn operands_but(&self, letters: &str) -> Vec<String> {
        let (mut operands, mut is_value) = (Vec::new(), false);
        for argument in self.arguments {
            if std::mem::take(&mut is_value) {
                continue;
            }
            match argument.strip_prefix('-') {
                Some(short) if !short.is_empty() => {
                    is_value = !short.starts_with('-')
                        && short.ends_with(|letter| letters.contains(letter));
                }
                _ => operands.push(argument.clone()),
            }
        }
        operands
    }

    /// Prints what went wrong, and gives the status for it.
    pub(super) fn fail(&self, message: impl AsRef<str>, status: i32) -> i32 {
        self.io.err(format!("{}: {}", self.name, message.as_ref()));
        status
    }

    /// Refuses whoever is not root.
    pub(super) fn needs_root(&self, message: &str) -> Result<(), i32> {
        if self.shell.user == "root" { Ok(()) } else { Err(self.fail(message, 1)) }
    }

    /// The content of a file, or of standard input for `-`; what went wrong was told.
    pub(super) async fn read(&self, operand: &str) -> Option<Vec<u8>> {
        if operand == "-" || operand == "/dev/stdin" {
            return Some(self.io.stdin.read_all().await);
        }
        let path = self.shell.path(operand);
        if path == "/dev/null" {
            return Some(Vec::new());
        }
        let user = &self.shell.user;
        match self.shell.guest.disk(|disk| disk.read(user, &path).map(<[u8]>::to_vec)) {
            Ok(data) => Some(data),
            Err(error) => {
                self.fail(format!("{operand}: {error}"), 1);
                None
            }
        }
    }

    /// The content of files one after the other, or of standard input if there are none, and a
    /// status.
    pub(super) async fn read_each(&self, operands: &[String]) -> (Vec<u8>, i32) {
        if operands.is_empty() {
            return (self.io.stdin.read_all().await, 0);
        }
        let (mut all, mut status) = (Vec::new(), 0);
        for operand in operands {
            match self.read(operand).await {
                Some(data) => all.extend(data),
                None => status = 1,
            }
        }
        (all, status)
    }

    /// The same as text.
    pub(super) async fn read_text(&self, operands: &[String]) -> (String, i32) {
        let (data, status) = self.read_each(operands).await;
        (String::from_utf8_lossy(&data).into_owned(), status)
    }
}

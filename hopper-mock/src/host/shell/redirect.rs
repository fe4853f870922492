//! Redirections.

use brush_parser::ast::{IoFileRedirectKind, IoFileRedirectTarget, IoRedirect};

use super::{Flow, Input, Io, Output, Shell};

impl Shell {
    /// The input and output a redirection leads to; none if it cannot be made, which was told.
    pub(super) async fn redirected(
        &mut self,
        redirects: &[&IoRedirect],
        io: &Io,
    ) -> Result<Option<Io>, Flow> {
        let mut changed = io.clone();
        for redirect in redirects {
            let is_done = match redirect {
                IoRedirect::HereDocument(_, document) => {
                    let mut text = document.doc.value.clone();
                    if document.remove_tabs {
                        let lines = text.split_inclusive('\n');
                        text = lines.map(|line| line.trim_start_matches('\t')).collect();
                    }
                    if document.requires_expansion {
                        text = self.here_document(&text, io).await?;
                    }
                    changed.stdin = Input::bytes(text.into_bytes());
                    true
                }
                IoRedirect::HereString(_, word) => {
                    let text = self.word(&word.value, io).await?;
                    changed.stdin = Input::bytes(format!("{text}\n").into_bytes());
                    true
                }
                IoRedirect::OutputAndError(word, is_append) => {
                    let path = self.word(&word.value, io).await?;
                    match self.open(&path, *is_append, io) {
                        Some(output) => {
                            (changed.stdout, changed.stderr) = (output.clone(), output);
                            true
                        }
                        None => false,
                    }
                }
                IoRedirect::File(fd, kind, target) => {
                    self.file_redirect(*fd, kind, target, &mut changed, io).await?
                }
            };
            if !is_done {
                return Ok(None);
            }
        }
        Ok(Some(changed))
    }

    async fn file_redirect(
        &mut self,
        fd: Option<i32>,
        kind: &IoFileRedirectKind,
        target: &IoFileRedirectTarget,
        changed: &mut Io,
        io: &Io,
    ) -> Result<bool, Flow> {
        let word = match target {
            IoFileRedirectTarget::Filename(word) | IoFileRedirectTarget::Duplicate(word) => {
                self.word(&word.value, io).await?
            }
            IoFileRedirectTarget::Fd(fd) => fd.to_string(),
            IoFileRedirectTarget::ProcessSubstitution(..) => {
                io.err(format!("{}: the simulator has no process substitution", self.name));
                return Ok(false);
            }
        };
        let output = match kind {
            IoFileRedirectKind::Read => {
                return Ok(match self.input(&word, io) {
                    Some(input) => {
                        changed.stdin = input;
                        true
                    }
                    None => false,
                });
            }
            IoFileRedirectKind::DuplicateInput => {
                if word == "-" {
                    changed.stdin = Input::empty();
                }
                return Ok(true);
            }
            IoFileRedirectKind::DuplicateOutput => match word.as_str() {
                "1" => Some(changed.stdout.clone()),
                "2" => Some(changed.stderr.clone()),
                "-" => Some(Output::nowhere()),
                _ => {
                    io.err(format!("{}: {word}: bad file descriptor", self.name));
                    None
                }
            },
            IoFileRedirectKind::Append => self.open(&word, true, io),
            IoFileRedirectKind::Write
            | IoFileRedirectKind::Clobber
            | IoFileRedirectKind::ReadAndWrite => self.open(&word, false, io),
        };
        let Some(output) = output else { return Ok(false) };
        match fd.unwrap_or(1) {
            1 => changed.stdout = output,
            2 => changed.stderr = output,
            // What is written to others is looked at by nobody here.
            _ => {}
        }
        Ok(true)
    }

    fn input(&self, word: &str, io: &Io) -> Option<Input> {
        let path = self.path(word);
        if path == "/dev/null" {
            return Some(Input::empty());
        }
        if path == "/dev/stdin" {
            return Some(io.stdin.clone());
        }
        match self.guest.disk(|disk| disk.read(&self.user, &path).map(<[u8]>::to_vec)) {
            Ok(data) => Some(Input::bytes(data)),
            Err(error) => {
                io.err(format!("{}: {word}: {error}", self.name));
                None
            }
        }
    }

    /// Opens a file to write to, at its end or anew.
    fn open(&self, word: &str, is_append: bool, io: &Io) -> Option<Output> {
        let path = self.path(word);
        match path.as_str() {
            "/dev/null" => return Some(Output::nowhere()),
            "/dev/stdout" => return Some(io.stdout.clone()),
            "/dev/stderr" => return Some(io.stderr.clone()),
            "/dev/console" if self.user == "root" => {
                return Some(Output::file(self.guest.clone(), &path));
            }
            _ => {}
        }
        match self.write(&path, b"", is_append) {
            Ok(()) => Some(Output::file(self.guest.clone(), &path)),
            Err(error) => {
                io.err(format!("{}: {word}: {error}", self.name));
                None
            }
        }
    }
}

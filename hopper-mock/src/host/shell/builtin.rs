//! What the shell does itself.

use super::{Flow, Io, Shell};

/// Whether the shell does it itself.
pub(super) fn is_one(name: &str) -> bool {
    matches!(
        name,
        ":" | "."
            | "["
            | "break"
            | "cd"
            | "command"
            | "continue"
            | "echo"
            | "eval"
            | "exec"
            | "exit"
            | "export"
            | "false"
            | "kill"
            | "local"
            | "printf"
            | "pwd"
            | "read"
            | "readonly"
            | "return"
            | "set"
            | "shift"
            | "source"
            | "test"
            | "trap"
            | "true"
            | "type"
            | "umask"
            | "unset"
            | "wait"
    )
}

impl Shell {
    /// Does it, and gives its status.
    pub(in crate::host) async fn builtin(
        &mut self,
        name: &str,
        arguments: &[String],
        io: &Io,
    ) -> Result<i32, Flow> {
        let first = arguments.first().map(String::as_str);
        let number = || first.and_then(|text| text.parse::<u32>().ok());
        Ok(match name {
            ":" | "true" => 0,
            "umask" => self.set_umask(first, io),
            "false" => 1,
            "test" => self.test(arguments, io),
            "[" => match arguments.split_last() {
                Some((last, rest)) if last == "]" => self.test(rest, io),
                _ => {
                    io.err(format!("{}: [: missing `]'", self.name));
                    2
                }
            },
            "break" => return Err(Flow::Break(number().unwrap_or(1).max(1))),
            "continue" => return Err(Flow::Continue(number().unwrap_or(1).max(1))),
            "exit" => return Err(Flow::Exit(number().map_or(self.status, low_byte))),
            "return" => return Err(Flow::Return(number().map_or(self.status, low_byte))),
            "cd" => self.change_directory(first, io),
            "pwd" => {
                io.out(format!("{}\n", self.directory));
                0
            }
            "echo" => written(io, &echo(arguments)),
            "printf" => written(io, &printf(arguments)),
            "read" => self.read(arguments, io).await,
            "export" | "readonly" | "local" => self.declare(name, arguments),
            "unset" => {
                for name in arguments.iter().filter(|argument| !argument.starts_with('-')) {
                    self.variables.remove(name);
                    self.exported.remove(name);
                    self.functions.remove(name);
                }
                0
            }
            "set" => self.set(arguments, io),
            "shift" => {
                let n = usize::try_from(number().unwrap_or(1)).unwrap_or(usize::MAX);
                if n > self.arguments.len() {
                    return Ok(1);
                }
                self.arguments.drain(..n);
                0
            }
            "eval" => {
                self.status = 0;
                self.run_script(&arguments.join(" "), io).await?;
                self.status
            }
            "." | "source" => self.source(first, io).await?,
            "exec" if arguments.is_empty() => 0,
            "exec" => {
                self.execute(arguments.to_vec(), Default::default(), io).await?;
                return Err(Flow::Exit(self.status));
            }
            "command" | "type" => self.command_builtin(name, arguments, io).await?,
            "trap" => {
                if let [action, signals @ ..] = arguments
                    && signals.iter().any(|signal| signal == "EXIT" || signal == "0")
                {
                    self.at_exit = Some(action.clone()).filter(|action| action != "-");
                }
                0
            }
            "wait" => self.wait(first).await,
            "kill" => self.kill(arguments, io),
            _ => 127,
        })
    }

    fn change_directory(&mut self, to: Option<&str>, io: &Io) -> i32 {
        let home = self.variable("HOME").unwrap_or("/").to_owned();
        let to = to.unwrap_or(&home);
        let path = self.path(to);
        if self.guest.disk(|disk| disk.is_directory(&path)) {
            self.directory.clone_from(&path);
            self.export("PWD", &path);
            return 0;
        }
        io.err(format!("{}: cd: {to}: No such file or directory", self.name));
        1
    }

    async fn read(&mut self, arguments: &[String], io: &Io) -> i32 {
        let mut names: Vec<_> =
            arguments.iter().filter(|argument| !argument.starts_with('-')).cloned().collect();
        if names.is_empty() {
            names.push("REPLY".to_owned());
        }
        let Some((line, is_whole)) = io.stdin.read_line().await else {
            for name in names {
                self.variables.insert(name, String::new());
            }
            return 1;
        };
        let line = String::from_utf8_lossy(&line).into_owned();
        let mut rest = line.trim();
        let n_names = names.len();
        for (index, name) in names.into_iter().enumerate() {
            let (word, after) = match rest.split_once([' ', '\t']) {
                Some((word, after)) if index + 1 < n_names => (word, after.trim_start()),
                _ => (rest, ""),
            };
            self.variables.insert(name, word.to_owned());
            rest = after;
        }
        i32::from(!is_whole)
    }

    fn declare(&mut self, how: &str, arguments: &[String]) -> i32 {
        for argument in arguments.iter().filter(|argument| !argument.starts_with('-')) {
            let (name, value) = match argument.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (argument.as_str(), None),
            };
            if how == "local" {
                let old = self.variables.get(name).cloned();
                if let Some(hidden) = self.hidden.last_mut() {
                    hidden.entry(name.to_owned()).or_insert(old);
                }
                self.variables.insert(name.to_owned(), value.unwrap_or_default().to_owned());
                continue;
            }
            if let Some(value) = value {
                self.variables.insert(name.to_owned(), value.to_owned());
            }
            if how == "export" {
                self.exported.insert(name.to_owned());
            }
        }
        0
    }

    fn set(&mut self, arguments: &[String], io: &Io) -> i32 {
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            let is_on = argument.starts_with('-');
            let Some(letters) = argument.strip_prefix(['-', '+']) else {
                self.arguments = std::iter::once(argument).chain(rest).cloned().collect();
                return 0;
            };
            if letters == "-" {
                self.arguments = rest.cloned().collect();
                return 0;
            }
            for letter in letters.chars() {
                if letter != 'o' {
                    self.options.set(letter, is_on);
                    continue;
                }
                let name = rest.next().map(String::as_str).unwrap_or_default();
                if !self.options.set_named(name, is_on) {
                    io.err(format!("{}: set: {name}: invalid option name", self.name));
                    return 2;
                }
            }
        }
        0
    }

    async fn source(&mut self, file: Option<&str>, io: &Io) -> Result<i32, Flow> {
        let path = self.path(file.unwrap_or_default());
        let text = self.guest.disk(|disk| disk.read(&self.user, &path).map(<[u8]>::to_vec));
        match text {
            Ok(text) => {
                self.status = 0;
                let ended = self.run_script(&String::from_utf8_lossy(&text), io).await;
                match ended {
                    Err(Flow::Return(status)) => Ok(status),
                    other => other.map(|()| self.status),
                }
            }
            Err(error) => {
                io.err(format!("{}: {}: {error}", self.name, file.unwrap_or_default()));
                Ok(1)
            }
        }
    }

    async fn command_builtin(
        &mut self,
        name: &str,
        arguments: &[String],
        io: &Io,
    ) -> Result<i32, Flow> {
        let is_question = name == "type" || arguments.first().is_some_and(|flag| flag == "-v");
        if !is_question {
            self.execute(arguments.to_vec(), Default::default(), io).await?;
            return Ok(self.status);
        }
        let Some(asked) = arguments.last() else { return Ok(1) };
        if is_one(asked) || self.functions.contains_key(asked) {
            io.out(format!("{asked}\n"));
            return Ok(0);
        }
        match crate::host::program::found(self, asked) {
            Some(path) => {
                io.out(format!("{path}\n"));
                Ok(0)
            }
            None => Ok(1),
        }
    }

    /// Waits for one process in the background, or for all.
    async fn wait(&mut self, which: Option<&str>) -> i32 {
        let which = which.and_then(|pid| pid.parse::<u32>().ok());
        let guest = self.guest.clone();
        loop {
            let changed = guest.mock.hosts_changed().notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            let is_over = guest.running(|running| match which {
                Some(pid) => !running.processes.contains_key(&pid),
                None => running.processes.is_empty(),
            });
            if is_over || !guest.is_alive() {
                return 0;
            }
            changed.await;
        }
    }

    fn kill(&self, arguments: &[String], io: &Io) -> i32 {
        let is_question = arguments.first().is_some_and(|flag| flag == "-0");
        let pids = arguments.iter().filter(|argument| !argument.starts_with('-'));
        for pid in pids {
            let number = pid.parse::<u32>().unwrap_or_default();
            let is_there = self.guest.running(|running| running.processes.contains_key(&number));
            if !is_there {
                io.err(format!("{}: kill: ({pid}) - No such process", self.name));
                return 1;
            }
            if !is_question {
                io.err(format!("{}: kill: the simulator's processes end by themselves", self.name));
                return 1;
            }
        }
        0
    }
}

fn low_byte(status: u32) -> i32 {
    i32::try_from(status & 0xff).unwrap_or_default()
}

fn written(io: &Io, text: &[u8]) -> i32 {
    match io.stdout.write(text) {
        Ok(()) => 0,
        Err(error) => {
            io.err(format!("write error: {error}"));
            1
        }
    }
}

fn echo(arguments: &[String]) -> Vec<u8> {
    let is_flag = |argument: &&String| matches!(argument.as_str(), "-n" | "-e" | "-ne" | "-en");
    let flags: Vec<_> = arguments.iter().take_while(is_flag).collect();
    let mut text = arguments[flags.len()..].join(" ");
    if flags.iter().any(|flag| flag.contains('e')) {
        text = unescaped(&text);
    }
    if !flags.iter().any(|flag| flag.contains('n')) {
        text.push('\n');
    }
    text.into_bytes()
}

/// Text with its escape sequences taken for what they stand for.
pub(in crate::host) fn unescaped(text: &str) -> String {
    let (mut plain, mut letters) = (String::new(), text.chars());
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            plain.push(letter);
            continue;
        }
        match letters.next() {
            Some('n') => plain.push('\n'),
            Some('t') => plain.push('\t'),
            Some('r') => plain.push('\r'),
            Some('0') => plain.push('\0'),
            Some(other @ ('\\' | '"' | '\'')) => plain.push(other),
            Some(other) => plain.extend(['\\', other]),
            None => plain.push('\\'),
        }
    }
    plain
}

/// The format is used again as long as there are arguments.
fn printf(arguments: &[String]) -> Vec<u8> {
    let Some((format, values)) = arguments.split_first() else { return Vec::new() };
    let (mut text, mut values) = (String::new(), values.iter());
    loop {
        let before = values.len();
        let mut letters = format.chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                '\\' => text.push_str(&unescaped(&format!("\\{}", letters.next().unwrap_or('\\')))),
                '%' => {
                    let is_flag = |next: &char| next.is_ascii_digit() || matches!(next, '-' | '.');
                    let mut flags = String::new();
                    while let Some(flag) = letters.next_if(is_flag) {
                        flags.push(flag);
                    }
                    match letters.next() {
                        Some('s') => text.push_str(&padded(values.next(), &flags)),
                        Some('d' | 'i' | 'u') => {
                            let value = values.next().map_or("0", String::as_str);
                            text.push_str(&padded(Some(&value.to_owned()), &flags));
                        }
                        Some('b') => {
                            text.push_str(&unescaped(values.next().map_or("", String::as_str)))
                        }
                        Some('q') => {
                            let value = values.next().map_or("", String::as_str);
                            text.push_str(&format!("'{}'", value.replace('\'', "'\\''")));
                        }
                        Some(other) => text.push(other),
                        None => {}
                    }
                }
                other => text.push(other),
            }
        }
        if values.len() == 0 || values.len() == before {
            return text.into_bytes();
        }
    }
}

fn padded(value: Option<&String>, flags: &str) -> String {
    let value = value.map_or("", String::as_str);
    let width = flags.trim_start_matches('-').parse().unwrap_or(0);
    if flags.starts_with('-') { format!("{value:<width$}") } else { format!("{value:>width$}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printf_uses_its_format_again() {
        let words =
            |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        assert_eq!(printf(&words(&["%s=%d\\n", "a", "1", "b", "2"])), b"a=1\nb=2\n");
        assert_eq!(printf(&words(&["100%%\\n"])), b"100%\n");
        assert_eq!(printf(&words(&["%-3s|%3s", "a", "b"])), b"a  |  b");
        assert_eq!(echo(&words(&["-n", "a", "b"])), b"a b");
    }
}

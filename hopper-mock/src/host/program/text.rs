//! `sed`, `cut`, `tr`, `sort`, `uniq`, `seq`, `basename`, `dirname`.

use std::collections::BTreeSet;

use regex::{Regex, RegexBuilder};

use super::Call;
use crate::host::path;

/// A basic regular expression as an extended one: `\(`, `\{`, `\|`, `\+`, `\?` change places with
/// the letters alone.
pub(super) fn basic(pattern: &str) -> String {
    let (mut extended, mut letters) = (String::new(), pattern.chars());
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some(other @ ('(' | ')' | '{' | '}' | '|' | '+' | '?')) => extended.push(other),
                Some(other) => extended.extend(['\\', other]),
                None => extended.push_str("\\\\"),
            },
            other @ ('(' | ')' | '{' | '}' | '|' | '+' | '?') => extended.extend(['\\', other]),
            other => extended.push(other),
        }
    }
    extended
}

/// One command of `sed`.
enum Edit {
    Replace { regex: Regex, with: String, is_all: bool, is_printed: bool },
    Delete,
    Print,
}

struct Line {
    address: Option<Regex>,
    edit: Edit,
}

pub(super) async fn sed(call: &mut Call<'_>) -> i32 {
    let is_in_place =
        call.arguments.iter().any(|word| word.starts_with("-i") || word == "--in-place");
    let is_extended = call.has('E', "regexp-extended") || call.has('r', "");
    let is_quiet = call.has('n', "quiet");
    let (mut scripts, mut files) = (Vec::new(), Vec::new());
    let mut rest = call.arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "-e" | "--expression" => scripts.extend(rest.next().cloned()),
            flag if flag.starts_with('-') && flag.len() > 1 => {}
            _ => files.push(argument.clone()),
        }
    }
    if scripts.is_empty() && !files.is_empty() {
        scripts.push(files.remove(0));
    }
    let mut lines = Vec::new();
    for script in scripts.iter().flat_map(|script| script.split('\n')) {
        match parse(script, is_extended) {
            Some(line) => lines.push(line),
            None => return call.fail(format!("-e expression #1: unknown command: '{script}'"), 1),
        }
    }
    if !is_in_place {
        let (text, status) = call.read_text(&files).await;
        call.io.out(edited(&text, &lines, is_quiet));
        return status;
    }
    let mut status = 0;
    for file in &files {
        let Some(data) = call.read(file).await else {
            status = 2;
            continue;
        };
        let text = edited(&String::from_utf8_lossy(&data), &lines, is_quiet);
        let (path, user) = (call.shell.path(file), &call.shell.user);
        let written = call.shell.guest.disk(|disk| disk.write(user, &path, text.as_bytes(), false));
        if let Err(error) = written {
            status = call.fail(format!("couldn't open file {file}: {error}"), 4);
        }
    }
    status
}

fn parse(script: &str, is_extended: bool) -> Option<Line> {
    let source = |pattern: &str| if is_extended { pattern.to_owned() } else { basic(pattern) };
    let script = script.trim();
    let (address, command) = match script.strip_prefix('/') {
        Some(rest) => {
            let (pattern, command) = rest.split_once('/')?;
            (Some(Regex::new(&source(pattern)).ok()?), command.trim())
        }
        None => (None, script),
    };
    let edit = match command {
        "d" => Edit::Delete,
        "p" => Edit::Print,
        _ => {
            let rest = command.strip_prefix('s')?;
            let separator = rest.chars().next()?;
            let mut parts = vec![String::new()];
            let mut letters = rest[separator.len_utf8()..].chars();
            while let Some(letter) = letters.next() {
                let last = parts.last_mut()?;
                match letter {
                    '\\' => match letters.next()? {
                        escaped if escaped == separator => last.push(separator),
                        escaped => last.extend(['\\', escaped]),
                    },
                    letter if letter == separator => parts.push(String::new()),
                    letter => last.push(letter),
                }
            }
            let [pattern, with, flags] = parts.as_slice() else { return None };
            let mut regex = RegexBuilder::new(&source(pattern));
            Edit::Replace {
                regex: regex.case_insensitive(flags.contains('I')).build().ok()?,
                with: replacement(with),
                is_all: flags.contains('g'),
                is_printed: flags.contains('p'),
            }
        }
    };
    Some(Line { address, edit })
}

/// `\1` and `&` as the regex crate writes them.
fn replacement(with: &str) -> String {
    let (mut text, mut letters) = (String::new(), with.chars());
    while let Some(letter) = letters.next() {
        match letter {
            '&' => text.push_str("${0}"),
            '$' => text.push_str("$$"),
            '\\' => match letters.next() {
                Some(digit) if digit.is_ascii_digit() => text.push_str(&format!("${{{digit}}}")),
                Some('n') => text.push('\n'),
                Some('t') => text.push('\t'),
                Some(other) => text.push(other),
                None => text.push('\\'),
            },
            other => text.push(other),
        }
    }
    text
}

fn edited(text: &str, lines: &[Line], is_quiet: bool) -> String {
    let mut all = String::new();
    'lines: for line in text.split_inclusive('\n') {
        let (mut body, end) = match line.strip_suffix('\n') {
            Some(body) => (body.to_owned(), "\n"),
            None => (line.to_owned(), ""),
        };
        for Line { address, edit } in lines {
            if address.as_ref().is_some_and(|address| !address.is_match(&body)) {
                continue;
            }
            match edit {
                Edit::Delete => continue 'lines,
                Edit::Print => all.push_str(&format!("{body}{end}")),
                Edit::Replace { regex, with, is_all, is_printed } => {
                    let is_match = regex.is_match(&body);
                    let limit = if *is_all { 0 } else { 1 };
                    body = regex.replacen(&body, limit, with.as_str()).into_owned();
                    if *is_printed && is_match {
                        all.push_str(&format!("{body}{end}"));
                    }
                }
            }
        }
        if !is_quiet {
            all.push_str(&format!("{body}{end}"));
        }
    }
    all
}

pub(super) async fn cut(call: &mut Call<'_>) -> i32 {
    let operands = call.operands_but("dfc");
    let (text, status) = call.read_text(&operands).await;
    let list = call.value('f', "fields").or_else(|| call.value('c', "characters"));
    let is_fields = call.value('f', "fields").is_some();
    let Some(list) = list else { return call.fail("you must specify a list of fields", 1) };
    let separator = call.value('d', "delimiter").unwrap_or_else(|| "\t".to_owned());
    let is_asked = |n: usize| {
        list.split(',').any(|range| match range.split_once('-') {
            Some((from, to)) => {
                from.parse().unwrap_or(1) <= n && n <= to.parse().unwrap_or(usize::MAX)
            }
            None => range.parse() == Ok(n),
        })
    };
    for line in text.lines() {
        let shown = if is_fields {
            let fields = line.split(separator.as_str()).enumerate();
            let fields = fields.filter(|(index, _)| is_asked(index + 1)).map(|(_, field)| field);
            fields.collect::<Vec<_>>().join(&separator)
        } else {
            let letters = line.chars().enumerate().filter(|(index, _)| is_asked(index + 1));
            letters.map(|(_, letter)| letter).collect()
        };
        call.io.out(format!("{shown}\n"));
    }
    status
}

pub(super) async fn tr(call: &mut Call<'_>) -> i32 {
    let operands = call.operands();
    let text = call.io.stdin.read_all().await;
    let text = String::from_utf8_lossy(&text).into_owned();
    let set = |index: usize| operands.get(index).map(|set| letters(set)).unwrap_or_default();
    let (from, to) = (set(0), set(1));
    let changed: String = if call.has('d', "delete") {
        text.chars().filter(|letter| !from.contains(letter)).collect()
    } else {
        let last = to.last().copied();
        let changed =
            text.chars().map(|letter| match from.iter().position(|other| *other == letter) {
                Some(index) => to.get(index).copied().or(last).unwrap_or(letter),
                None => letter,
            });
        changed.collect()
    };
    call.io.out(changed);
    0
}

/// The letters of a set such as `a-z\n`.
fn letters(set: &str) -> Vec<char> {
    let set = match set {
        "[:upper:]" => "A-Z".to_owned(),
        "[:lower:]" => "a-z".to_owned(),
        "[:space:]" => " \t\n\r".to_owned(),
        other => other.replace("\\n", "\n").replace("\\t", "\t"),
    };
    let given: Vec<char> = set.chars().collect();
    let mut all = Vec::new();
    let mut index = 0;
    while let Some(letter) = given.get(index) {
        match (given.get(index + 1), given.get(index + 2)) {
            (Some('-'), Some(last)) => {
                all.extend(*letter..=*last);
                index += 3;
            }
            _ => {
                all.push(*letter);
                index += 1;
            }
        }
    }
    all
}

pub(super) async fn sort_or_uniq(call: &mut Call<'_>) -> i32 {
    let operands = call.operands_but("kt");
    let (text, status) = call.read_text(&operands).await;
    let mut lines: Vec<_> = text.lines().collect();
    if call.name == "uniq" {
        lines.dedup();
    } else {
        if call.has('n', "numeric-sort") {
            lines.sort_by_key(|line| line.trim().parse::<i64>().unwrap_or_default());
        } else {
            lines.sort_unstable();
        }
        if call.has('r', "reverse") {
            lines.reverse();
        }
        if call.has('u', "unique") {
            let mut seen = BTreeSet::new();
            lines.retain(|line| seen.insert(*line));
        }
    }
    for line in lines {
        call.io.out(format!("{line}\n"));
    }
    status
}

pub(super) fn seq(call: &mut Call<'_>) -> i32 {
    let numbers: Option<Vec<i64>> = call.arguments.iter().map(|word| word.parse().ok()).collect();
    let range = match numbers.as_deref() {
        Some([last]) => 1..=*last,
        Some([first, last]) => *first..=*last,
        _ => return call.fail("the simulator counts from one number to another", 1),
    };
    for number in range {
        call.io.out(format!("{number}\n"));
    }
    0
}

pub(super) fn path_part(call: &mut Call<'_>) -> i32 {
    let operands = call.operands();
    let Some(whole) = operands.first() else { return call.fail("missing operand", 1) };
    let part = match call.name {
        "basename" => {
            let suffix = operands.get(1).map_or("", String::as_str);
            path::name(whole).strip_suffix(suffix).unwrap_or(path::name(whole))
        }
        _ if whole.contains('/') => path::parent(whole),
        _ => ".",
    };
    call.io.out(format!("{part}\n"));
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sed_replaces_deletes_and_prints() {
        let run = |script: &str, text: &str, is_quiet| {
            edited(text, &[parse(script, false).unwrap()], is_quiet)
        };
        assert_eq!(run("s/a/b/", "aa\naa", false), "ba\nba");
        assert_eq!(run("s|/a|/b|g", "/a/a\n", false), "/b/b\n");
        assert_eq!(run(r"s/\(x\)=.*/\1=[&]/", "x=1\n", false), "x=[x=1]\n");
        assert_eq!(run("/swap/d", "a\nswap\nb\n", false), "a\nb\n");
        assert_eq!(run("/b/p", "a\nb\n", true), "b\n");
        assert!(parse("y/a/b/", false).is_none());
    }
}

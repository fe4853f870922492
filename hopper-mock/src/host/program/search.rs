//! `grep`, `find`, `ls`, `readlink`.

use regex::RegexBuilder;

use super::Call;
use crate::host::disk::What;
use crate::host::path;
use crate::host::shell::glob;

pub(super) async fn grep(call: &mut Call<'_>) -> i32 {
    let mut operands = call.operands_but("eAB");
    let pattern = match call.value('e', "regexp") {
        Some(pattern) => pattern,
        None if operands.is_empty() => return call.fail("no pattern", 2),
        None => operands.remove(0),
    };
    let is_fixed = call.name == "fgrep" || call.has('F', "fixed-strings");
    let is_extended = call.name == "egrep" || call.has('E', "extended-regexp") || call.has('P', "");
    let mut source = match (is_fixed, is_extended) {
        (true, _) => regex::escape(&pattern),
        (_, true) => pattern,
        _ => super::text::basic(&pattern),
    };
    if call.has('w', "word-regexp") {
        source = format!(r"\b(?:{source})\b");
    }
    if call.has('x', "line-regexp") {
        source = format!("^(?:{source})$");
    }
    let built = RegexBuilder::new(&source).case_insensitive(call.has('i', "ignore-case")).build();
    let Ok(regex) = built else { return call.fail("the pattern cannot be understood", 2) };
    let (is_inverse, is_quiet) = (call.has('v', "invert-match"), call.has('q', "quiet"));
    let (mut n_found, mut is_failure) = (0, false);
    let is_many = operands.len() > 1;
    if operands.is_empty() {
        operands.push("-".to_owned());
    }
    for operand in &operands {
        let Some(data) = call.read(operand).await else {
            is_failure = true;
            continue;
        };
        let text = String::from_utf8_lossy(&data).into_owned();
        let prefix = if is_many { format!("{operand}:") } else { String::new() };
        let mut n_here = 0;
        for line in text.lines().filter(|line| regex.is_match(line) != is_inverse) {
            n_here += 1;
            if is_quiet || call.has('c', "count") {
                continue;
            }
            if call.has('o', "only-matching") {
                for found in regex.find_iter(line) {
                    call.io.out(format!("{prefix}{}\n", found.as_str()));
                }
            } else if call.has('l', "files-with-matches") {
                call.io.out(format!("{operand}\n"));
                break;
            } else {
                call.io.out(format!("{prefix}{line}\n"));
            }
        }
        if call.has('c', "count") {
            call.io.out(format!("{prefix}{n_here}\n"));
        }
        n_found += n_here;
    }
    if is_failure && !(is_quiet && n_found > 0) { 2 } else { i32::from(n_found == 0) }
}

/// `find PATH... [-maxdepth N] [-mindepth N] [-type f|d|l] [-name PATTERN] [-delete] [-print]`.
pub(super) fn find(call: &mut Call<'_>) -> i32 {
    let is_option = |argument: &&String| !argument.starts_with('-');
    let mut tops: Vec<_> = call.arguments.iter().take_while(is_option).cloned().collect();
    let mut rest = call.arguments[tops.len()..].iter();
    if tops.is_empty() {
        tops.push(".".to_owned());
    }
    let (mut deepest, mut shallowest, mut kind, mut name) = (usize::MAX, 0, None, None);
    let mut is_delete = false;
    while let Some(option) = rest.next() {
        let mut number = || rest.next().and_then(|n| n.parse().ok());
        match option.as_str() {
            "-maxdepth" => deepest = number().unwrap_or(deepest),
            "-mindepth" => shallowest = number().unwrap_or(shallowest),
            "-type" => kind = rest.next().cloned(),
            "-name" => name = rest.next().cloned(),
            "-delete" => is_delete = true,
            "-print" => {}
            other => return call.fail(format!("unknown predicate '{other}'"), 1),
        }
    }
    let mut status = 0;
    for top in tops {
        let path = call.shell.path(&top);
        let found = call.shell.guest.disk(|disk| {
            let own = disk.get_link(&path).cloned().map(|node| (disk.resolve(&path), node));
            (disk.resolve(&path), own.into_iter().chain(disk.below(&path)).collect::<Vec<_>>())
        });
        let (real, found) = found;
        if found.is_empty() {
            status = call.fail(format!("'{top}': No such file or directory"), 1);
        }
        for (at, node) in found {
            let below = at.strip_prefix(&real).unwrap_or_default();
            let depth = below.matches('/').count();
            let letter = match node.what {
                What::Directory => "d",
                What::File(_) => "f",
                What::Link(_) => "l",
            };
            let is_kind = kind.as_deref().is_none_or(|kind| kind == letter);
            let is_name = name.as_deref().is_none_or(|pattern| glob(pattern, path::name(&at)));
            if !(shallowest..=deepest).contains(&depth) || !is_kind || !is_name {
                continue;
            }
            if !is_delete {
                call.io.out(format!("{top}{below}\n"));
                continue;
            }
            let user = &call.shell.user;
            if let Err(error) = call.shell.guest.disk(|disk| disk.remove(user, &at)) {
                status = call.fail(format!("cannot delete '{at}': {error}"), 1);
            }
        }
    }
    status
}

pub(super) fn ls(call: &mut Call<'_>) -> i32 {
    let mut operands = call.operands();
    if operands.is_empty() {
        operands.push(".".to_owned());
    }
    let mut status = 0;
    for operand in operands {
        let path = call.shell.path(&operand);
        let names = call.shell.guest.disk(|disk| {
            let is_directory = disk.is_directory(&path) && !call.has('d', "directory");
            is_directory.then(|| disk.list(&path)).or_else(|| {
                (path == "/" || disk.get_link(&path).is_some()).then(|| vec![operand.clone()])
            })
        });
        let Some(names) = names else {
            status = call.fail(format!("cannot access '{operand}': No such file or directory"), 2);
            continue;
        };
        for name in names.iter().filter(|name| !name.starts_with('.') || call.has('a', "all")) {
            call.io.out(format!("{name}\n"));
        }
    }
    status
}

pub(super) fn readlink(call: &mut Call<'_>) -> i32 {
    let operands = call.operands();
    let path = call.shell.path(operands.first().map_or("", String::as_str));
    let is_whole = call.has('f', "canonicalize") || call.has('e', "canonicalize-existing");
    let target = call.shell.guest.disk(|disk| match disk.get_link(&path).map(|node| &node.what) {
        _ if is_whole => Some(disk.resolve(&path)),
        Some(What::Link(target)) => Some(target.clone()),
        _ => None,
    });
    match target {
        Some(target) => {
            call.io.out(format!("{target}\n"));
            0
        }
        None => 1,
    }
}

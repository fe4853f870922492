//! Programs that run another: `sudo`, `env`, `bash`, `nohup`, `setsid`, `timeout`, `xargs`.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Call;
use super::run::run as start;
use crate::host::shell::Io;

/// Runs what a program of this kind is told to run; none for all others.
pub(super) async fn run(call: &mut Call<'_>) -> Option<i32> {
    Some(match call.name.rsplit('/').next().unwrap_or_default() {
        "sudo" => sudo(call).await,
        "env" => env(call).await,
        "nohup" | "setsid" | "nice" | "ionice" | "stdbuf" => {
            let is_flag = |argument: &&String| argument.starts_with('-');
            let n_flags = call.arguments.iter().take_while(is_flag).count();
            let rest = &call.arguments[n_flags..];
            Box::pin(start(call.shell, rest, call.io)).await
        }
        "timeout" => timeout(call).await,
        "bash" | "sh" | "dash" => shell(call).await,
        "xargs" => xargs(call).await,
        _ => return None,
    })
}

/// Ubuntu's image lets the user `ubuntu` do everything without a password.
async fn sudo(call: &mut Call<'_>) -> i32 {
    let mut rest = call.arguments.iter();
    let (mut user, mut values, mut words) = ("root".to_owned(), BTreeMap::new(), Vec::new());
    let (mut is_kept, mut is_shell) = (false, false);
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "-u" | "--user" => user = rest.next().cloned().unwrap_or_default(),
            "-E" => is_kept = true,
            "-i" | "-s" => is_shell = true,
            "--" => {}
            flag if flag.starts_with('-') => {
                is_kept |= flag == "--preserve-env" || flag.starts_with("--preserve-env=");
            }
            assignment if assignment.contains('=') && !assignment.starts_with('/') => {
                if let Some((name, value)) = assignment.split_once('=') {
                    values.insert(name.to_owned(), value.to_owned());
                }
            }
            _ => {
                words.push(argument.clone());
                words.extend(rest.by_ref().cloned());
            }
        }
    }
    let mut inner = call.shell.child();
    if !is_kept {
        let directory = call.shell.directory.clone();
        inner = crate::host::shell::Shell::new(call.shell.guest.clone(), &user, &directory);
    }
    inner.become_user(&user);
    // sudo's own mask is added to the caller's.
    inner.umask = call.shell.umask | 0o022;
    inner.set_environment(values);
    if is_shell && words.is_empty() {
        words.push("bash".to_owned());
    }
    Box::pin(start(&mut inner, &words, call.io)).await
}

async fn env(call: &mut Call<'_>) -> i32 {
    let mut inner = call.shell.child();
    let mut n_taken = 0;
    for argument in call.arguments {
        match argument.split_once('=') {
            Some((name, value)) => inner.export(name, value),
            None if argument == "-i" => {}
            None => break,
        }
        n_taken += 1;
    }
    let words = &call.arguments[n_taken..];
    if words.is_empty() {
        for (name, value) in inner.environment() {
            call.io.out(format!("{name}={value}\n"));
        }
        return 0;
    }
    Box::pin(start(&mut inner, words, call.io)).await
}

async fn timeout(call: &mut Call<'_>) -> i32 {
    let is_flag = |argument: &&String| argument.starts_with('-');
    let n_flags = call.arguments.iter().take_while(is_flag).count();
    let Some((limit, words)) = call.arguments[n_flags..].split_first() else { return 125 };
    let Some(limit) = duration(limit) else {
        return call.fail(format!("invalid time interval '{limit}'"), 125);
    };
    let mock = call.shell.guest.mock.clone();
    tokio::select! {
        status = Box::pin(start(call.shell, words, call.io)) => status,
        () = mock.sleep(limit) => 124,
    }
}

/// A duration as coreutils writes it: `5`, `0.5`, `2m`.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = match text.strip_suffix(['s', 'm', 'h', 'd']) {
        Some(number) => (number, text.chars().last()?),
        None => (text, 's'),
    };
    let seconds: f64 = number.parse().ok()?;
    let factor = match unit {
        'm' => 60.0,
        'h' => 3600.0,
        'd' => 86_400.0,
        _ => 1.0,
    };
    Duration::try_from_secs_f64(seconds * factor).ok()
}

async fn shell(call: &mut Call<'_>) -> i32 {
    let mut inner = call.shell.child();
    let mut rest = call.arguments.iter();
    let mut script = None;
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "-o" => {
                let name = rest.next().map(String::as_str).unwrap_or_default();
                inner.set_option(name);
            }
            "-s" => break,
            "-l" | "-" | "--login" | "--noprofile" | "--norc" => {}
            flags if flags.starts_with('-') => {
                inner.set_flags(flags);
                if flags.ends_with('o') {
                    let name = rest.next().map(String::as_str).unwrap_or_default();
                    inner.set_option(name);
                }
                if flags.contains('s') {
                    break;
                }
                if flags.contains('c') {
                    let text = rest.next().cloned().unwrap_or_default();
                    if let Some(name) = rest.next() {
                        inner.set_name(name);
                    }
                    script = Some(text);
                    break;
                }
            }
            file => {
                let file = file.to_owned();
                let arguments: Vec<_> = rest.cloned().collect();
                return Box::pin(inner.run_file(&inner.path(&file), &arguments, call.io)).await;
            }
        }
    }
    inner.set_arguments(rest.cloned().collect());
    match script {
        Some(script) => Box::pin(inner.run_text(&script, call.io)).await,
        None => {
            let script = call.io.stdin.read_all().await;
            let script = String::from_utf8_lossy(&script).into_owned();
            let io = Io { stdin: crate::host::shell::Input::empty(), ..call.io.clone() };
            Box::pin(inner.run_text(&script, &io)).await
        }
    }
}

async fn xargs(call: &mut Call<'_>) -> i32 {
    let text = call.io.stdin.read_all().await;
    let text = String::from_utf8_lossy(&text).into_owned();
    let is_single = call.has('n', "");
    let operands = call.operands_but("nIP");
    let items: Vec<_> =
        text.split([' ', '\n', '\t', '\0']).filter(|item| !item.is_empty()).collect();
    if items.is_empty() {
        return 0;
    }
    let size = if is_single { 1 } else { items.len() };
    let mut status = 0;
    for items in items.chunks(size) {
        let words: Vec<_> =
            operands.iter().cloned().chain(items.iter().map(|item| (*item).to_owned())).collect();
        if Box::pin(start(call.shell, &words, call.io)).await != 0 {
            status = 123;
        }
    }
    status
}

//! Finding a program, running it, and keeping a record of it.

use super::table;
use super::{Call, wrapper};
use crate::host::fault::Harm;
use crate::host::shell::{Io, Output, Shell};
use crate::host::{disk, path};

/// Runs a program and gives its status.
pub(in crate::host) async fn run(shell: &mut Shell, words: &[String], io: &Io) -> i32 {
    let Some((name, arguments)) = words.split_first() else { return 0 };
    let mut call = Call { shell, name, arguments, io };
    if let Some(status) = wrapper::run(&mut call).await {
        return status;
    }
    // What the shell does itself is there as a program too, for `sudo` and its kin.
    if matches!(name.as_str(), "[" | "echo" | "false" | "kill" | "printf" | "pwd" | "test" | "true")
    {
        return call.shell.builtin(name, arguments, io).await.unwrap_or(1);
    }
    let Some(program) = found(call.shell, name) else {
        let what =
            if name.contains('/') { "No such file or directory" } else { "command not found" };
        io.err(format!("bash: line 1: {name}: {what}"));
        return record(&call, 127);
    };
    let (guest, user) = (call.shell.guest.clone(), call.shell.user.clone());
    let line = words.join(" ");
    let index = guest.begin(&user, &line);
    let (_, kept) = Output::memory();
    let recorded = Io {
        stdin: io.stdin.clone(),
        stdout: io.stdout.copied(&kept),
        stderr: io.stderr.copied(&kept),
    };
    call.io = &recorded;
    let status = match guest.harm(&line) {
        Some(Harm::Fail(status, stderr)) => {
            recorded.err(stderr);
            status
        }
        Some(Harm::Hang) => {
            guest.off().await;
            143
        }
        None => started(&mut call, &program).await,
    };
    guest.end(index, status, &kept.take());
    status
}

async fn started(call: &mut Call<'_>, program: &str) -> i32 {
    let short = path::name(program).to_owned();
    if let Some(status) = table::run(&short, call).await {
        return status;
    }
    let (guest, user) = (&call.shell.guest, &call.shell.user);
    let node = guest.disk(|disk| disk.get(program).cloned());
    if node.is_none_or(|node| node.mode & 0o111 == 0) {
        return call.fail("Permission denied", 126);
    }
    let is_script =
        guest.disk(|disk| disk.read(user, program).is_ok_and(|data| !data.starts_with(b"ELF")));
    if !is_script {
        return call.fail("the simulator does not know what this program does", 126);
    }
    let mut shell = call.shell.child();
    Box::pin(shell.run_file(program, call.arguments, call.io)).await
}

fn record(call: &Call<'_>, status: i32) -> i32 {
    let line = std::iter::once(call.name).chain(call.arguments.iter().map(String::as_str));
    let line: Vec<_> = line.collect();
    let index = call.shell.guest.begin(&call.shell.user, &line.join(" "));
    call.shell.guest.end(index, status, b"");
    status
}

/// The path of a program, if there is one.
pub(in crate::host) fn found(shell: &Shell, name: &str) -> Option<String> {
    let is_file = |path: &str| {
        let node = shell.guest.disk(|disk| disk.get(path).cloned());
        node.is_some_and(|node| matches!(node.what, disk::What::File(_)))
    };
    if name.contains('/') {
        let path = shell.path(name);
        let is_base = table::is_base(path::name(&path))
            && matches!(path::parent(&path), "/bin" | "/sbin" | "/usr/bin" | "/usr/sbin");
        return (is_base || is_file(&path)).then_some(path);
    }
    let places = shell.variable("PATH").unwrap_or_default().split(':');
    let mut paths = places.map(|place| path::join(place, name));
    paths
        .find(|path| is_file(path))
        .or_else(|| table::is_base(name).then(|| format!("/usr/bin/{name}")))
}

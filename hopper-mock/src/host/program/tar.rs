//! `tar`.

use super::{Call, internet};
use crate::host::path;

/// Unpacks archives, and lists what is in them.
pub(super) async fn tar(call: &mut Call<'_>) -> i32 {
    let (mut file, mut directory, mut only) = (None, call.shell.directory.clone(), Vec::new());
    let (mut n_stripped, mut is_listing) = (0, false);
    let mut rest = call.arguments.iter();
    let mut is_first = true;
    while let Some(argument) = rest.next() {
        let flags = argument.strip_prefix('-').or(is_first.then_some(argument.as_str()));
        is_first = false;
        match (argument.as_str(), flags) {
            ("-C" | "--directory", _) => {
                directory = call.shell.path(rest.next().map_or("/", String::as_str));
            }
            (long, _) if long.starts_with("--strip-components") => {
                let value = long.split_once('=').map(|(_, n)| n.to_owned());
                let value = value.or_else(|| rest.next().cloned());
                n_stripped = value.and_then(|n| n.parse().ok()).unwrap_or(0);
            }
            (long, _) if long.starts_with("--") => {}
            (_, Some(flags)) => {
                is_listing |= flags.contains('t');
                if flags.contains('f') {
                    file = rest.next().cloned();
                }
                if flags.contains('C') {
                    directory = call.shell.path(rest.next().map_or("/", String::as_str));
                }
            }
            (member, None) => only.push(member.to_owned()),
        }
    }
    let Some(data) = call.read(file.as_deref().unwrap_or("-")).await else { return 2 };
    let Some(members) = internet::members(&data) else {
        call.io.err("gzip: stdin: not in gzip format");
        return call.fail("Child returned status 1", 2);
    };
    if !call.shell.guest.disk(|disk| disk.is_directory(&directory)) {
        return call.fail(format!("{directory}: Cannot open: No such file or directory"), 2);
    }
    for member in members.iter().filter(|member| only.is_empty() || only.contains(member)) {
        if is_listing {
            call.io.out(format!("{member}\n"));
            continue;
        }
        let parts: Vec<_> = member.split('/').skip(n_stripped).collect();
        let (to, user) = (path::join(&directory, &parts.join("/")), &call.shell.user);
        let written = call.shell.guest.disk(|disk| {
            disk.make_directories(user, path::parent(&to))?;
            disk.write(user, &to, format!("ELF {member}").as_bytes(), false)?;
            if let Some(node) = disk.get_mut(&to) {
                node.mode = 0o755;
            }
            Ok::<_, crate::host::disk::DiskError>(())
        });
        if let Err(error) = written {
            return call.fail(format!("{member}: Cannot open: {error}"), 2);
        }
    }
    0
}

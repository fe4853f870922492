//! Which name is which program.

use super::{Call, file, identity, kernel, permission, search, stream, sum, text};

/// The programs of a fresh image.
const BASE: &[&str] = &[
    "base64",
    "basename",
    "cat",
    "chmod",
    "chown",
    "cp",
    "cut",
    "date",
    "dirname",
    "find",
    "grep",
    "head",
    "hostname",
    "hostnamectl",
    "id",
    "install",
    "iptables",
    "ln",
    "ls",
    "lsmod",
    "mkdir",
    "mktemp",
    "modprobe",
    "mv",
    "readlink",
    "reboot",
    "rm",
    "sed",
    "seq",
    "sha256sum",
    "shutdown",
    "sleep",
    "sort",
    "swapoff",
    "sync",
    "sysctl",
    "tail",
    "tee",
    "touch",
    "tr",
    "truncate",
    "uname",
    "uniq",
    "wc",
    "whoami",
];

/// Whether a program is there on every host.
pub(super) fn is_base(name: &str) -> bool {
    BASE.contains(&name)
}

/// Runs a program that is known by its name; none for a file of another name.
pub(super) async fn run(name: &str, call: &mut Call<'_>) -> Option<i32> {
    Some(match name {
        "base64" => sum::base64(call).await,
        "basename" | "dirname" => text::path_part(call),
        "cat" => stream::cat(call).await,
        "chmod" => permission::chmod(call),
        "chown" | "chgrp" => permission::chown(call),
        "cp" => file::cp(call),
        "cut" => text::cut(call).await,
        "date" => identity::date(call),
        "find" => search::find(call),
        "grep" | "egrep" | "fgrep" => search::grep(call).await,
        "head" | "tail" => stream::head_or_tail(call).await,
        "hostname" => identity::hostname(call),
        "hostnamectl" => identity::hostnamectl(call),
        "id" => identity::id(call),
        "install" => file::install(call),
        "iptables" => kernel::iptables(call),
        "ln" => file::ln(call),
        "ls" => search::ls(call),
        "lsmod" => kernel::lsmod(call),
        "mkdir" => file::mkdir(call),
        "mktemp" => file::mktemp(call),
        "modprobe" => kernel::modprobe(call),
        "mv" => file::mv(call),
        "readlink" => search::readlink(call),
        "reboot" | "shutdown" => identity::power(call),
        "rm" => file::rm(call),
        "sed" => text::sed(call).await,
        "seq" => text::seq(call),
        "sha256sum" => sum::sha256sum(call).await,
        "sleep" => identity::sleep(call).await,
        "sort" | "uniq" => text::sort_or_uniq(call).await,
        "swapoff" => kernel::swapoff(call),
        "sync" => 0,
        "sysctl" => kernel::sysctl(call),
        "tee" => stream::tee(call).await,
        "touch" | "truncate" => file::touch_or_truncate(call),
        "tr" => text::tr(call).await,
        "uname" => identity::uname(call),
        "wc" => stream::wc(call).await,
        "whoami" => {
            call.io.out(format!("{}\n", call.shell.user));
            0
        }
        _ => return None,
    })
}

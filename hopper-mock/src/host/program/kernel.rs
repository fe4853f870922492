//! The kernel: modules, parameters, swap, packet filter.

use std::collections::BTreeMap;

use super::Call;
use crate::host::disk::Disk;

/// Modules a cloud kernel of Ubuntu has, as far as recipes load them.
const MODULES: &[&str] = &["br_netfilter", "nf_conntrack", "overlay", "vxlan"];

/// What Linux and Ubuntu start with, as far as recipes ask.
const DEFAULTS: &[(&str, &str)] = &[("net.ipv4.ip_forward", "0"), ("vm.swappiness", "60")];

pub(super) fn modprobe(call: &mut Call<'_>) -> i32 {
    for module in call.operands() {
        if let Err(status) =
            call.needs_root(&format!("ERROR: could not insert '{module}': Operation not permitted"))
        {
            return status;
        }
        let name = module.replace('-', "_");
        if !MODULES.contains(&name.as_str()) {
            let directory = "/lib/modules/6.8.0-1021-aws";
            return call
                .fail(format!("FATAL: Module {module} not found in directory {directory}"), 1);
        }
        call.shell.guest.running(|running| running.modules.insert(name));
    }
    0
}

pub(super) fn lsmod(call: &mut Call<'_>) -> i32 {
    let modules = call.shell.guest.running(|running| running.modules.clone());
    call.io.out("Module                  Size  Used by\n");
    for module in modules {
        call.io.out(format!("{module:<20} 32768  0\n"));
    }
    0
}

/// The parameters that the files say, in the order in which systemd reads them.
pub(in crate::host) fn files(disk: &Disk) -> BTreeMap<String, String> {
    let mut files: Vec<_> =
        disk.list("/etc/sysctl.d").iter().map(|file| format!("/etc/sysctl.d/{file}")).collect();
    files.push("/etc/sysctl.conf".to_owned());
    files.iter().flat_map(|file| settings(&disk.text(file))).collect()
}

fn settings(text: &str) -> Vec<(String, String)> {
    let lines = text.lines().map(str::trim).filter(|line| !line.starts_with(['#', ';']));
    let pairs = lines.filter_map(|line| line.split_once('='));
    pairs.map(|(name, value)| (name.trim().replace('/', "."), value.trim().to_owned())).collect()
}

pub(super) fn sysctl(call: &mut Call<'_>) -> i32 {
    let operands = call.operands();
    let mut wanted: Vec<(String, String)> = if call.has('\0', "system") {
        call.shell.guest.disk(|disk| files(disk)).into_iter().collect()
    } else if call.has('p', "load") {
        let file = operands.first().map_or("/etc/sysctl.conf", String::as_str);
        let path = call.shell.path(file);
        settings(&call.shell.guest.disk(|disk| disk.text(&path)))
    } else {
        Vec::new()
    };
    let mut status = 0;
    if !call.has('p', "load") {
        for operand in &operands {
            match operand.split_once('=') {
                Some((name, value)) => {
                    wanted.push((name.trim().to_owned(), value.trim().to_owned()))
                }
                None => match value(call, operand) {
                    Some(value) if call.has('n', "values") => call.io.out(format!("{value}\n")),
                    Some(value) => call.io.out(format!("{operand} = {value}\n")),
                    None => status = missing(call, operand),
                },
            }
        }
    }
    for (name, value) in wanted {
        if call.shell.user != "root" {
            return call.fail(format!("permission denied on key \"{name}\""), 255);
        }
        if !is_there(call, &name) {
            status = missing(call, &name);
            continue;
        }
        call.shell.guest.running(|running| running.sysctl.insert(name.clone(), value.clone()));
        call.io.out(format!("{name} = {value}\n"));
    }
    status
}

fn missing(call: &Call<'_>, name: &str) -> i32 {
    let path = name.replace('.', "/");
    call.fail(format!("cannot stat /proc/sys/{path}: No such file or directory"), 1)
}

/// The bridge's parameters are there only when its module is.
fn is_there(call: &Call<'_>, name: &str) -> bool {
    let has_module = call.shell.guest.running(|running| running.modules.contains("br_netfilter"));
    !name.starts_with("net.bridge.") || has_module
}

/// Whether a parameter is 1.
pub(super) fn is_on(call: &Call<'_>, name: &str) -> bool {
    value(call, name).as_deref() == Some("1")
}

fn value(call: &Call<'_>, name: &str) -> Option<String> {
    if !is_there(call, name) {
        return None;
    }
    let set = call.shell.guest.running(|running| running.sysctl.get(name).cloned());
    let default = DEFAULTS.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    let bridge = name.starts_with("net.bridge.").then_some("1");
    set.or_else(|| default.or(bridge).map(str::to_owned))
}

pub(super) fn swapoff(call: &mut Call<'_>) -> i32 {
    if let Err(status) = call.needs_root("Not superuser.") {
        return status;
    }
    call.shell.guest.running(|running| running.has_swap = false);
    0
}

/// Only the policies of chains: what recipes set.
pub(super) fn iptables(call: &mut Call<'_>) -> i32 {
    if call.shell.user != "root" {
        return call.fail(
            "Could not fetch rule set generation id: Permission denied (you must be root)",
            4,
        );
    }
    let words: Vec<_> = call.arguments.iter().filter(|word| *word != "-w").collect();
    match words.as_slice() {
        [flag, chain, policy] if *flag == "-P" || *flag == "--policy" => {
            call.shell.guest.running(|running| {
                running.policies.insert((*chain).clone(), (*policy).clone());
            });
            0
        }
        [flag, ..] if *flag == "-S" => {
            let policies = call.shell.guest.running(|running| running.policies.clone());
            for chain in ["INPUT", "FORWARD", "OUTPUT"] {
                let policy = policies.get(chain).map_or("ACCEPT", String::as_str);
                call.io.out(format!("-P {chain} {policy}\n"));
            }
            0
        }
        _ => call.fail("the simulator sets policies of chains (-P) and shows them (-S)", 2),
    }
}

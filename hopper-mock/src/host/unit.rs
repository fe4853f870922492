//! systemd's units: files in its directories, links where they are enabled.

use super::disk::{Disk, Node, What};
use super::hosts::Running;
use super::program::docker;

const DIRECTORIES: [&str; 3] =
    ["/etc/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system"];
const WANTS: &str = "/etc/systemd/system/multi-user.target.wants";

/// The full name of a unit: `kubelet` is `kubelet.service`.
pub(super) fn full_name(name: &str) -> String {
    let suffixes = [".service", ".socket", ".target", ".timer", ".mount", ".swap"];
    match suffixes.iter().any(|suffix| name.ends_with(suffix)) {
        true => name.to_owned(),
        false => format!("{name}.service"),
    }
}

/// Puts a unit there as a package does.
pub(super) fn install(disk: &mut Disk, unit: &str, is_enabled: bool) {
    let program = unit.trim_end_matches(".service");
    let text = format!(
        "[Unit]\nDescription={program}\n\n[Service]\nExecStart=/usr/bin/{program}\n\n\
                        [Install]\nWantedBy=multi-user.target\n"
    );
    disk.put(&format!("/usr/lib/systemd/system/{unit}"), text);
    if is_enabled {
        enable(disk, unit);
    }
}

/// The file of a unit.
pub(super) fn file(disk: &Disk, unit: &str) -> Option<String> {
    let mut files = DIRECTORIES.iter().map(|directory| format!("{directory}/{unit}"));
    files.find(|file| disk.get(file).is_some())
}

/// A unit starts at boot from now on. Gives the link and what it leads to, where it is new.
pub(super) fn enable(disk: &mut Disk, unit: &str) -> Option<(String, String)> {
    let (target, link) = (file(disk, unit)?, format!("{WANTS}/{unit}"));
    if disk.get_link(&link).is_some() {
        return None;
    }
    disk.make_directories("root", WANTS).ok();
    let node = Node { what: What::Link(target.clone()), mode: 0o777, owner: "root".to_owned() };
    disk.insert("root", &link, node).ok()?;
    Some((link, target))
}

/// A unit does not start at boot any more.
pub(super) fn disable(disk: &mut Disk, unit: &str) {
    disk.remove("root", &format!("{WANTS}/{unit}")).ok();
}

/// Whether a unit starts at boot.
pub(super) fn is_enabled(disk: &Disk, unit: &str) -> bool {
    disk.get_link(&format!("{WANTS}/{unit}")).is_some()
}

/// Every unit that starts at boot.
pub(super) fn enabled(disk: &Disk) -> Vec<String> {
    disk.list(WANTS)
}

/// The lines of a unit, its drop-ins' last.
fn lines(disk: &Disk, unit: &str) -> Vec<String> {
    let mut files: Vec<String> = file(disk, unit).into_iter().collect();
    for directory in DIRECTORIES {
        let drop_ins = format!("{directory}/{unit}.d");
        files.extend(disk.list(&drop_ins).iter().map(|name| format!("{drop_ins}/{name}")));
    }
    let texts = files.iter().map(|file| disk.text(file));
    texts.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// A unit has started: what that does to the host, and then what runs after its start, as far as
/// it sets the policies of iptables' chains.
///
/// Docker loads the module for bridges, lets packets be forwarded, and then drops those of others
/// than its own containers ("Packet filtering and firewalls", Docker documentation; since 1.13).
pub(super) fn started(disk: &Disk, running: &mut Running, unit: &str) {
    running.units.insert(unit.to_owned());
    if unit == docker::UNIT {
        running.modules.insert("br_netfilter".to_owned());
        running.sysctl.insert("net.ipv4.ip_forward".to_owned(), "1".to_owned());
        running.policies.insert("FORWARD".to_owned(), "DROP".to_owned());
    }
    for line in lines(disk, unit) {
        let Some(command) = line.trim().strip_prefix("ExecStartPost=") else { continue };
        let words: Vec<&str> = command.split_whitespace().collect();
        if let [program, "-P", chain, policy] = words.as_slice()
            && program.ends_with("iptables")
        {
            running.policies.insert((*chain).to_owned(), (*policy).to_owned());
        }
    }
}

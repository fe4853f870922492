//! systemd's units: files in its directories, links where they are enabled.

use super::disk::{Disk, Node, What};

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

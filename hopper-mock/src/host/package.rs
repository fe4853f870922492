//! Which packages a disk has: dpkg's record, kept where dpkg keeps it.

use super::disk::Disk;

/// What the record says of each package: a file named for it with its version.
const RECORD: &str = "/var/lib/dpkg/installed";
const HELD: &str = "/var/lib/dpkg/held";

/// A package is installed.
pub(super) fn record(disk: &mut Disk, package: &str, version: &str) {
    disk.put(&format!("{RECORD}/{package}"), version);
}

/// A package is not installed any more.
pub(super) fn forget(disk: &mut Disk, package: &str) {
    disk.remove("root", &format!("{RECORD}/{package}")).ok();
    hold(disk, package, false);
}

/// The version of a package that is installed.
pub(super) fn version(disk: &Disk, package: &str) -> Option<String> {
    disk.get(&format!("{RECORD}/{package}"))?;
    Some(disk.text(&format!("{RECORD}/{package}")))
}

/// Every package with its version.
pub(super) fn all(disk: &Disk) -> Vec<(String, String)> {
    let named = disk.list(RECORD).into_iter();
    named.filter_map(|name| version(disk, &name).map(|version| (name, version))).collect()
}

/// Keeps a package at its version, or lets it go.
pub(super) fn hold(disk: &mut Disk, package: &str, is_held: bool) {
    let path = format!("{HELD}/{package}");
    if is_held {
        disk.put(&path, "");
    } else {
        disk.remove("root", &path).ok();
    }
}

/// The packages that are kept.
pub(super) fn held(disk: &Disk) -> Vec<String> {
    disk.list(HELD)
}

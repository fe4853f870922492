//! `apt-get`, `apt-mark`, `apt-key`, `apt-add-repository`, `dpkg`, `gpg --dearmor`.

use std::collections::BTreeMap;

use super::catalogue::{self, Package};
use super::repository;
use super::{Call, internet};
use crate::host::ubuntu::Release;
use crate::host::{package, unit};

pub(super) async fn apt_get(call: &mut Call<'_>) -> i32 {
    let operands = call.operands_but("o");
    let Some((verb, packages)) = operands.split_first() else { return 0 };
    if call.shell.user != "root" {
        call.io.err(
            "E: Could not open lock file /var/lib/apt/lists/lock - open (13: Permission denied)",
        );
        call.io.err("E: Unable to lock directory /var/lib/apt/lists/");
        return 100;
    }
    match verb.as_str() {
        "update" => update(call).await,
        "install" => install(call, packages).await,
        "remove" | "purge" => {
            for name in packages {
                call.shell.guest.disk(|disk| package::forget(disk, name));
            }
            0
        }
        "clean" | "autoclean" | "autoremove" | "upgrade" | "dist-upgrade" => 0,
        other => {
            call.io.err(format!("E: Invalid operation {other}"));
            100
        }
    }
}

/// Fetches what is in the repositories. As with apt, one that cannot be reached is a warning, and
/// one that is not signed an error.
async fn update(call: &mut Call<'_>) -> i32 {
    let repositories = call.shell.guest.disk(|disk| repository::all(disk));
    let (mut failures, mut is_unreachable, mut is_unsigned) = (Vec::new(), false, false);
    let time = call.shell.guest.latency(|latencies| latencies.package_lists_updated);
    call.shell.guest.mock.sleep(time).await;
    for (index, repository) in repositories.iter().enumerate() {
        let (address, suite) = (&repository.address, &repository.suite);
        let number = index + 1;
        if !internet::is_reached(call, address) {
            call.io.out(format!("Ign:{number} {address} {suite} InRelease\n"));
            let why = "Could not connect, connection timed out";
            failures.push(format!("W: Failed to fetch {address}dists/{suite}/InRelease  {why}"));
            is_unreachable = true;
            continue;
        }
        if catalogue::of(address, suite).is_none() {
            call.io.out(format!("Err:{number} {address} {suite} InRelease\n  404  Not Found\n"));
            failures.push(format!(
                "E: The repository '{address} {suite} Release' does not have a Release file."
            ));
            is_unsigned = true;
            continue;
        }
        if !call.shell.guest.disk(|disk| repository.is_trusted(disk)) {
            let why = "The following signatures couldn't be verified because the public key is not available: NO_PUBKEY 234654DA9A296436";
            failures.push(format!("W: GPG error: {address} {suite} InRelease: {why}"));
            failures
                .push(format!("E: The repository '{address} {suite} InRelease' is not signed."));
            is_unsigned = true;
            continue;
        }
        call.io.out(format!("Get:{number} {address} {suite} InRelease [1,186 B]\n"));
        call.shell.guest.disk(|disk| disk.put(&repository.list(), address.as_str()));
    }
    call.io.out("Reading package lists...\n");
    for failure in failures {
        call.io.err(failure);
    }
    if is_unreachable {
        call.io.err("W: Some index files failed to download. They have been ignored, or old ones used instead.");
    }
    if is_unsigned { 100 } else { 0 }
}

/// Every package of the repositories whose lists are there.
fn available(call: &Call<'_>) -> BTreeMap<&'static str, (Package, String)> {
    let repositories = call.shell.guest.disk(|disk| {
        let mut all = repository::all(disk);
        all.retain(|one| disk.get(&one.list()).is_some() && one.is_trusted(disk));
        all
    });
    let mut all = BTreeMap::new();
    for repository in repositories {
        for package in catalogue::of(&repository.address, &repository.suite).unwrap_or_default() {
            all.insert(package.name, (package, repository.address.clone()));
        }
    }
    all
}

async fn install(call: &mut Call<'_>, asked: &[String]) -> i32 {
    call.io.out(
        "Reading package lists...\nBuilding dependency tree...\nReading state information...\n",
    );
    let available = available(call);
    let (mut wanted, mut rest) = (Vec::new(), asked.to_vec());
    while let Some(word) = rest.pop() {
        let (name, version) = match word.split_once('=') {
            Some((name, version)) => (name, Some(version)),
            None => (word.as_str(), None),
        };
        let installed = call.shell.guest.disk(|disk| package::version(disk, name));
        let Some((package, address)) = available.get(name) else {
            if installed.is_some() && version.is_none() {
                call.io.out(format!("{name} is already the newest version.\n"));
                continue;
            }
            call.io.err(format!("E: Unable to locate package {name}"));
            return 100;
        };
        let newest = Some(package.version.clone());
        let Some(found) = version.map_or(newest, |version| package.has_version(version)) else {
            let version = version.unwrap_or_default();
            call.io.err(format!("E: Version '{version}' for '{name}' was not found"));
            return 100;
        };
        if installed.as_ref() == Some(&found) || (installed.is_some() && version.is_none()) {
            call.io.out(format!("{name} is already the newest version.\n"));
            continue;
        }
        let is_held =
            call.shell.guest.disk(|disk| package::held(disk).iter().any(|held| held == name));
        if is_held && !call.has('\0', "allow-change-held-packages") {
            call.io.err("E: Held packages were changed and -y was used without --allow-change-held-packages.");
            return 100;
        }
        wanted.push((package.clone(), found, address.clone()));
        rest.extend(package.needs.iter().map(|name| (*name).to_owned()));
    }
    if wanted.is_empty() {
        return 0;
    }
    wanted.reverse();
    let names: Vec<_> = wanted.iter().map(|(package, ..)| package.name).collect();
    call.io.out(format!("The following NEW packages will be installed:\n  {}\n", names.join(" ")));
    if !call.has('y', "yes") && !call.has('\0', "assume-yes") {
        call.io.out("Do you want to continue? [Y/n] Abort.\n");
        return 1;
    }
    for (package, version, address) in &wanted {
        if !internet::is_reached(call, address) {
            let (name, why) = (package.name, "Could not connect, connection timed out");
            call.io.err(format!("E: Failed to fetch {address}{name}_{version}_amd64.deb  {why}"));
            call.io.err("E: Unable to fetch some archives, maybe run apt-get update or try with --fix-missing?");
            return 100;
        }
    }
    let time = call.shell.guest.latency(|latencies| latencies.packages_installed);
    call.shell.guest.mock.sleep(time).await;
    for (package, version, _) in &wanted {
        call.io.out(format!("Setting up {} ({version}) ...\n", package.name));
        call.shell.guest.system(|disk, running| {
            package::record(disk, package.name, version);
            for program in package.programs {
                disk.put_for("root", &format!("/usr/bin/{program}"), format!("ELF {version}"), 0o755);
            }
            if let Some((unit, is_started)) = package.unit {
                unit::install(disk, unit, true);
                if is_started {
                    unit::started(disk, running, unit);
                }
            }
            match package.name {
                // Docker's package turns the interface for Kubernetes off.
                "containerd.io" => disk.put("/etc/containerd/config.toml", "disabled_plugins = [\"cri\"]\n"),
                "kubelet" => {
                    disk.make_directories("root", "/etc/kubernetes/manifests").ok();
                    let text = "[Service]\nEnvironment=\"KUBELET_KUBECONFIG_ARGS=--kubeconfig=/etc/kubernetes/kubelet.conf\"\n";
                    let is_old = Release::of(disk) == Release::Xenial;
                    let above = if is_old { "/etc/systemd" } else { "/usr/lib/systemd" };
                    disk.put(&format!("{above}/system/kubelet.service.d/10-kubeadm.conf"), text);
                }
                "kubernetes-cni" => disk.put_for("root", "/opt/cni/bin/loopback", "ELF", 0o755),
                _ => {}
            }
        });
    }
    0
}

pub(super) fn apt_mark(call: &mut Call<'_>) -> i32 {
    let operands = call.operands();
    let Some((verb, packages)) = operands.split_first() else { return 0 };
    if verb == "showhold" {
        for name in call.shell.guest.disk(|disk| package::held(disk)) {
            call.io.out(format!("{name}\n"));
        }
        return 0;
    }
    if let Err(status) =
        call.needs_root("E: Could not create temporary file for /var/lib/apt/extended_states")
    {
        return status;
    }
    let is_held = verb == "hold";
    for name in packages {
        if call.shell.guest.disk(|disk| package::version(disk, name)).is_none() {
            call.io.err(format!("E: Unable to locate package {name}"));
            return 100;
        }
        call.shell.guest.disk(|disk| package::hold(disk, name, is_held));
        let what = if is_held { "set on hold" } else { "no longer on hold" };
        call.io.out(format!("{name} {what}.\n"));
    }
    0
}

/// Takes a key that every repository may be signed with.
pub(super) async fn apt_key(call: &mut Call<'_>) -> i32 {
    let operands = call.operands();
    let Some((verb, files)) = operands.split_first().filter(|(verb, _)| *verb == "add") else {
        return call.fail("the simulator knows `add`", 1);
    };
    if let Err(status) =
        call.needs_root(&format!("E: {verb}: This command can only be used by root."))
    {
        return status;
    }
    let (text, status) = call.read_text(files).await;
    if status != 0 || !text.starts_with("-----BEGIN PGP") {
        return call.fail("gpg: no valid OpenPGP data found.", 2);
    }
    call.shell.guest.disk(|disk| {
        let all = disk.text(repository::KEYRING) + &text;
        disk.put(repository::KEYRING, all);
    });
    call.io.out("OK\n");
    0
}

/// Writes a repository down, as it is given: `deb ADDRESS SUITE COMPONENT...`.
pub(super) fn apt_add_repository(call: &mut Call<'_>) -> i32 {
    if let Err(status) = call.needs_root("Error: must run as root") {
        return status;
    }
    let lines: Vec<String> = call.operands();
    for line in &lines {
        if !line.starts_with("deb ") {
            return call.fail(format!("Error: '{line}' invalid"), 1);
        }
        call.shell.guest.disk(|disk| {
            let all = disk.text("/etc/apt/sources.list");
            disk.put("/etc/apt/sources.list", format!("{all}{line}\n"));
        });
    }
    0
}

pub(super) fn dpkg(call: &mut Call<'_>) -> i32 {
    if call.has('\0', "print-architecture") {
        let architecture = call.shell.guest.instance(|_, instance| instance.architecture.clone());
        let name = if architecture == "arm64" { "arm64" } else { "amd64" };
        call.io.out(format!("{name}\n"));
        return 0;
    }
    let mut status = 0;
    let operands = call.operands_but("f");
    let all = call.shell.guest.disk(|disk| package::all(disk));
    let is_asked = |name: &String| operands.is_empty() || operands.contains(name);
    for (name, version) in all.iter().filter(|(name, _)| is_asked(name)) {
        if call.has('s', "status") {
            call.io.out(format!(
                "Package: {name}\nStatus: install ok installed\nVersion: {version}\n"
            ));
        } else if call.value('f', "showformat").is_some() {
            call.io.out(version);
        } else {
            call.io.out(format!("{name}\t{version}\n"));
        }
    }
    for name in operands.iter().filter(|name| all.iter().all(|(known, _)| known != *name)) {
        status = call.fail(format!("package '{name}' is not installed"), 1);
    }
    status
}

/// Takes a key out of its ASCII form.
pub(super) async fn gpg(call: &mut Call<'_>) -> i32 {
    if !call.has('\0', "dearmor") {
        return call.fail("the simulator takes keys out of their ASCII form (--dearmor)", 2);
    }
    let operands = call.operands_but("o");
    let output = call.value('o', "output");
    let operands: Vec<_> =
        operands.into_iter().filter(|operand| Some(operand) != output.as_ref()).collect();
    let (text, status) = call.read_text(&operands).await;
    if status != 0 || !text.starts_with("-----BEGIN PGP") {
        return call.fail("no valid OpenPGP data found.", 2);
    }
    let inner: Vec<_> = text.lines().filter(|line| !line.starts_with("-----")).collect();
    let key = format!("openpgp {}\n", inner.join(" "));
    let Some(output) = output else {
        call.io.out(key);
        return 0;
    };
    let (path, user) = (call.shell.path(&output), &call.shell.user);
    let is_there = call.shell.guest.disk(|disk| disk.get(&path).is_some());
    if is_there && !call.has('\0', "yes") && !call.has('\0', "batch") {
        return call.fail(format!("dearmoring failed: File '{output}' exists"), 2);
    }
    match call.shell.guest.disk(|disk| disk.write(user, &path, key.as_bytes(), false)) {
        Ok(()) => 0,
        Err(error) => call.fail(format!("can't create '{output}': {error}"), 2),
    }
}

//! `systemctl`.

use super::Call;
use crate::host::disk::Disk;
use crate::host::{path, unit};

pub(super) async fn systemctl(call: &mut Call<'_>) -> i32 {
    let operands = call.operands();
    let Some((verb, units)) = operands.split_first() else { return 0 };
    let is_question =
        matches!(verb.as_str(), "is-active" | "is-enabled" | "status" | "show" | "cat");
    if !is_question && call.shell.user != "root" {
        call.io.err("Failed to connect to bus: Interactive authentication required.");
        return 1;
    }
    if matches!(verb.as_str(), "daemon-reload" | "daemon-reexec" | "reset-failed") {
        return 0;
    }
    let mut status = 0;
    for name in units {
        let unit = unit::full_name(name);
        let ended = one(call, verb, &unit).await;
        if ended != 0 {
            status = ended;
        }
    }
    status
}

async fn one(call: &mut Call<'_>, verb: &str, unit: &str) -> i32 {
    let guest = call.shell.guest.clone();
    let is_active = guest.running(|running| running.units.contains(unit));
    let file = guest.disk(|disk| unit::file(disk, unit));
    let is_quiet = call.has('q', "quiet");
    match verb {
        "is-active" => {
            if !is_quiet {
                call.io.out(if is_active { "active\n" } else { "inactive\n" });
            }
            return if is_active { 0 } else { 3 };
        }
        "is-enabled" if file.is_some() => {
            let is_enabled = guest.disk(|disk| unit::is_enabled(disk, unit));
            if !is_quiet {
                call.io.out(if is_enabled { "enabled\n" } else { "disabled\n" });
            }
            return i32::from(!is_enabled);
        }
        _ => {}
    }
    let Some(file) = file else {
        return match verb {
            "is-enabled" | "enable" | "disable" => {
                call.io.err(format!("Failed to {verb} unit: Unit file {unit} does not exist."));
                1
            }
            "status" => {
                call.io.err(format!("Unit {unit} could not be found."));
                4
            }
            _ => {
                call.io.err(format!("Failed to {verb} {unit}: Unit {unit} not found."));
                5
            }
        };
    };
    let is_masked = guest.disk(|disk| disk.resolve(&file) == "/dev/null");
    if is_masked && matches!(verb, "start" | "restart") {
        call.io.err(format!("Failed to {verb} {unit}: Unit {unit} is masked."));
        return 1;
    }
    match verb {
        "enable" | "disable" => {
            let link = guest.disk(|disk| {
                if verb == "enable" {
                    return unit::enable(disk, unit);
                }
                unit::disable(disk, unit);
                None
            });
            if let Some((link, target)) = link {
                call.io.err(format!("Created symlink {link} → {target}."));
            }
            match (verb, call.has('\0', "now")) {
                ("enable", true) => start(call, unit, &file).await,
                (_, true) => stop(call, unit),
                _ => 0,
            }
        }
        "start" if is_active => 0,
        "start" | "restart" | "try-restart" | "reload-or-restart" => start(call, unit, &file).await,
        "stop" => stop(call, unit),
        "status" => {
            let state = if is_active { "active (running)" } else { "inactive (dead)" };
            call.io.out(format!("● {unit}\n     Loaded: loaded ({file})\n     Active: {state}\n"));
            if is_active { 0 } else { 3 }
        }
        "cat" => {
            call.io.out(guest.disk(|disk| disk.text(&file)));
            0
        }
        "reload" | "show" => 0,
        other => call.fail(format!("the simulator does not {other} units"), 1),
    }
}

fn stop(call: &Call<'_>, unit: &str) -> i32 {
    call.shell.guest.running(|running| running.units.remove(unit));
    0
}

/// Starts what the unit says: what ends by itself is run, for all else its program must be there.
async fn start(call: &mut Call<'_>, unit: &str, file: &str) -> i32 {
    let guest = call.shell.guest.clone();
    let (commands, is_oneshot) = guest.disk(|disk| (commands(disk, file), is_oneshot(disk, file)));
    let mut shell = crate::host::shell::Shell::new(guest.clone(), "root", "/");
    for words in &commands {
        let program = words.first().map(String::as_str).unwrap_or_default();
        let is_there = super::found(&shell, program).is_some();
        let status = match (is_there, is_oneshot) {
            (false, _) => 203,
            (true, true) => Box::pin(super::run(&mut shell, words, call.io)).await,
            (true, false) => 0,
        };
        if status != 0 {
            guest.running(|running| running.units.remove(unit));
            call.io.err(format!(
                "Job for {unit} failed because the control process exited with error code.\n\
                 See \"systemctl status {unit}\" and \"journalctl -xeu {unit}\" for details."
            ));
            return 1;
        }
    }
    guest.system(|disk, running| unit::started(disk, running, unit));
    0
}

/// What a unit starts.
fn commands(disk: &Disk, file: &str) -> Vec<Vec<String>> {
    let text = disk.text(file);
    let lines = text.lines().filter_map(|line| line.trim().strip_prefix("ExecStart="));
    let words = |line: &str| {
        let words = line.trim_start_matches(['-', '@', '+', '!', ':']).split_whitespace();
        words.map(str::to_owned).collect::<Vec<_>>()
    };
    lines.map(words).filter(|words| !words.is_empty()).collect()
}

fn is_oneshot(disk: &Disk, file: &str) -> bool {
    disk.text(file).lines().any(|line| line.trim() == "Type=oneshot")
}

/// What happens to units when a host starts: those that can be started are active, and policies
/// that they set are set.
pub(in crate::host) fn started_at_boot(disk: &Disk) -> (Vec<String>, Vec<(String, String)>) {
    let (mut active, mut policies) = (Vec::new(), Vec::new());
    for unit in unit::enabled(disk) {
        let Some(file) = unit::file(disk, &unit) else { continue };
        let commands = commands(disk, &file);
        let is_there = |words: &Vec<String>| {
            let program = words.first().map(String::as_str).unwrap_or_default();
            disk.get(program).is_some()
                || super::table::is_base(path::name(program))
                || is_system(&unit)
        };
        if !commands.iter().all(is_there) {
            continue;
        }
        for words in &commands {
            if let [_, rest @ ..] = words.as_slice()
                && let Some(at) = rest.iter().position(|word| word == "-P")
                && let [chain, policy, ..] = &rest[at + 1..]
            {
                policies.push((chain.clone(), policy.clone()));
            }
        }
        active.push(unit);
    }
    (active, policies)
}

/// Units of the image itself.
fn is_system(unit: &str) -> bool {
    matches!(
        unit,
        "ssh.service" | "systemd-networkd.service" | "systemd-resolved.service" | "cron.service"
    )
}

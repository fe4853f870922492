//! Who, where and when: `id`, `hostname`, `uname`, `date`, `sleep`, `shutdown`.

use super::Call;
use super::wrapper::duration;
use crate::ec2::instance;
use crate::host::ubuntu::Release;

pub(super) fn id(call: &mut Call<'_>) -> i32 {
    let user = call.shell.user.clone();
    let number = if user == "root" { 0 } else { 1000 };
    let text = match (call.has('u', "user"), call.has('g', "group"), call.has('n', "name")) {
        (true, _, true) | (_, true, true) => user,
        (true, _, false) | (_, true, false) => number.to_string(),
        _ => format!("uid={number}({user}) gid={number}({user}) groups={number}({user})"),
    };
    call.io.out(format!("{text}\n"));
    0
}

pub(super) fn hostname(call: &mut Call<'_>) -> i32 {
    let name = call.shell.guest.running(|running| running.hostname.clone());
    let operands = call.operands();
    if let Some(new) = operands.first() {
        if let Err(status) = call.needs_root("you must be root to change the host name") {
            return status;
        }
        call.shell.guest.running(|running| new.clone_into(&mut running.hostname));
        return 0;
    }
    let shown = match call.has('s', "short") {
        true => name.split('.').next().unwrap_or_default(),
        false => &name,
    };
    call.io.out(format!("{shown}\n"));
    0
}

pub(super) fn hostnamectl(call: &mut Call<'_>) -> i32 {
    match call.operands().as_slice() {
        [verb, name] if verb == "set-hostname" || verb == "hostname" => {
            if let Err(status) = call.needs_root("Could not set static hostname: Access denied") {
                return status;
            }
            call.shell.guest.system(|disk, running| {
                disk.put("/etc/hostname", format!("{name}\n"));
                name.clone_into(&mut running.hostname);
            });
        }
        _ => {
            let name = call.shell.guest.running(|running| running.hostname.clone());
            let system = call.shell.guest.disk(|disk| Release::of(disk)).pretty_name();
            call.io.out(format!(
                "   Static hostname: {name}\n         Icon name: computer-vm\n           Chassis: vm\n\
                    Virtualization: amazon\n  Operating System: {system}\n\
                 \x20     Architecture: x86-64\n"
            ));
        }
    }
    0
}

pub(super) fn uname(call: &mut Call<'_>) -> i32 {
    let architecture = call.shell.guest.instance(|_, instance| instance.architecture.clone());
    let machine = if architecture == "arm64" { "aarch64" } else { "x86_64" };
    let host = call.shell.guest.running(|running| running.hostname.clone());
    let release = call.shell.guest.disk(|disk| Release::of(disk)).kernel();
    let text = match (call.has('m', "machine"), call.has('r', "kernel-release")) {
        (true, _) => machine.to_owned(),
        (_, true) => release.to_owned(),
        _ if call.has('n', "nodename") => host,
        _ if call.has('a', "all") => format!("Linux {host} {release} {machine} GNU/Linux"),
        _ => "Linux".to_owned(),
    };
    call.io.out(format!("{text}\n"));
    0
}

pub(super) fn date(call: &mut Call<'_>) -> i32 {
    let now = call.shell.guest.mock.now();
    let seconds = now.as_millis() / 1000;
    let text = now.to_string();
    let whole = text.split('.').next().unwrap_or_default();
    let (day, hour) = whole.split_once('T').unwrap_or_default();
    let format = call.arguments.iter().find_map(|argument| argument.strip_prefix('+'));
    let shown = match format {
        Some(format) => format
            .replace("%s", &seconds.to_string())
            .replace("%F", day)
            .replace("%T", hour)
            .replace("%Y", day.get(..4).unwrap_or_default())
            .replace("%m", day.get(5..7).unwrap_or_default())
            .replace("%d", day.get(8..10).unwrap_or_default())
            .replace("%H", hour.get(..2).unwrap_or_default())
            .replace("%M", hour.get(3..5).unwrap_or_default())
            .replace("%S", hour.get(6..8).unwrap_or_default())
            .replace("%N", &format!("{:03}000000", now.as_millis() % 1000)),
        None => format!("{day} {hour} UTC"),
    };
    call.io.out(format!("{shown}\n"));
    0
}

pub(super) async fn sleep(call: &mut Call<'_>) -> i32 {
    for operand in call.operands() {
        let Some(time) = duration(&operand) else {
            return call.fail(format!("invalid time interval '{operand}'"), 1);
        };
        call.shell.guest.mock.sleep(time).await;
    }
    0
}

pub(super) fn power(call: &mut Call<'_>) -> i32 {
    if let Err(status) = call.needs_root("Interactive authentication required.") {
        return status;
    }
    let guest = &call.shell.guest;
    let is_reboot = call.name == "reboot" || call.has('r', "reboot");
    let done = guest.mock.change_hosts(|world| match is_reboot {
        true => {
            instance::rebooted(world, &guest.id);
            Ok(())
        }
        false => world.shut_down_guest(&guest.id),
    });
    match done {
        Ok(()) => 0,
        Err(error) => call.fail(error.message, 1),
    }
}

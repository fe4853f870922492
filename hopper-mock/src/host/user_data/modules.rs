//! What cloud-init's modules do with cloud-config, in their order.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::config::{Command, Config, File, Package, Word};
use super::{fail, script};
use crate::host::shell::{Io, Shell};
use crate::host::{Guest, path};

/// Does what is configured. Commands of `bootcmd` are run at every boot, all else at the first.
pub(super) async fn run(
    guest: &Guest,
    config: &Config,
    is_first: bool,
    io: &Io,
    errors: &mut Vec<String>,
) {
    if is_first {
        for warning in config.warnings() {
            io.err(format!("[WARNING]: {warning}"));
        }
    }
    if !config.bootcmd.is_empty() {
        let text = shell_script(&config.bootcmd);
        let file = "/tmp/bootcmd.sh";
        guest.disk(|disk| disk.put_for("root", file, text, 0o700));
        let status = Shell::new(guest.clone(), "root", "/").run_file(file, &[], io).await;
        guest.disk(|disk| disk.remove("root", file)).ok();
        if status != 0 {
            fail(io, errors, format!("Failed to run bootcmd module: exit status {status}"));
        }
    }
    if !is_first {
        return;
    }
    write_files(guest, config, false, io, errors);
    set_hostname(guest, config);
    packages(guest, config, io, errors).await;
    write_files(guest, config, true, io, errors);
    if !config.runcmd.is_empty() {
        script(guest, "runcmd", shell_script(&config.runcmd).as_bytes(), io, errors).await;
    }
}

/// The commands as a script: words are quoted, lines are taken as they are.
fn shell_script(commands: &[Command]) -> String {
    let mut text = "#!/bin/sh\n".to_owned();
    for command in commands {
        match command {
            Command::Line(line) => text.push_str(line.trim_end()),
            Command::Words(words) => {
                let quoted = words.iter().map(|word| {
                    let word = match word {
                        Word::Text(text) => text.clone(),
                        Word::Other(value) => value.to_string(),
                    };
                    format!("'{}'", word.replace('\'', "'\\''"))
                });
                text.push_str(&quoted.collect::<Vec<_>>().join(" "));
            }
        }
        text.push('\n');
    }
    text
}

fn write_files(
    guest: &Guest,
    config: &Config,
    is_deferred: bool,
    io: &Io,
    errors: &mut Vec<String>,
) {
    for file in config.write_files.iter().filter(|file| file.defer == is_deferred) {
        if let Err(why) = write(guest, file) {
            fail(io, errors, format!("Failed to write {}: {why}", file.path));
        }
    }
}

fn write(guest: &Guest, file: &File) -> Result<(), &'static str> {
    let content = match file.encoding.as_deref() {
        None | Some("" | "text/plain") => file.content.clone().into_bytes(),
        Some("b64" | "base64") => {
            let packed: String = file.content.split_whitespace().collect();
            BASE64_STANDARD.decode(packed).map_err(|_| "its content is not base64")?
        }
        Some(_) => return Err("the simulator knows the encodings text/plain and b64"),
    };
    let mode = match &file.permissions {
        None => 0o644,
        Some(mode) => {
            let octal = mode.trim_start_matches("0o");
            u32::from_str_radix(octal, 8).map_err(|_| "its permissions are not octal")?
        }
    };
    let owner = file.owner.as_deref().unwrap_or("root");
    let owner = owner.split(':').next().unwrap_or_default();
    guest.disk(|disk| {
        disk.make_directories("root", path::parent(&file.path)).ok();
        let path = disk.resolve(&file.path);
        let old = disk.read("root", &path).map(<[u8]>::to_vec).unwrap_or_default();
        let whole = if file.append { [old, content].concat() } else { content };
        disk.put_for(owner, &path, whole, mode);
    });
    Ok(())
}

fn set_hostname(guest: &Guest, config: &Config) {
    let (hostname, fqdn) = (config.hostname.as_deref(), config.fqdn.as_deref());
    let short = hostname.or(fqdn).map(|name| name.split('.').next().unwrap_or_default());
    let whole = fqdn.or(hostname).filter(|_| config.prefer_fqdn_over_hostname);
    let Some(name) = whole.or(short).filter(|_| !config.preserve_hostname) else { return };
    guest.system(|disk, running| {
        disk.put("/etc/hostname", format!("{name}\n"));
        name.clone_into(&mut running.hostname);
    });
}

async fn packages(guest: &Guest, config: &Config, io: &Io, errors: &mut Vec<String>) {
    let names = config.packages.iter().map(|package| match package {
        Package::Name(name) => name.clone(),
        Package::Version(words) => words.join("="),
    });
    let names: Vec<_> = names.collect();
    let apt = |words: &[&str]| {
        let fixed = ["apt-get", "--option=Dpkg::Options::=--force-confold", "--assume-yes"];
        let words = fixed.iter().chain(words).map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let guest = guest.clone();
        async move {
            let mut shell = Shell::new(guest, "root", "/");
            shell.execute(words, Default::default(), io).await.is_ok() && shell.status() == 0
        }
    };
    let mut is_good = true;
    if config.package_update || config.package_upgrade || !names.is_empty() {
        is_good &= apt(&["update"]).await;
    }
    if config.package_upgrade {
        is_good &= apt(&["dist-upgrade"]).await;
    }
    if !names.is_empty() {
        let words: Vec<_> =
            ["install"].into_iter().chain(names.iter().map(String::as_str)).collect();
        is_good &= apt(&words).await;
    }
    if !is_good {
        let why = format!("Failed to install the following packages: {}", names.join(", "));
        fail(io, errors, why);
    }
}

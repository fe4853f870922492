//! User data, as cloud-init runs it: scripts, cloud-config, and several of them as MIME multipart.
//!
//! Source: "User-data formats" and "Module reference" of cloud-init 24.4.

mod config;
mod mime;
mod modules;

use super::Guest;
use super::shell::{Input, Io, Output, Shell};

/// Runs user data with its output in a file and on the console, and leaves what cloud-init leaves.
/// After the first boot of an instance only what is for every boot is run.
pub(super) async fn run(guest: &Guest, data: &[u8], is_first: bool) {
    let log = Output::log(guest.clone());
    let io = Io { stdin: Input::empty(), stdout: log.clone(), stderr: log };
    let mut errors = Vec::new();
    tokio::select! {
        () = parts(guest, data, is_first, &io, &mut errors) => {}
        () = guest.off() => return,
    }
    if !guest.is_alive() {
        return;
    }
    let end = if errors.is_empty() { "done" } else { "error" };
    let errors = format!("{{\"v1\": {{\"errors\": {}}}}}", serde_json::json!(errors));
    guest.system(|disk, running| {
        end.clone_into(&mut running.cloud_init);
        disk.put("/run/cloud-init/result.json", format!("{errors}\n"));
        disk.put("/var/lib/cloud/instance/boot-finished", "");
    });
}

/// Runs each part, and adds what went wrong.
async fn parts(guest: &Guest, data: &[u8], is_first: bool, io: &Io, errors: &mut Vec<String>) {
    for (number, part) in (1..).zip(mime::parts(data)) {
        let text = String::from_utf8_lossy(&part);
        if text.starts_with("#!") {
            if is_first {
                script(guest, &format!("part-{number:03}"), &part, io, errors).await;
            }
        } else if text.lines().next().is_some_and(|line| line.trim() == "#cloud-config") {
            match config::read(&text) {
                Ok(config) => modules::run(guest, &config, is_first, io, errors).await,
                Err(why) => {
                    fail(io, errors, format!("Failed loading yaml blob. Invalid format: {why}"))
                }
            }
        } else if part.starts_with(&[0x1f, 0x8b]) {
            fail(io, errors, "the simulator does not unpack user data (gzip)".to_owned());
        } else if !text.trim().is_empty() {
            let what = "Unhandled non-multipart (text/x-not-multipart) userdata: neither a script \
                        (#!) nor #cloud-config";
            fail(io, errors, what.to_owned());
        }
    }
}

fn fail(io: &Io, errors: &mut Vec<String>, why: String) {
    io.err(format!("[WARNING]: {why}"));
    errors.push(why);
}

/// Runs a script of an instance as root.
async fn script(guest: &Guest, name: &str, text: &[u8], io: &Io, errors: &mut Vec<String>) {
    let path = format!("/var/lib/cloud/instance/scripts/{name}");
    guest.disk(|disk| disk.put_for("root", &path, text, 0o700));
    let status = Shell::new(guest.clone(), "root", "/").run_file(&path, &[], io).await;
    if status != 0 {
        let why = "Failed to run module scripts_user (scripts in /var/lib/cloud/instance/scripts)";
        io.err(format!("{why}: exit status {status}"));
        errors.push(format!(
            "('scripts_user', RuntimeError('Runparts: 1 failures ({name}) in 1 attempted commands'))"
        ));
    }
}

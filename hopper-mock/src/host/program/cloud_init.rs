//! `cloud-init`.

use super::Call;

pub(super) async fn cloud_init(call: &mut Call<'_>) -> i32 {
    let operands = call.operands();
    match operands.first().map(String::as_str) {
        Some("status") => status(call).await,
        Some("clean") => clean(call),
        _ => call.fail("the simulator knows `status` and `clean`", 2),
    }
}

async fn status(call: &Call<'_>) -> i32 {
    let guest = &call.shell.guest;
    let look = || guest.running(|running| running.cloud_init.clone());
    if call.has('\0', "wait") {
        loop {
            let changed = guest.mock.hosts_changed().notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if look() != "running" || !guest.is_alive() {
                break;
            }
            changed.await;
        }
    }
    let state = look();
    call.io.out(format!("status: {state}\n"));
    i32::from(state == "error")
}

/// Forgets the instance, so that the next one that starts with this disk is configured anew.
fn clean(call: &Call<'_>) -> i32 {
    if let Err(status) = call.needs_root("Must be root to clean") {
        return status;
    }
    call.shell.guest.disk(|disk| {
        disk.remove("root", "/var/lib/cloud").ok();
        disk.make_directories("root", "/var/lib/cloud/instances").ok();
        if call.has('\0', "logs") {
            disk.remove("root", "/var/log/cloud-init-output.log").ok();
            disk.remove("root", "/var/log/cloud-init.log").ok();
        }
        if call.has('\0', "machine-id") {
            disk.put("/etc/machine-id", "uninitialized\n");
        }
    });
    0
}

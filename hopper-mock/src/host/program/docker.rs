//! Docker, as Kubernetes used it until 1.23: `docker version`, `docker info`, `docker images`.

use super::Call;
use crate::host::guest::Guest;

pub(in crate::host) const UNIT: &str = "docker.service";

/// Why it cannot be used, in the words of its client.
pub(super) fn complaint(guest: &Guest) -> Option<String> {
    let is_active = guest.running(|running| running.units.contains(UNIT));
    (!is_active).then(|| {
        "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon \
         running?"
            .to_owned()
    })
}

pub(super) fn docker(call: &mut Call<'_>) -> i32 {
    let operands = call.operands();
    let verb = operands.first().map(String::as_str).unwrap_or_default();
    let shown = match verb {
        "version" => " Version:      17.03.2-ce\n API version:  1.27\n",
        "info" => "Server Version: 17.03.2-ce\nCgroup Driver: cgroupfs\n",
        "images" | "ps" => "",
        _ => return call.fail("the simulator knows `version`, `info`, `images` and `ps`", 1),
    };
    if verb == "version" {
        call.io.out(format!("Client:\n{shown}"));
    }
    if let Some(why) = complaint(&call.shell.guest) {
        call.io.err(why);
        return 1;
    }
    match verb {
        "version" => call.io.out(format!("\nServer:\n{shown}")),
        _ => call.io.out(shown),
    }
    0
}

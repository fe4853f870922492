//! containerd's programs: `containerd config default`, `ctr`, `crictl`.

use super::{Call, internet, registry};
use crate::host::disk::Disk;
use crate::host::guest::Guest;

/// Where the images of containers are kept, by their names.
const IMAGES: &str = "/var/lib/containerd/images";

/// Why the container runtime cannot be used, in the words its clients have for it.
pub(super) fn complaint(guest: &Guest) -> Option<String> {
    let is_active = guest.running(|running| running.units.contains("containerd.service"));
    let has_runc = guest.disk(|disk| {
        ["/usr/local/sbin/runc", "/usr/local/bin/runc", "/usr/bin/runc", "/usr/sbin/runc"]
            .iter()
            .any(|path| disk.get(path).is_some_and(|node| node.mode & 0o111 != 0))
    });
    let config = guest.disk(|disk| disk.text("/etc/containerd/config.toml"));
    let lines = || config.lines().filter(|line| !line.trim_start().starts_with('#'));
    let is_off = lines().any(|line| line.contains("disabled_plugins") && line.contains("\"cri\""));
    let endpoint = "unix:///run/containerd/containerd.sock";
    if !is_active {
        return Some(format!(
            "failed to create new CRI runtime service: validate service connection: validate CRI \
             v1 runtime API for endpoint \"{endpoint}\": rpc error: code = Unavailable desc = \
             connection error: desc = \"transport: Error while dialing: dial unix \
             /run/containerd/containerd.sock: connect: no such file or directory\""
        ));
    }
    if is_off {
        return Some(format!(
            "failed to create new CRI runtime service: validate service connection: validate CRI \
             v1 runtime API for endpoint \"{endpoint}\": rpc error: code = Unimplemented desc = \
             unknown service runtime.v1.RuntimeService"
        ));
    }
    if !has_runc {
        return Some("exec: \"runc\": executable file not found in $PATH".to_owned());
    }
    None
}

/// Whether containers are put into systemd's control groups, as the kubelet expects.
pub(super) fn has_systemd_cgroup(disk: &Disk) -> bool {
    let config = disk.text("/etc/containerd/config.toml");
    config.lines().any(|line| line.replace(' ', "") == "SystemdCgroup=true")
}

pub(in crate::host) fn has_image(disk: &Disk, image: &str) -> bool {
    disk.get(&file_of(image)).is_some()
}

/// An image is there from now on.
pub(in crate::host) fn keep_image(disk: &mut Disk, image: &str) {
    disk.put(&file_of(image), image);
}

fn file_of(image: &str) -> String {
    format!("{IMAGES}/{}", image.replace('/', "_"))
}

/// Fetches an image, if it is not there, and says why it cannot.
pub(super) fn pull(call: &Call<'_>, image: &str, login: Option<&str>) -> Result<(), String> {
    if call.shell.guest.disk(|disk| has_image(disk, image)) {
        return Ok(());
    }
    let registry = image.split('/').next().unwrap_or_default();
    if !internet::is_reached(call, "https://") {
        return Err(format!(
            "failed to pull image \"{image}\": failed to do request: Head \"https://{registry}/v2/\": \
             dial tcp: i/o timeout"
        ));
    }
    let mock = &call.shell.guest.mock;
    mock.with_world(|world| registry::admits(world, image, login))?;
    call.shell.guest.disk(|disk| keep_image(disk, image));
    Ok(())
}

fn images(call: &Call<'_>) -> Vec<String> {
    call.shell.guest.disk(|disk| {
        let names = disk.list(IMAGES);
        names.iter().map(|name| disk.text(&format!("{IMAGES}/{name}"))).collect()
    })
}

pub(super) fn containerd(call: &mut Call<'_>) -> i32 {
    let operands = call.operands();
    match operands.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["config", "default"] => {
            call.io.out(concat!(
                "version = 3\nroot = '/var/lib/containerd'\ndisabled_plugins = []\n\n[plugins]\n",
                "  [plugins.'io.containerd.cri.v1.images'.pinned_images]\n",
                "    sandbox = 'registry.k8s.io/pause:3.10.1'\n\n",
                "  [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]\n",
                "    runtime_type = 'io.containerd.runc.v2'\n\n",
                "    [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]\n",
                "      SystemdCgroup = false\n",
            ));
            0
        }
        _ => call.fail("the simulator knows `config default`", 1),
    }
}

pub(super) async fn ctr(call: &mut Call<'_>) -> i32 {
    if let Err(status) =
        call.needs_root("failed to dial \"/run/containerd/containerd.sock\": permission denied")
    {
        return status;
    }
    if let Some(why) = complaint(&call.shell.guest).filter(|why| !why.contains("Unimplemented")) {
        return call.fail(why, 1);
    }
    client(call).await
}

pub(super) async fn crictl(call: &mut Call<'_>) -> i32 {
    if let Err(status) = call.needs_root("connect: permission denied") {
        return status;
    }
    if let Some(why) = complaint(&call.shell.guest) {
        return call.fail(why, 1);
    }
    client(call).await
}

async fn client(call: &Call<'_>) -> i32 {
    let login = call.value('u', "user").or_else(|| call.value('\0', "creds"));
    let mut operands = call.operands_but("nau");
    operands.retain(|operand| Some(operand) != login.as_ref());
    if let Some(name) = call.value('n', "namespace") {
        operands.retain(|operand| *operand != name);
    }
    if let Some(address) = call.value('a', "address") {
        operands.retain(|operand| *operand != address);
    }
    let words: Vec<_> = operands.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["images" | "image" | "i", "pull", image] | ["pull", image] => {
            let time = call.shell.guest.latency(|latencies| latencies.downloaded);
            call.shell.guest.mock.sleep(time).await;
            match pull(call, image, login.as_deref()) {
                Ok(()) => {
                    call.io.out(format!("Image is up to date for {image}\n"));
                    0
                }
                Err(why) => call.fail(why, 1),
            }
        }
        ["images" | "image" | "i", "ls" | "list"] | ["images"] => {
            for image in images(call) {
                call.io.out(format!("{image}\n"));
            }
            0
        }
        ["info" | "version"] | ["config", ..] => 0,
        ["ps" | "pods"] => 0,
        _ => call.fail("the simulator pulls images and lists them", 1),
    }
}

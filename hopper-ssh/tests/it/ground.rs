//! [`Ground`]: a bastion, and a machine that is reached only through it.
//!
//! Each test is run once more by itself, inside the network namespace of the workstation; the
//! other two have their own. Where namespaces cannot be made, everything is on the loopback.

use crate::sshd::{Sshd, installed};
use hopper_ssh::{Connect, Host, Identity, Machine, Tcp};
use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, id},
    sync::Arc,
};
use tempfile::TempDir;

/// Set for the run inside the workstation's namespace: the number of the namespaces.
const INSIDE: &str = "HOPPER_SSH_INSIDE";

/// A bastion, and a machine behind it, each with an sshd.
pub(crate) struct Ground {
    pub(crate) folder: TempDir,
    pub(crate) bastion: Sshd,
    pub(crate) private: Sshd,
    /// Whether the private machine can be reached through the bastion alone.
    pub(crate) is_apart: bool,
}

impl Ground {
    /// Has a test run on a ground of its own.
    pub(crate) fn stage(test: &str, body: impl AsyncFnOnce(Ground)) {
        if !installed() {
            return;
        }
        match env::var(INSIDE).ok() {
            Some(n) => run(Self::at(n.parse().ok()), body),
            None => match Namespaces::make() {
                Some(made) => made.run(test),
                None => {
                    println!("no namespaces can be made here: everything is on the loopback");
                    run(Self::at(None), body);
                }
            },
        }
    }

    fn at(namespaces: Option<u64>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        keygen(&folder.path().join("id"), "ed25519");
        let sshd = |name: &str, address: &str, space: &str| {
            let space = namespaces.map(|n| format!("hs{n}{space}"));
            let address = if namespaces.is_some() { address } else { "127.0.0.1" };
            Sshd::start(folder.path(), name, address, space)
        };
        let (bastion, private) =
            (sshd("bastion", "192.0.2.2", "b"), sshd("private", "198.51.100.2", "p"));
        Self { folder, bastion, private, is_apart: namespaces.is_some() }
    }

    pub(crate) fn identity(&self) -> Identity {
        Identity::file(self.folder.path().join("id")).unwrap()
    }

    pub(crate) fn connect(&self) -> Connect {
        Connect::new(user(), [self.identity()]).deadline(std::time::Duration::from_secs(60))
    }

    pub(crate) fn bastion(&self) -> Machine {
        Machine::new(self.connect(), Arc::new(Tcp), self.bastion.host())
    }

    /// The machine, through the bastion.
    pub(crate) fn private(&self) -> Machine {
        Machine::new(self.connect(), Arc::new(self.bastion()), self.private.host())
    }

    /// An address of the private machine's network where nobody is.
    pub(crate) fn nobody(&self) -> Host {
        match self.is_apart {
            true => Host::new("nobody", "192.0.2.99"),
            false => Host::new("nobody", "127.0.0.1").port(1),
        }
    }
}

fn run(ground: Ground, body: impl AsyncFnOnce(Ground)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(body(ground));
}

pub(crate) fn user() -> String {
    let out = Command::new("id").arg("-un").output().unwrap();
    String::from_utf8(out.stdout).unwrap().trim().to_owned()
}

pub(crate) fn keygen(path: &Path, kind: &str) -> PathBuf {
    let made = Command::new("ssh-keygen")
        .args(["-q", "-N", "", "-C", "test", "-t", kind, "-f"])
        .arg(path)
        .status();
    assert!(made.unwrap().success());
    path.to_owned()
}

/// Three network namespaces: w - b - p. They go when this does.
struct Namespaces(u64);

impl Namespaces {
    fn make() -> Option<Self> {
        use std::sync::atomic::{AtomicU32, Ordering};
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let n = u64::from(id()) * 100 + u64::from(NEXT.fetch_add(1, Ordering::SeqCst));
        Self::clear();
        let made = Self(n);
        let ip = |line: String| {
            let done = Command::new("ip").args(line.split_whitespace()).output();
            done.is_ok_and(|done| done.status.success())
        };
        let mut lines: Vec<String> = ["w", "b", "p"].map(|s| format!("netns add hs{n}{s}")).into();
        lines.push(format!("link add w0 netns hs{n}w type veth peer name b0 netns hs{n}b"));
        lines.push(format!("link add b1 netns hs{n}b type veth peer name p0 netns hs{n}p"));
        for (space, device, address) in [
            ("w", "w0", "192.0.2.1/24"),
            ("b", "b0", "192.0.2.2/24"),
            ("b", "b1", "198.51.100.1/24"),
            ("p", "p0", "198.51.100.2/24"),
        ] {
            lines.push(format!("-n hs{n}{space} addr add {address} dev {device}"));
            lines.push(format!("-n hs{n}{space} link set {device} up"));
            lines.push(format!("-n hs{n}{space} link set lo up"));
        }
        lines.push(format!("netns exec hs{n}b sysctl -qw net.ipv4.ip_forward=0"));
        lines.into_iter().all(ip).then_some(made)
    }

    /// Takes away those of tests that were killed.
    fn clear() {
        let listed = Command::new("ip").args(["netns", "list"]).output();
        let listed = listed.map(|out| String::from_utf8_lossy(&out.stdout).into_owned());
        for name in listed.unwrap_or_default().lines().filter_map(|line| line.split(' ').next()) {
            let number =
                name.strip_prefix("hs").and_then(|rest| rest.strip_suffix(['w', 'b', 'p']));
            let Some(n) = number.and_then(|n| n.parse::<u64>().ok()) else { continue };
            if !Path::new(&format!("/proc/{}", n / 100)).exists() {
                drop(Self(n));
            }
        }
    }

    /// Runs a test of this binary inside.
    fn run(self, test: &str) {
        let ran = Command::new("ip")
            .args(["netns", "exec", &format!("hs{}w", self.0)])
            .arg(env::current_exe().unwrap())
            .args([test, "--exact", "--nocapture"])
            .env(INSIDE, self.0.to_string())
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&ran.stdout) + String::from_utf8_lossy(&ran.stderr);
        println!("{told}");
        assert!(ran.status.success(), "{test} failed inside its namespace");
        assert!(told.contains("1 passed"), "{test} is not the name of the test");
    }
}

impl Drop for Namespaces {
    fn drop(&mut self) {
        for space in ["w", "b", "p"] {
            let name = format!("hs{}{space}", self.0);
            // What still runs in there would keep it.
            let pids = Command::new("ip").args(["netns", "pids", &name]).output();
            let pids = pids.map(|out| String::from_utf8_lossy(&out.stdout).into_owned());
            for pid in pids.unwrap_or_default().split_whitespace() {
                let _ = Command::new("kill").args(["-9", pid]).status();
            }
            let _ = Command::new("ip").args(["netns", "del", &name]).output();
        }
    }
}

//! [`Sshd`]: an OpenSSH server of a test's own.

use crate::ground::keygen;
use hopper_ssh::{Host, PublicKey};
use std::{
    env, fs,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
    thread::sleep,
    time::Duration,
};

/// An OpenSSH server with a host key and a home of its own.
pub(crate) struct Sshd {
    name: String,
    address: String,
    port: u16,
    space: Option<String>,
    pub(crate) folder: PathBuf,
    child: Option<Child>,
}

/// Whether there is an sshd; where there has to be one, it is installed from Debian's packages, by
/// the first test that asks.
pub(crate) fn installed() -> bool {
    static INSTALLED: OnceLock<bool> = OnceLock::new();
    *INSTALLED.get_or_init(install)
}

fn install() -> bool {
    let is_there = || Path::new("/usr/sbin/sshd").exists();
    if !is_there() && env::var_os("CI").is_some() {
        let packages = ["openssh-server", "openssh-client", "iproute2", "procps"];
        let _ = Command::new("apt-get").args(["update", "-qq"]).status();
        let _ = Command::new("apt-get")
            .args(["install", "-qq", "-y", "--no-install-recommends"])
            .args(packages)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .status();
        assert!(is_there(), "no /usr/sbin/sshd: install {packages:?}");
    }
    if !is_there() {
        println!("skipped: there is no /usr/sbin/sshd (Debian: openssh-server)");
    }
    is_there()
}

impl Sshd {
    pub(crate) fn start(base: &Path, name: &str, address: &str, space: Option<String>) -> Self {
        let folder = base.join(name);
        fs::create_dir_all(folder.join("home")).unwrap();
        keygen(&folder.join("host"), "ed25519");
        // A namespace has all ports to itself.
        let port = match &space {
            Some(_) => 22,
            None => {
                TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
            }
        };
        let mut sshd = Self {
            name: name.to_owned(),
            address: address.to_owned(),
            port,
            space,
            folder,
            child: None,
        };
        sshd.configure(base);
        sshd.up();
        sshd
    }

    fn configure(&self, base: &Path) {
        fs::copy(base.join("id.pub"), self.folder.join("authorized")).unwrap();
        let at = |file: &str| self.folder.join(file).display().to_string();
        let config = format!(
            "ListenAddress {}:{}\nHostKey {}\nAuthorizedKeysFile {}\nPidFile none\nUsePAM no\n\
             PasswordAuthentication no\nKbdInteractiveAuthentication no\nStrictModes no\n\
             PermitRootLogin prohibit-password\nMaxSessions 100\nSetEnv HOME={}\n",
            self.address,
            self.port,
            at("host"),
            at("authorized"),
            at("home"),
        );
        fs::write(self.folder.join("config"), config).unwrap();
    }

    pub(crate) fn host(&self) -> Host {
        Host::new(&self.name, &self.address).port(self.port)
    }

    pub(crate) fn key(&self) -> PublicKey {
        fs::read_to_string(self.folder.join("host.pub")).unwrap().parse().unwrap()
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.folder.join("home")
    }

    /// With another host key, as if it was made anew.
    pub(crate) fn reborn(&mut self) {
        self.down();
        for file in ["host", "host.pub"] {
            fs::remove_file(self.folder.join(file)).unwrap();
        }
        keygen(&self.folder.join("host"), "ed25519");
        self.up();
    }

    /// Lets in whoever has this public key.
    pub(crate) fn authorize(&self, public: &Path) {
        fs::copy(public, self.folder.join("authorized")).unwrap();
    }

    pub(crate) fn up(&mut self) {
        let _ = fs::create_dir_all("/run/sshd");
        let mut command = match &self.space {
            Some(space) => {
                let mut command = Command::new("ip");
                command.args(["netns", "exec", space, "/usr/sbin/sshd"]);
                command
            }
            None => Command::new("/usr/sbin/sshd"),
        };
        let child = command.args(["-D", "-e", "-f"]).arg(self.folder.join("config"));
        let log = fs::File::options().create(true).append(true).open(self.folder.join("log"));
        let child = child.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log.unwrap());
        self.child = Some(child.spawn().unwrap());
    }

    /// Ends the server and every connection to it; what runs detached goes on.
    pub(crate) fn down(&mut self) {
        self.cut();
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
        sleep(Duration::from_millis(100));
    }

    /// Ends every connection, and leaves the server.
    pub(crate) fn cut(&mut self) {
        let Some(child) = &self.child else { return };
        // Connections are children of the server; with privilege separation there is another below.
        for pid in children(child.id()) {
            for pid in children(pid).into_iter().chain([pid]) {
                if is_sshd(pid) {
                    let _ = Command::new("kill").args(["-9", &pid.to_string()]).status();
                }
            }
        }
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        self.down();
    }
}

fn children(pid: u32) -> Vec<u32> {
    let path = format!("/proc/{pid}/task/{pid}/children");
    let text = fs::read_to_string(path).unwrap_or_default();
    text.split_whitespace().filter_map(|pid| pid.parse().ok()).collect()
}

fn is_sshd(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.starts_with("sshd"))
}

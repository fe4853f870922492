//! [`Root`]: a root for a script to run in, thrown away afterwards.

use super::Site;
use crate::python;
use std::{
    collections::BTreeMap,
    fs,
    io::Write as _,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use tempfile::TempDir;

/// What is stood in for; curl is written down and then run.
const STAND_INS: [&str; 11] = [
    "apt-get",
    "apt-mark",
    "cloud-init",
    "containerd",
    "ctr",
    "curl",
    "hostnamectl",
    "kubeadm",
    "sleep",
    "sudo",
    "systemctl",
];
/// What the scripts need, and what has to be there on the machine that runs the tests.
const NEEDED: &str = "command -v chroot curl gpg jq mount openssl python3 sha256sum >/dev/null \
    && exec unshare --map-root-user --mount true";

/// A root: what a script of a machine sees.
pub(super) struct Root {
    folder: TempDir,
}

/// How a script ended, and what it printed.
#[derive(Debug)]
pub(super) struct Ran {
    pub(super) code: Option<i32>,
    pub(super) said: String,
}

impl Ran {
    /// The part that it ended in.
    pub(super) fn part(&self) -> &str {
        self.said.lines().rev().find_map(|line| line.strip_prefix("==> ")).unwrap_or_default()
    }
}

impl Root {
    /// One from which only a site is reached, on a machine that can have one: see
    /// [`python::can`].
    pub(super) fn new(site: &Site) -> Self {
        let root = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(root.folder.path().join("local")).unwrap();
        for folder in ["usr", "dev", "root", "tmp", "var", "run", "home", "stub/bin"] {
            fs::create_dir_all(root.path(folder)).unwrap();
        }
        // As Ubuntu has them.
        for folder in ["apt/keyrings", "apt/sources.list.d", "modules-load.d", "sysctl.d", "ssh"] {
            fs::create_dir_all(root.path("etc").join(folder)).unwrap();
        }
        fs::create_dir_all(root.path("etc/systemd/system")).unwrap();
        root.write("etc/passwd", "root:x:0:0:root:/root:/bin/bash\n");
        for link in ["bin", "sbin", "lib", "lib64"] {
            symlink(Path::new("usr").join(link), root.path(link)).unwrap();
        }
        root.write("dev/null", "");
        root.write("stub/stand-in", include_str!("stand_in.sh"));
        fs::set_permissions(root.path("stub/stand-in"), fs::Permissions::from_mode(0o755)).unwrap();
        for name in STAND_INS {
            symlink("/stub/stand-in", root.path("stub/bin").join(name)).unwrap();
        }
        root.write("stub/site.pem", &site.certificate());
        // Whatever is asked of whomever is asked of the site.
        root.write(
            "root/.curlrc",
            &format!(
                "connect-to = \":80:127.0.0.1:{http}\"\nconnect-to = \":443:127.0.0.1:{https}\"\n\
             connect-to = \":6443:127.0.0.1:{https}\"\ncacert = \"/stub/site.pem\"\n",
                http = site.http,
                https = site.https,
            ),
        );
        root.write("stub/calls", "");
        root
    }

    /// Whether one can be had here.
    pub(super) fn can_be_had() -> bool {
        python::can("a root to throw away", Command::new("bash").args(["-c", NEEDED]))
    }

    /// Where something in it is from outside.
    pub(super) fn path(&self, inside: &str) -> PathBuf {
        match inside.strip_prefix("usr/local/") {
            Some(rest) => self.folder.path().join("local").join(rest),
            None => self.folder.path().join("root").join(inside),
        }
    }

    pub(super) fn write(&self, inside: &str, text: &str) {
        let path = self.path(inside);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[track_caller]
    pub(super) fn read(&self, inside: &str) -> String {
        fs::read_to_string(self.path(inside)).unwrap()
    }

    /// Runs a script as its root user.
    pub(super) fn run(&self, script: &str, input: &str) -> Ran {
        self.write("stub/script", script);
        let enter = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/throwaway/enter.sh");
        let said = self.folder.path().join("said");
        let to = fs::File::create(&said).unwrap();
        let mut child = Command::new("unshare")
            .args(["--map-root-user", "--mount", "bash"])
            .args([&enter, &self.path("")])
            .stdin(Stdio::piped())
            .stdout(to.try_clone().unwrap())
            .stderr(to)
            .spawn()
            .unwrap();
        // One that does not read all of it has ended, or will.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let code = child.wait().unwrap().code();
        Ran { code, said: fs::read_to_string(said).unwrap() }
    }

    /// What was asked of the programs that are stood in for, without names of passing files.
    pub(super) fn calls(&self) -> String {
        let passing = regex::Regex::new(r"/tmp/tmp\.\w+").unwrap();
        passing.replace_all(&self.read("stub/calls"), "$$work").into_owned()
    }

    /// All files, but the stand-ins, with their modes and what is in them.
    pub(super) fn files(&self) -> BTreeMap<String, (u32, Vec<u8>)> {
        let mut files = BTreeMap::new();
        for folder in ["etc", "home", "opt", "root", "run", "tmp", "usr/local/", "var"] {
            gather(&self.path(folder), folder.trim_end_matches('/'), &mut files);
        }
        files
    }

    /// The same as text: paths and modes, and what is in small files that are text.
    pub(super) fn listing(&self) -> String {
        let text = |(path, (mode, data)): (String, (u32, Vec<u8>))| match String::from_utf8(data) {
            Ok(text) if text.lines().count() < 20 => {
                let lines: String = text.lines().map(|line| format!("    {line}\n")).collect();
                format!("{mode:04o} /{path}\n{lines}")
            }
            _ => format!("{mode:04o} /{path}\n    …\n"),
        };
        let ours = |(path, _): &(String, _)| !path.starts_with("root/") && path != "etc/passwd";
        self.files().into_iter().filter(ours).map(text).collect()
    }
}

fn gather(folder: &Path, name: &str, files: &mut BTreeMap<String, (u32, Vec<u8>)>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        let name = format!("{name}/{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() {
            gather(&path, &name, files);
        } else {
            let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o7777;
            files.insert(name, (mode, fs::read(&path).unwrap()));
        }
    }
}

//! [`Site`]: the internet, AWS and the metadata service, as a machine sees them.

use hopper_mock::Mock;
use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;

/// The hosts that it answers for.
const HOSTS: [&str; 6] = [
    "artifacts.k8s.io",
    "download.docker.com",
    "pkgs.k8s.io",
    "raw.githubusercontent.com",
    "api.ecr.us-west-2.amazonaws.com",
    "ssm.eu-west-1.amazonaws.com",
];

/// A server on this machine alone. It is stopped when dropped.
pub(super) struct Site {
    child: Child,
    folder: TempDir,
    pub(super) http: u16,
    pub(super) https: u16,
}

impl Site {
    /// One that has the files which the default settings ask for, and says how to join once it was
    /// asked in vain so often; never without a number.
    pub(super) fn start(in_vain: Option<u32>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let names = HOSTS.map(|host| format!("DNS:{host}")).join(",");
        let made = Command::new("openssl")
            .args("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes".split(' '))
            .args("-days 2 -subj /CN=site -keyout key.pem -out site.pem -addext".split(' '))
            .arg(format!("subjectAltName={names}"))
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        publish(folder.path());
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/throwaway/site.py");
        let mut child = Command::new("python3")
            .arg(script)
            .arg(in_vain.map_or("never".to_owned(), |times| times.to_string()))
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ports: Vec<u16> = line.split_whitespace().map(|port| port.parse().unwrap()).collect();
        let &[http, https] = &ports[..] else { panic!("no ports in {line:?}") };
        Self { child, folder, http, https }
    }

    /// What a client has to trust.
    pub(super) fn certificate(&self) -> String {
        fs::read_to_string(self.folder.path().join("site.pem")).unwrap()
    }

    /// Nothing is at an address any more.
    pub(super) fn take_away(&self, url: &str) {
        fs::remove_file(file(self.folder.path(), url)).unwrap();
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where what is at an address lies.
fn file(folder: &Path, url: &str) -> std::path::PathBuf {
    folder.join("www").join(url.strip_prefix("https://").unwrap())
}

/// Puts there what stands in for the internet's files; keys are ones that gpg reads.
fn publish(folder: &Path) {
    let internet = Mock::builder().build();
    let node = super::settings().node;
    let release = node.kubernetes.repository.clone() + "Release.key";
    let files = [&node.credential_provider.url, &node.pod_network.url];
    let keys = [&node.docker.key, &release];
    let files = files.map(|url| (url, internet.download(url).unwrap()));
    for (url, data) in files.into_iter().chain(keys.map(|url| (url, armored(url)))) {
        let file = file(folder, url);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, data).unwrap();
    }
}

/// A text in OpenPGP's armor.
fn armored(text: &str) -> Vec<u8> {
    let mut command = Command::new("gpg");
    let streams = command.arg("--enarmor").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = streams.stderr(Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    child.wait_with_output().unwrap().stdout
}

//! [`Moto`]: another simulator of AWS, in a process of its own.

use serde_json::Value;
use std::{
    env, fs,
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// The version that is installed.
const VERSION: &str = "5.2.1";
/// How long it may take to begin answering.
const PATIENCE: Duration = Duration::from_secs(120);

/// A running server of [moto](https://docs.getmoto.org). It is stopped when dropped.
pub(super) struct Moto {
    child: Child,
    pub(super) url: String,
    bin: PathBuf,
}

impl Moto {
    /// Installs it under cargo's target folder, once, and starts it on a free port.
    ///
    /// Returns why it cannot be had: no Python, no network.
    pub(super) fn start() -> Result<Self, String> {
        let bin = installed()?;
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let address = free.map_err(|e| e.to_string())?;
        let child = Command::new(bin.join("moto_server"))
            .args(["-H", "127.0.0.1", "-p", &address.port().to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|e| format!("moto_server cannot be started: {e}"))?;
        let mut moto = Self { child, url: format!("http://{address}"), bin };
        let began = Instant::now();
        while !answers(&address.to_string()) {
            if let Ok(Some(status)) = moto.child.try_wait() {
                return Err(format!("moto_server ended with {status}"));
            }
            if PATIENCE < began.elapsed() {
                return Err("moto_server does not answer".to_owned());
            }
            thread::sleep(Duration::from_millis(100));
        }
        Ok(moto)
    }

    /// Runs `cloud.py` against it.
    #[track_caller]
    pub(super) fn cloud(&self, what: &str) -> Vec<u8> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/moto/cloud.py");
        let mut command = Command::new(self.bin.join("python"));
        let output = command.arg(script).args([what, &self.url]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    /// Everything that is there.
    #[track_caller]
    pub(super) fn inventory(&self) -> Value {
        serde_json::from_slice(&self.cloud("inventory")).unwrap()
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether something speaks HTTP there.
fn answers(address: &str) -> bool {
    let Ok(mut stream) = TcpStream::connect(address) else { return false };
    let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
    let asked = stream.write_all(b"GET /moto-api/ HTTP/1.0\r\n\r\n");
    let mut reply = [0; 8];
    asked.and_then(|()| stream.read_exact(&mut reply)).is_ok() && reply.starts_with(b"HTTP/1")
}

/// The folder with its programs.
fn installed() -> Result<PathBuf, String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("moto-{VERSION}"));
    let (bin, complete) = (folder.join("bin"), folder.join("complete"));
    if complete.exists() {
        return Ok(bin);
    }
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    let package = format!("moto[server]=={VERSION}");
    run(Command::new(bin.join("python")).args(["-m", "pip", "install", "--quiet", &package]))?;
    fs::write(complete, VERSION).map_err(|e| e.to_string())?;
    Ok(bin)
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.stdin(Stdio::null()).output().map_err(|e| format!("{command:?}: {e}"))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr))),
    }
}

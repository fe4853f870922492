//! [`Moto`]: another simulator of AWS, in a process of its own.

use serde_json::Value;
use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// How long it may take to begin answering.
const PATIENCE: Duration = Duration::from_secs(120);

/// A running server of [moto](https://docs.getmoto.org). It is stopped when dropped.
pub(crate) struct Moto {
    child: Child,
    pub(crate) url: String,
    bin: &'static Path,
}

impl Moto {
    /// Starts it on a free port.
    #[track_caller]
    pub(crate) fn start(bin: &'static Path) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let address = free.unwrap();
        let child = Command::new(bin.join("moto_server"))
            .args(["-H", "127.0.0.1", "-p", &address.port().to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut moto = Self { child, url: format!("http://{address}"), bin };
        let began = Instant::now();
        while !answers(&address.to_string()) {
            if let Ok(Some(status)) = moto.child.try_wait() {
                panic!("moto_server ended with {status}");
            }
            assert!(began.elapsed() < PATIENCE, "moto_server does not answer");
            thread::sleep(Duration::from_millis(100));
        }
        moto
    }

    /// Runs `cloud.py` against it.
    #[track_caller]
    pub(crate) fn cloud(&self, what: &str) -> Vec<u8> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/moto/cloud.py");
        let mut command = Command::new(self.bin.join("python"));
        let output = command.arg(script).args([what, &self.url]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    /// Everything that is there.
    #[track_caller]
    pub(crate) fn inventory(&self) -> Value {
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

//! [`Terminal`]: the user's terminal, with every key going to the far end.

use crate::failure::Failure;
use std::{
    env,
    io::{self, IsTerminal as _, Read as _},
    process::{Command, Stdio},
    thread,
};
use tokio::sync::mpsc;

/// The user's terminal while every key goes to the far end, which also echoes it. It is as it was
/// once this is dropped.
#[derive(Debug)]
pub struct Terminal {
    before: String,
}

impl Terminal {
    /// Has the terminal pass everything on.
    ///
    /// # Errors
    ///
    /// When the input is no terminal.
    pub fn raw() -> Result<Self, Failure> {
        let wrong = || {
            Failure::usage("a shell wants a terminal: give a command, as in hopper ssh NODE -- id")
        };
        if !io::stdin().is_terminal() {
            return Err(wrong());
        }
        let before = stty(&["-g"]).ok_or_else(wrong)?;
        stty(&["raw", "-echo"]).ok_or_else(wrong)?;
        Ok(Self { before })
    }

    /// What kind it is, e.g. `xterm-256color`.
    #[must_use]
    pub fn kind(&self) -> String {
        env::var("TERM").unwrap_or_else(|_| "vt100".to_owned())
    }

    /// How many columns and rows it has.
    #[must_use]
    pub fn size(&self) -> (u32, u32) {
        let size = stty(&["size"]).unwrap_or_default();
        let size = size
            .split_once(' ')
            .and_then(|(rows, columns)| Some((columns.parse().ok()?, rows.parse().ok()?)));
        size.unwrap_or((80, 24))
    }

    /// What is typed. The thread that reads it ends with the process.
    #[must_use]
    pub fn input() -> mpsc::Receiver<Vec<u8>> {
        let (sender, receiver) = mpsc::channel(16);
        thread::spawn(move || {
            let mut bytes = [0; 1024];
            while let Ok(n) = io::stdin().lock().read(&mut bytes) {
                if n == 0 || sender.blocking_send(bytes[..n].to_vec()).is_err() {
                    break;
                }
            }
        });
        receiver
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = stty(&[&self.before]);
    }
}

/// What `stty` says of the terminal.
fn stty(args: &[&str]) -> Option<String> {
    let said = Command::new("stty").args(args).stdin(Stdio::inherit()).output().ok()?;
    let text = String::from_utf8(said.stdout).ok()?;
    said.status.success().then(|| text.trim().to_owned())
}

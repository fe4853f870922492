//! [`Io`]: where a program reads from and prints to.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Mutex as AsyncMutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

use crate::host::guest::Guest;

/// Standard input, output and error.
#[derive(Clone, Debug)]
pub(in crate::host) struct Io {
    pub(in crate::host) stdin: Input,
    pub(in crate::host) stdout: Output,
    pub(in crate::host) stderr: Output,
}

impl Io {
    /// Prints text on standard output.
    pub(in crate::host) fn out(&self, text: impl AsRef<[u8]>) {
        self.stdout.write(text.as_ref()).ok();
    }

    /// Prints a line on standard error.
    pub(in crate::host) fn err(&self, line: impl AsRef<str>) {
        self.stderr.write(format!("{}\n", line.as_ref()).as_bytes()).ok();
    }
}

/// What a session gets from what runs in it.
#[derive(Debug)]
pub(in crate::host) enum Piece {
    Out(Vec<u8>),
    Err(Vec<u8>),
    /// It ended with this status.
    End(i32),
}

/// What can be read. Clones read on where another stopped.
#[derive(Clone, Debug)]
pub(in crate::host) struct Input(Arc<AsyncMutex<Source>>);

#[derive(Debug)]
struct Source {
    ready: VecDeque<u8>,
    more: Option<UnboundedReceiver<Vec<u8>>>,
}

impl Input {
    pub(in crate::host) fn empty() -> Self {
        Self::bytes(Vec::new())
    }

    pub(in crate::host) fn bytes(data: Vec<u8>) -> Self {
        Self(Arc::new(AsyncMutex::new(Source { ready: data.into(), more: None })))
    }

    /// What comes over a connection, until its other end has nothing more.
    pub(in crate::host) fn live(more: UnboundedReceiver<Vec<u8>>) -> Self {
        let source = Source { ready: VecDeque::new(), more: Some(more) };
        Self(Arc::new(AsyncMutex::new(source)))
    }

    /// Everything that is left.
    pub(in crate::host) async fn read_all(&self) -> Vec<u8> {
        let mut source = self.0.lock().await;
        while source.wait().await {}
        std::mem::take(&mut source.ready).into()
    }

    /// The next line without its end, and whether it had one; nothing at the end of all.
    pub(in crate::host) async fn read_line(&self) -> Option<(Vec<u8>, bool)> {
        let mut source = self.0.lock().await;
        loop {
            if let Some(end) = source.ready.iter().position(|byte| *byte == b'\n') {
                let mut line: Vec<u8> = source.ready.drain(..=end).collect();
                line.pop();
                return Some((line, true));
            }
            if !source.wait().await {
                let rest: Vec<u8> = std::mem::take(&mut source.ready).into();
                return (!rest.is_empty()).then_some((rest, false));
            }
        }
    }
}

impl Source {
    /// Waits for more, and says whether any came.
    async fn wait(&mut self) -> bool {
        let Some(more) = &mut self.more else { return false };
        match more.recv().await {
            Some(data) => {
                self.ready.extend(data);
                true
            }
            None => {
                self.more = None;
                false
            }
        }
    }
}

/// Nobody reads what is written any more.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub(in crate::host) struct WriteError(String);

/// What can be written to.
#[derive(Clone, Debug)]
pub(in crate::host) struct Output {
    place: Place,
    /// What is written goes to these too.
    copies: Vec<Buffer>,
}

type Buffer = Arc<Mutex<Vec<u8>>>;

#[derive(Clone, Debug)]
enum Place {
    Nowhere,
    Memory(Buffer),
    Session(UnboundedSender<Piece>, bool),
    File {
        guest: Guest,
        path: String,
    },
    /// cloud-init's log, which is on the console too.
    Log(Guest),
}

impl Output {
    fn to(place: Place) -> Self {
        Self { place, copies: Vec::new() }
    }

    pub(in crate::host) fn nowhere() -> Self {
        Self::to(Place::Nowhere)
    }

    /// Something that keeps what is written.
    pub(in crate::host) fn memory() -> (Self, Kept) {
        let buffer = Buffer::default();
        (Self::to(Place::Memory(buffer.clone())), Kept(buffer))
    }

    pub(in crate::host) fn live(session: UnboundedSender<Piece>, is_error: bool) -> Self {
        Self::to(Place::Session(session, is_error))
    }

    /// The end of a file that is there.
    pub(in crate::host) fn file(guest: Guest, path: &str) -> Self {
        let path = path.to_owned();
        Self::to(Place::File { guest, path })
    }

    pub(in crate::host) fn log(guest: Guest) -> Self {
        Self::to(Place::Log(guest))
    }

    /// The same, and what is written is kept too.
    pub(in crate::host) fn copied(&self, kept: &Kept) -> Self {
        let mut copied = self.clone();
        copied.copies.push(kept.0.clone());
        copied
    }

    /// Writes.
    ///
    /// # Errors
    /// A file that cannot be written to, a session that is gone.
    pub(in crate::host) fn write(&self, data: &[u8]) -> Result<(), WriteError> {
        if data.is_empty() {
            return Ok(());
        }
        for copy in &self.copies {
            copy.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(data);
        }
        match &self.place {
            Place::Nowhere => Ok(()),
            Place::Memory(buffer) => {
                buffer.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(data);
                Ok(())
            }
            Place::Session(session, is_error) => {
                let piece = match is_error {
                    true => Piece::Err(data.to_vec()),
                    false => Piece::Out(data.to_vec()),
                };
                session.send(piece).map_err(|_| WriteError("Broken pipe".to_owned()))
            }
            Place::File { guest, path } if path == "/dev/console" => {
                let text = String::from_utf8_lossy(data);
                guest.running(|running| running.console.push_str(&text));
                Ok(())
            }
            // The file was opened: that the user may write was judged then.
            Place::File { guest, path } => guest
                .disk(|disk| disk.write("root", path, data, true))
                .map_err(|error| WriteError(error.to_string())),
            Place::Log(guest) => {
                let text = String::from_utf8_lossy(data);
                guest.running(|running| running.console.push_str(&text));
                let path = "/var/log/cloud-init-output.log";
                let written = guest.disk(|disk| disk.write("root", path, data, true));
                written.map_err(|error| WriteError(error.to_string()))
            }
        }
    }
}

/// What was written so far.
#[derive(Clone, Debug, Default)]
pub(in crate::host) struct Kept(Buffer);

impl Kept {
    pub(in crate::host) fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

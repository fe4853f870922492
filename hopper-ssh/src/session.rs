//! [`Session`]: a connection to a host that has let us in.

use crate::{Host, Lines, SshError, Stream, client::Client, quote::quoted};
use russh::{
    Channel, ChannelMsg, Disconnect,
    client::{Handle, Msg},
    keys::PublicKey,
};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use tokio::{io::copy_bidirectional, net::TcpListener};

/// A connection to a host that has let us in. A clone is another handle on it.
#[derive(Clone)]
pub struct Session {
    handle: Arc<Handle<Client>>,
    host: Host,
    new_key: Option<PublicKey>,
}

/// How a command ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exit {
    /// The code it exited with; none if a signal ended it.
    pub code: Option<u32>,
    /// The signal that ended it, e.g. `KILL`.
    pub signal: Option<String>,
}

/// Where a command prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum From {
    /// Its standard output.
    Output,
    /// Its standard error.
    Error,
}

impl Exit {
    /// Whether it exited with 0.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.code == Some(0)
    }
}

impl Session {
    pub(crate) fn new(handle: Handle<Client>, host: Host, new_key: Option<PublicKey>) -> Self {
        Self { handle: Arc::new(handle), host, new_key }
    }

    /// The host.
    #[must_use]
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The host's key, if there was none on record: to be recorded now.
    #[must_use]
    pub fn new_key(&self) -> Option<&PublicKey> {
        self.new_key.as_ref()
    }

    /// Whether the connection is known to be lost.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.handle.is_closed()
    }

    /// Runs a command of the user's shell, gives it an input, and hands over what it prints on its
    /// standard output and error, line by line.
    ///
    /// The command is seen by whoever lists the host's processes: secrets belong into the input.
    ///
    /// # Errors
    ///
    /// When the connection is lost before the command's end is known.
    pub async fn run(
        &self,
        command: &str,
        input: &[u8],
        mut line: impl FnMut(&str),
    ) -> Result<Exit, SshError> {
        let (mut output, mut error) = (Lines::default(), Lines::default());
        let exit = self.stream(command, input, |from, chunk| match from {
            From::Output => output.push(chunk, &mut line),
            From::Error => error.push(chunk, &mut line),
        });
        let exit = exit.await;
        output.finish(&mut line);
        error.finish(&mut line);
        exit
    }

    /// A channel for a command or a shell.
    pub(crate) async fn open_session(&self) -> Result<Channel<Msg>, SshError> {
        let opened = self.handle.channel_open_session().await;
        opened.map_err(|error| self.lost(&error.to_string()))
    }

    /// As [`run`](Self::run), with the bytes of both outputs as they come.
    pub(crate) async fn stream(
        &self,
        command: &str,
        input: &[u8],
        mut chunk: impl FnMut(From, &[u8]),
    ) -> Result<Exit, SshError> {
        let lost = |error: russh::Error| self.lost(&error.to_string());
        let channel = self.open_session().await?;
        channel.exec(true, command).await.map_err(lost)?;
        // What the command prints is read while it is written to, or neither would go on.
        let (mut from, to) = channel.split();
        let give = async {
            to.data(input).await?;
            to.eof().await
        };
        let take = async {
            let mut exit = Exit { code: None, signal: None };
            while let Some(message) = from.wait().await {
                match message {
                    ChannelMsg::Data { data } => chunk(From::Output, &data),
                    ChannelMsg::ExtendedData { data, .. } => chunk(From::Error, &data),
                    ChannelMsg::ExitStatus { exit_status } => exit.code = Some(exit_status),
                    ChannelMsg::ExitSignal { signal_name, .. } => {
                        exit.signal = Some(format!("{signal_name:?}"));
                    }
                    ChannelMsg::Failure => return Err(self.refused("a command", "it runs none")),
                    _ => (),
                }
            }
            match exit {
                Exit { code: None, signal: None } => Err(self.lost("a command did not end")),
                exit => Ok(exit),
            }
        };
        tokio::pin!(give, take);
        // A command may end without having read its input.
        tokio::select! {
            exit = &mut take => exit,
            _ = &mut give => take.await,
        }
    }

    /// Writes a file with these permissions, e.g. `0o600`, whole or not at all; what was there
    /// before is replaced. Its bytes are compared by their SHA-256.
    ///
    /// # Errors
    ///
    /// When the connection is lost, or the host cannot write it.
    pub async fn upload(&self, path: &str, mode: u32, bytes: &[u8]) -> Result<(), SshError> {
        let sum: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        let (to, part) = (quoted(path), quoted(&format!("{path}.part")));
        let command = format!(
            "umask 077 && cat >{part} && chmod {mode:o} {part} && \
             [ \"$(sha256sum <{part} | cut -c1-64)\" = {sum} ] && mv -f {part} {to}"
        );
        let mut said = Vec::new();
        let exit = self.run(&command, bytes, |line| said.push(line.to_owned())).await?;
        match exit.is_success() {
            true => Ok(()),
            false => Err(self.refused(&format!("writing {path}"), &said.join("; "))),
        }
    }

    /// A stream to an address as the host sees it (direct-tcpip).
    ///
    /// # Errors
    ///
    /// When the connection is lost, or the host gets no answer from there.
    pub async fn open(&self, address: &str, port: u16) -> Result<Stream, SshError> {
        let channel: Channel<Msg> =
            match self.handle.channel_open_direct_tcpip(address, port.into(), "127.0.0.1", 0).await
            {
                Ok(channel) => channel,
                Err(russh::Error::ChannelOpenFailure(why)) => {
                    let what = format!("a stream to {address}:{port}");
                    return Err(self.refused(&what, &format!("{why:?}")));
                }
                Err(error) => return Err(self.lost(&error.to_string())),
            };
        Ok(Box::new(channel.into_stream()))
    }

    /// Carries whoever connects to the listener to an address as the host sees it, until the
    /// connection to the host is lost. What cannot be carried is told.
    ///
    /// # Errors
    ///
    /// When the connection is lost, or nobody can connect to the listener any more.
    pub async fn forward(
        &self,
        listener: &TcpListener,
        address: &str,
        port: u16,
        mut tell: impl FnMut(&SshError),
    ) -> Result<(), SshError> {
        loop {
            let accepted = listener.accept().await;
            let (mut near, _) =
                accepted.map_err(|error| self.refused("listening", &error.to_string()))?;
            match self.open(address, port).await {
                Ok(mut far) => {
                    tokio::spawn(async move { copy_bidirectional(&mut near, &mut far).await });
                }
                Err(error) if error.is_lost() => return Err(error),
                Err(error) => tell(&error),
            }
        }
    }

    /// Says good-bye.
    pub async fn close(&self) {
        let _ = self.handle.disconnect(Disconnect::ByApplication, "", "").await;
    }

    pub(crate) fn lost(&self, why: &str) -> SshError {
        SshError::Lost { host: self.host.to_string(), why: why.to_owned() }
    }

    pub(crate) fn refused(&self, what: &str, why: &str) -> SshError {
        let (what, why) = (what.to_owned(), why.to_owned());
        SshError::Refused { host: self.host.to_string(), what, why }
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Session({})", self.host)
    }
}

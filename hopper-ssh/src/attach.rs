//! Commands and shells whose output is handed over as it comes, for a person to see.

use crate::{Exit, Session, SshError, session::From};
use russh::ChannelMsg;
use tokio::sync::mpsc;

/// Where something is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// The standard output.
    Standard,
    /// The standard error.
    Error,
}

impl Session {
    /// Runs a command of the user's shell, gives it an input, and hands over what it prints as it
    /// comes.
    ///
    /// # Errors
    ///
    /// When the connection is lost before the command's end is known.
    pub async fn exec(
        &self,
        command: &str,
        input: &[u8],
        mut print: impl FnMut(Output, &[u8]),
    ) -> Result<Exit, SshError> {
        self.stream(command, input, |from, bytes| match from {
            From::Output => print(Output::Standard, bytes),
            From::Error => print(Output::Error, bytes),
        })
        .await
    }

    /// Runs the user's shell at a terminal of this kind, with so many columns and rows, until it
    /// ends.
    ///
    /// # Errors
    ///
    /// When the connection is lost, or the host gives no terminal.
    pub async fn shell(
        &self,
        terminal: &str,
        (columns, rows): (u32, u32),
        mut typed: mpsc::Receiver<Vec<u8>>,
        mut print: impl FnMut(Output, &[u8]),
    ) -> Result<Exit, SshError> {
        let lost = |error: russh::Error| self.lost(&error.to_string());
        let mut channel = self.open_session().await?;
        channel.request_pty(true, terminal, columns, rows, 0, 0, &[]).await.map_err(lost)?;
        channel.request_shell(true).await.map_err(lost)?;
        let (mut exit, mut is_typing) = (Exit { code: None, signal: None }, true);
        loop {
            let message = tokio::select! {
                message = channel.wait() => message,
                keys = typed.recv(), if is_typing => {
                    match keys {
                        Some(keys) => channel.data(&*keys).await.map_err(lost)?,
                        None => {
                            is_typing = false;
                            channel.eof().await.map_err(lost)?;
                        }
                    }
                    continue;
                }
            };
            match message {
                Some(ChannelMsg::Data { data }) => print(Output::Standard, &data),
                Some(ChannelMsg::ExtendedData { data, .. }) => print(Output::Error, &data),
                Some(ChannelMsg::ExitStatus { exit_status }) => exit.code = Some(exit_status),
                Some(ChannelMsg::ExitSignal { signal_name, .. }) => {
                    exit.signal = Some(format!("{signal_name:?}"));
                }
                Some(ChannelMsg::Failure) => return Err(self.refused("a shell", "it gives none")),
                Some(_) => (),
                None => break,
            }
        }
        match exit {
            Exit { code: None, signal: None } => Err(self.lost("the shell did not end")),
            exit => Ok(exit),
        }
    }
}

//! One command that is run over SSH.

use std::collections::BTreeMap;

use russh::server::Msg;
use russh::{Channel, ChannelMsg};
use tokio::sync::mpsc;

use super::guest::Guest;
use super::shell::{Input, Io, Output, Piece, Shell};

/// Waits for the command of a channel, runs it, and tells how it ended. A command whose connection
/// is cut runs on, as it does where there is no terminal.
pub(super) async fn serve(guest: Guest, user: String, channel: Channel<Msg>) {
    let (mut reader, writer) = channel.split();
    let mut environment = BTreeMap::new();
    let command = loop {
        match reader.wait().await {
            Some(ChannelMsg::Exec { command, .. }) => break Some(command),
            Some(ChannelMsg::RequestShell { .. }) => break None,
            Some(ChannelMsg::SetEnv { variable_name, variable_value, .. }) => {
                // What Ubuntu's sshd_config accepts.
                if variable_name == "LANG" || variable_name.starts_with("LC_") {
                    environment.insert(variable_name, variable_value);
                }
            }
            Some(_) => {}
            None => return,
        }
    };
    let (to_stdin, stdin) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Some(message) = reader.wait().await {
            match message {
                ChannelMsg::Data { data } if to_stdin.send(data.to_vec()).is_err() => break,
                ChannelMsg::Eof | ChannelMsg::Close => break,
                _ => {}
            }
        }
    });
    let (pieces, mut printed) = mpsc::unbounded_channel();
    let io = Io {
        stdin: Input::live(stdin),
        stdout: Output::live(pieces.clone(), false),
        stderr: Output::live(pieces.clone(), true),
    };
    tokio::spawn(async move {
        let home = if user == "root" { "/root".to_owned() } else { format!("/home/{user}") };
        let mut shell = Shell::new(guest.clone(), &user, &home);
        shell.set_environment(environment);
        let run = async {
            match command {
                Some(command) => shell.run_text(&String::from_utf8_lossy(&command), &io).await,
                None => {
                    let script = io.stdin.read_all().await;
                    shell.run_text(&String::from_utf8_lossy(&script), &io).await
                }
            }
        };
        tokio::select! {
            status = run => drop(pieces.send(Piece::End(status))),
            () = guest.off() => {}
        }
    });
    while let Some(piece) = printed.recv().await {
        let sent = match piece {
            Piece::Out(data) => writer.data_bytes(data).await,
            Piece::Err(data) => writer.extended_data_bytes(1, data).await,
            Piece::End(status) => {
                writer.exit_status(u32::try_from(status & 0xff).unwrap_or(255)).await.ok();
                writer.eof().await.ok();
                writer.close().await.ok();
                return;
            }
        };
        if sent.is_err() {
            return;
        }
    }
}

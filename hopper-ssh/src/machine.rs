//! [`Machine`]: a host that is connected to again when the connection is lost.

use crate::{Connect, Dialer, Exit, Host, Lines, Script, Session, SshError, Stream, quote::quoted};
use async_trait::async_trait;
use std::{fmt, io, sync::Arc};
use tokio::sync::Mutex;

/// A host that is connected to when it is needed, and again when the connection is lost. A clone
/// is another handle on it.
///
/// It is a [`Dialer`]: a bastion.
#[derive(Clone)]
pub struct Machine {
    connect: Connect,
    dialer: Arc<dyn Dialer>,
    host: Host,
    session: Arc<Mutex<Option<Session>>>,
}

impl Machine {
    /// A host, and how to get there. Nothing is dialled yet.
    pub fn new(connect: Connect, dialer: Arc<dyn Dialer>, host: Host) -> Self {
        Self { connect, dialer, host, session: Arc::default() }
    }

    /// The host.
    #[must_use]
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The connection there is, or a new one.
    ///
    /// # Errors
    ///
    /// As [`Connect::to`].
    pub async fn session(&self) -> Result<Session, SshError> {
        let mut session = self.session.lock().await;
        if let Some(session) = session.as_ref().filter(|session| !session.is_closed()) {
            return Ok(session.clone());
        }
        let new = self.connect.to(&*self.dialer, &self.host).await?;
        *session = Some(new.clone());
        Ok(new)
    }

    /// Runs a script to its end, once: what was started under its token before is gone on with.
    /// What it prints is handed over line by line, from its beginning, without its secrets.
    ///
    /// # Errors
    ///
    /// When the host cannot be reached any more, or the script was broken off with its machine.
    /// What it exits with is no error.
    pub async fn run(
        &self,
        script: &Script,
        mut line: impl FnMut(&str) + Send,
    ) -> Result<Exit, SshError> {
        let (mut lines, mut from) = (Lines::default(), 0);
        let mut tell = |text: &str| line(&script.redacted().line(text));
        loop {
            let session = self.session().await?;
            let mut chunk = |bytes: &[u8]| lines.push(bytes, &mut tell);
            match part(&session, script, &mut from, &mut chunk).await {
                Ok(None) => (),
                Ok(Some(exit)) => {
                    lines.finish(&mut tell);
                    return Ok(exit);
                }
                Err(error) if error.is_lost() => self.drop_session(&session).await,
                Err(error) => return Err(error),
            }
        }
    }

    /// Takes away what a script that has ended left on the host.
    ///
    /// # Errors
    ///
    /// When the host cannot be reached.
    pub async fn forget(&self, script: &Script) -> Result<(), SshError> {
        self.session().await?.run(&script.forget(), b"", |_| ()).await.map(drop)
    }

    /// Has the next one that wants a connection make a new one.
    async fn drop_session(&self, lost: &Session) {
        lost.close().await;
        self.session.lock().await.take();
    }
}

/// Starts a script unless it was, and follows it; its end, if it has come.
async fn part(
    session: &Session,
    script: &Script,
    from: &mut u64,
    chunk: &mut (dyn FnMut(&[u8]) + Send),
) -> Result<Option<Exit>, SshError> {
    let mut said = Vec::new();
    let prepared = session.run(&script.prepare(), b"", |line| said.push(line.to_owned())).await?;
    let what = format!("making a folder for script {}", script.token());
    let [folder] = &said[..] else { return Err(session.refused(&what, &said.join("; "))) };
    if !prepared.is_success() {
        return Err(session.refused(&what, folder));
    }
    let started = session.run(&format!("[ -e {}/started ]", quoted(folder)), b"", |_| ()).await?;
    if !started.is_success() {
        session.upload(&format!("{folder}/input"), 0o600, script.given()).await?;
        session.upload(&format!("{folder}/script"), 0o700, script.text().as_bytes()).await?;
        session.run(&script.start(), b"", |_| ()).await?;
    }
    session
        .stream(&script.follow(*from), b"", |_, bytes| {
            *from += bytes.len() as u64;
            chunk(bytes);
        })
        .await?;
    let mut outcome = String::new();
    session.run(&script.outcome(), b"", |line| outcome = line.to_owned()).await?;
    match outcome.trim() {
        "running" => Ok(None),
        code => match code.parse() {
            Ok(code) => Ok(Some(Exit { code: Some(code), signal: None })),
            Err(_) => {
                let token = script.token().to_owned();
                Err(SshError::BrokenOff { host: session.host().to_string(), token })
            }
        },
    }
}

#[async_trait]
impl Dialer for Machine {
    async fn dial(&self, address: &str, port: u16) -> io::Result<Stream> {
        let session = self.session().await.map_err(io::Error::other)?;
        match session.open(address, port).await {
            Ok(stream) => Ok(stream),
            Err(error) => {
                if error.is_lost() {
                    self.drop_session(&session).await;
                }
                Err(io::Error::other(error))
            }
        }
    }
}

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Machine({})", self.host)
    }
}

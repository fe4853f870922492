//! An SSH client over connections of the simulator.

use std::sync::{Arc, Mutex};

use hopper_mock::Mock;
use hopper_mock::host::Origin;
use russh::client::{Config, Handle, Handler, connect_stream};
use russh::keys::ssh_key::private::Ed25519Keypair;
use russh::keys::{PrivateKey, PrivateKeyWithHashAlg, PublicKeyOrCertificate};
use russh::{ChannelMsg, Disconnect};
use tokio::io::{AsyncRead, AsyncWrite};

/// The operator's key.
pub(crate) fn key(number: u8) -> Arc<PrivateKey> {
    Arc::new(PrivateKey::from(Ed25519Keypair::from_seed(&[number; 32])))
}

pub(crate) fn public_line(key: &PrivateKey) -> String {
    key.public_key().to_openssh().unwrap()
}

/// Keeps the host key it is shown.
#[derive(Clone, Default)]
struct Keeper(Arc<Mutex<String>>);

impl Handler for Keeper {
    type Error = russh::Error;

    async fn check_server_key(
        &mut self,
        key: &PublicKeyOrCertificate,
    ) -> Result<bool, Self::Error> {
        if let PublicKeyOrCertificate::PublicKey { key, .. } = key {
            *self.0.lock().unwrap() = key.to_openssh().unwrap();
        }
        Ok(true)
    }
}

/// A session with a host.
pub(crate) struct Client {
    handle: Handle<Keeper>,
    pub(crate) host_key: String,
}

/// How a command ended.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Ended {
    pub(crate) status: Option<u32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Client {
    /// Speaks SSH over a stream as the user `ubuntu`; none if the host does not take the key.
    pub(crate) async fn over<S>(stream: S, key: Arc<PrivateKey>) -> Option<Self>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let keeper = Keeper::default();
        let config = Arc::new(Config::default());
        let mut handle = connect_stream(config, stream, keeper.clone()).await.unwrap();
        let key = PrivateKeyWithHashAlg::new(key, None);
        let result = handle.authenticate_publickey("ubuntu", key).await.unwrap();
        let host_key = keeper.0.lock().unwrap().clone();
        result.success().then_some(Self { handle, host_key })
    }

    /// A session with what answers at an address.
    pub(crate) async fn to(mock: &Mock, from: &Origin, address: &str) -> Self {
        let stream = mock.dial(from, address.parse().unwrap()).await.unwrap();
        Self::over(stream, key(1)).await.unwrap()
    }

    /// A session with a host behind this one.
    pub(crate) async fn beyond(&self, host: &str) -> Option<Self> {
        let opened = self.handle.channel_open_direct_tcpip(host, 22, "127.0.0.1", 40_000).await;
        Self::over(opened.ok()?.into_stream(), key(1)).await
    }

    pub(crate) async fn run(&self, command: &str) -> Ended {
        self.run_with(command, "").await
    }

    pub(crate) async fn run_with(&self, command: &str, stdin: &str) -> Ended {
        let mut channel = self.handle.channel_open_session().await.unwrap();
        channel.exec(true, command).await.unwrap();
        channel.data(stdin.as_bytes()).await.unwrap();
        channel.eof().await.unwrap();
        let mut ended = Ended::default();
        while let Some(message) = channel.wait().await {
            match message {
                ChannelMsg::Data { data } => {
                    ended.stdout.push_str(&String::from_utf8_lossy(&data));
                }
                ChannelMsg::ExtendedData { data, .. } => {
                    ended.stderr.push_str(&String::from_utf8_lossy(&data));
                }
                ChannelMsg::ExitStatus { exit_status } => ended.status = Some(exit_status),
                _ => {}
            }
        }
        ended
    }

    /// What a command prints that succeeds.
    pub(crate) async fn printed(&self, command: &str) -> String {
        let ended = self.run(command).await;
        assert_eq!(ended.status, Some(0), "{command}: {}{}", ended.stdout, ended.stderr);
        ended.stdout
    }

    pub(crate) async fn leave(self) {
        self.handle.disconnect(Disconnect::ByApplication, "", "").await.unwrap();
    }
}

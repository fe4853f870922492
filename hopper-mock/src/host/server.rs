//! The SSH server of a host.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use russh::keys::ssh_key::PublicKey;
use russh::server::{
    Auth, ChannelOpenHandle, Config, Handler, Msg, Session, VerifiedPublicKey, run_stream,
};
use russh::{Channel, ChannelId, ChannelOpenFailure, MethodKind, MethodSet};
use tokio::io::{DuplexStream, copy_bidirectional};

use super::guest::Guest;
use super::{key, session};
use crate::ec2::{Origin, with_dns_name};

/// Answers one connection until it ends.
pub(super) async fn serve(guest: Guest, stream: DuplexStream) {
    let changes = guest
        .mock
        .with_world(|world| world.hosts().key_changes.get(&guest.id).copied().unwrap_or_default());
    let mut methods = MethodSet::empty();
    methods.push(MethodKind::PublicKey);
    let config = Config {
        keys: vec![key::host_key(&guest.id, changes)],
        methods,
        auth_rejection_time: Duration::from_millis(10),
        auth_rejection_time_initial: Some(Duration::ZERO),
        inactivity_timeout: None,
        ..Config::default()
    };
    let handler = Server { guest, user: String::new() };
    match run_stream(Arc::new(config), stream, handler).await {
        Ok(session) => drop(session.await),
        Err(error) => tracing::debug!(%error, "an SSH connection came to nothing"),
    }
}

/// What the server does for one connection.
struct Server {
    guest: Guest,
    user: String,
}

impl Server {
    /// Whether a user may come in with a key: `sshd` reads it from the disk.
    fn knows(&self, user: &str, key: &PublicKey) -> bool {
        let home = if user == "root" { "/root".to_owned() } else { format!("/home/{user}") };
        let known = self.guest.disk(|disk| disk.text(&format!("{home}/.ssh/authorized_keys")));
        let mut keys = known.lines().filter_map(|line| PublicKey::from_openssh(line.trim()).ok());
        keys.any(|known| known.key_data() == key.key_data())
    }
}

impl Handler for Server {
    type Error = russh::Error;

    async fn auth_publickey_offered(
        &mut self,
        user: &str,
        offer: russh::server::PublicKeyOffer<'_>,
    ) -> Result<Auth, Self::Error> {
        let is_known = self.knows(user, offer.public_key);
        Ok(if is_known { Auth::Accept } else { Auth::reject() })
    }

    async fn auth_publickey(
        &mut self,
        user: &str,
        key: VerifiedPublicKey<'_>,
    ) -> Result<Auth, Self::Error> {
        let is_known = self.knows(user, key.public_key);
        user.clone_into(&mut self.user);
        Ok(if is_known { Auth::Accept } else { Auth::reject() })
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _session: &mut Session,
    ) -> Result<(), Self::Error> {
        reply.accept().await;
        tokio::spawn(session::serve(self.guest.clone(), self.user.clone(), channel));
        Ok(())
    }

    async fn exec_request(
        &mut self,
        channel: ChannelId,
        _command: &[u8],
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        session.channel_success(channel)
    }

    async fn shell_request(
        &mut self,
        channel: ChannelId,
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        session.channel_success(channel)
    }

    async fn channel_open_direct_tcpip(
        &mut self,
        channel: Channel<Msg>,
        host: &str,
        port: u32,
        _originator_address: &str,
        _originator_port: u32,
        reply: ChannelOpenHandle,
        _session: &mut Session,
    ) -> Result<(), Self::Error> {
        let (guest, host) = (self.guest.clone(), host.to_owned());
        tokio::spawn(async move {
            let address = guest.mock.with_world(|world| match host.parse() {
                Ok(IpAddr::V4(address)) => Some(address),
                Ok(IpAddr::V6(_)) => None,
                Err(_) => {
                    let vpc_id = world.ec2.instances.get(&guest.id)?.vpc_id.clone();
                    with_dns_name(world, &vpc_id, &host)
                }
            });
            let port = u16::try_from(port).ok();
            let target = address.zip(port).map(|(address, port)| SocketAddr::from((address, port)));
            let from = Origin::Instance(guest.id.clone());
            let dialled = match target {
                Some(target) => guest.mock.dial(&from, target).await.ok(),
                None => None,
            };
            match dialled {
                Some(mut far) => {
                    reply.accept().await;
                    let mut near = channel.into_stream();
                    copy_bidirectional(&mut near, &mut far).await.ok();
                }
                None => reply.reject(ChannelOpenFailure::ConnectFailed).await,
            }
        });
        Ok(())
    }
}

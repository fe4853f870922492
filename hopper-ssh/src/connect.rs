//! [`Connect`]: getting into a host, and waiting until it lets us.

use crate::{
    Dialer, Host, HostKeys, Identity, Session, SshError, Trust,
    client::{Client, Shown},
    host_keys::fingerprint,
    identity::Kind,
};
use russh::{
    Disconnect,
    client::{self, AuthResult, Handle},
    keys::{
        PrivateKeyWithHashAlg,
        agent::{AgentIdentity, client::AgentClient},
    },
};
use std::{fmt::Display, sync::Arc, time::Duration};
use tokio::time::{Instant, sleep, timeout};

/// One try takes no longer: a dial into a network that drops everything, or a host that accepts
/// and says nothing.
const TRY: Duration = Duration::from_secs(20);
/// The wait after the first try that failed; it doubles up to [`LONGEST`].
const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(8);
/// How long a host may let nobody in: it answers before cloud-init has put the key there.
const KEYLESS: Duration = Duration::from_secs(60);

/// As whom, with what, trusting whom and for how long a host is tried.
#[derive(Clone, Debug)]
pub struct Connect {
    user: String,
    identities: Vec<Identity>,
    pins: HostKeys,
    deadline: Duration,
    keyless: Duration,
}

impl Connect {
    /// As this user with these identities, in their order. It trusts whatever key a host shows
    /// first, and waits five minutes.
    pub fn new(user: impl Into<String>, identities: impl IntoIterator<Item = Identity>) -> Self {
        Self {
            user: user.into(),
            identities: identities.into_iter().collect(),
            pins: HostKeys::default(),
            deadline: Duration::from_secs(300),
            keyless: KEYLESS,
        }
    }

    /// With these keys on record.
    #[must_use]
    pub fn host_keys(mut self, pins: HostKeys) -> Self {
        self.pins = pins;
        self
    }

    /// How long it is tried.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self.keyless = self.keyless.min(deadline);
        self
    }

    /// How long a host that answers may refuse all keys, at most the deadline: 60 s unless given.
    #[must_use]
    pub fn keyless(mut self, keyless: Duration) -> Self {
        self.keyless = keyless.min(self.deadline);
        self
    }

    /// Waits until the host answers, and gets in.
    ///
    /// # Errors
    ///
    /// When nobody answers before the deadline, the host shows another key than the one on
    /// record, or lets us in with none of ours.
    pub async fn to(&self, dialer: &dyn Dialer, host: &Host) -> Result<Session, SshError> {
        let began = Instant::now();
        let (mut wait, mut refused_since) = (SHORTEST, None);
        loop {
            let left = self.deadline.saturating_sub(began.elapsed());
            let tried = timeout(TRY.min(left), self.once(dialer, host)).await;
            let last = match tried {
                Ok(Ok(session)) => return Ok(session),
                Ok(Err(denied @ SshError::Denied { .. })) => {
                    let since = *refused_since.get_or_insert_with(Instant::now);
                    if self.keyless <= since.elapsed() {
                        return Err(denied);
                    }
                    denied.to_string()
                }
                Ok(Err(SshError::Lost { why, .. })) => why,
                Ok(Err(error)) => return Err(error),
                Err(_) => "no answer".to_owned(),
            };
            let waited = began.elapsed();
            if self.deadline <= waited + wait {
                return Err(SshError::NoAnswer { host: host.to_string(), waited, last });
            }
            sleep(wait).await;
            wait = LONGEST.min(wait * 2);
        }
    }

    async fn once(&self, dialer: &dyn Dialer, host: &Host) -> Result<Session, SshError> {
        let lost = |phase: &str, why: &dyn Display| SshError::Lost {
            host: host.to_string(),
            why: format!("{phase}: {why}"),
        };
        let stream = dialer.dial(&host.address, host.port).await;
        let stream = stream.map_err(|error| lost("dialling", &error))?;
        let shown = Shown::default();
        let (name, pins) = (host.name.clone(), self.pins.clone());
        let config = client::Config {
            keepalive_interval: Some(Duration::from_secs(15)),
            keepalive_max: 3,
            ..client::Config::default()
        };
        let client = Client { name, pins, shown: shown.clone() };
        let connected = client::connect_stream(Arc::new(config), stream, client).await;
        let key = shown.get();
        if let Some((key, Trust::Changed)) = &key {
            return Err(SshError::HostKeyChanged {
                host: host.to_string(),
                offered: fingerprint(key),
                pinned: self.pins.fingerprints(&host.name).join(" "),
            });
        }
        let mut handle = connected.map_err(|error| lost("key exchange", &error))?;
        let mut tried = Vec::new();
        for identity in &self.identities {
            let authenticated = self.authenticate(&mut handle, identity, &mut tried).await;
            if authenticated.map_err(|error| lost("authentication", &error))? {
                let new = key.filter(|(_, trust)| *trust == Trust::New).map(|(key, _)| key);
                return Ok(Session::new(handle, host.clone(), new));
            }
        }
        let _ = handle.disconnect(Disconnect::ByApplication, "", "").await;
        let tried = if tried.is_empty() { "no key".to_owned() } else { tried.join(", ") };
        Err(SshError::Denied { host: host.to_string(), user: self.user.clone(), tried })
    }

    /// Whether the host lets us in with this identity.
    async fn authenticate(
        &self,
        handle: &mut Handle<Client>,
        identity: &Identity,
        tried: &mut Vec<String>,
    ) -> Result<bool, String> {
        // What a host says it takes; for RSA one of the two newer ones.
        let hash = handle.best_supported_rsa_hash().await.map_err(|e| e.to_string())?.flatten();
        match &identity.0 {
            Kind::Key(key) => {
                tried.push(format!("{identity:?}"));
                let key = PrivateKeyWithHashAlg::new(key.clone(), hash);
                let reply = handle.authenticate_publickey(&self.user, key).await;
                reply.map(|reply| reply.success()).map_err(|error| error.to_string())
            }
            Kind::Agent(socket) => {
                let agent = match socket {
                    Some(socket) => AgentClient::connect_uds(socket).await,
                    None => AgentClient::connect_env().await,
                };
                // Without an agent there are none of its keys.
                let Ok(mut agent) = agent else {
                    tried.push("no agent".to_owned());
                    return Ok(false);
                };
                let keys = agent.request_identities().await.map_err(|error| error.to_string())?;
                for key in keys {
                    let AgentIdentity::PublicKey { key, .. } = key else { continue };
                    tried.push(format!("the agent's key {}", fingerprint(&key)));
                    let hash = hash.filter(|_| key.algorithm().is_rsa());
                    let reply =
                        handle.authenticate_publickey_with(&self.user, key, hash, &mut agent).await;
                    if let AuthResult::Success = reply.map_err(|error| error.to_string())? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
        }
    }
}

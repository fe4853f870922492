//! Tokens that let nodes join: Secrets of the type `bootstrap.kubernetes.io/token`.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::cluster::{Cluster, key, stamp, text};
use super::kind::Kind;
use super::step::Step;
use crate::Time;

const TYPE: &str = "bootstrap.kubernetes.io/token";

/// A token with when it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::host) struct Token {
    pub(in crate::host) text: String,
    /// As it is written in its Secret.
    pub(in crate::host) expiration: Option<String>,
}

/// A text as Secrets have it.
pub(super) fn packed(text: &str) -> String {
    BASE64_STANDARD.encode(text)
}

fn unpacked(secret: &Value, name: &str) -> Option<String> {
    let data = secret["data"][name].as_str()?;
    String::from_utf8(BASE64_STANDARD.decode(data).ok()?).ok()
}

fn secret_name(token: &str) -> String {
    format!("bootstrap-token-{}", token.split('.').next().unwrap_or_default())
}

/// Keeps a token until it ends.
pub(in crate::host) fn keep_token(
    cluster: &mut Cluster,
    token: &str,
    end: Option<Time>,
    now: Time,
) {
    let (id, rest) = token.split_once('.').unwrap_or_default();
    let mut data = json!({
        "token-id": packed(id),
        "token-secret": packed(rest),
        "usage-bootstrap-authentication": packed("true"),
        "usage-bootstrap-signing": packed("true"),
        "auth-extra-groups": packed("system:bootstrappers:kubeadm:default-node-token"),
    });
    if let Some(end) = end {
        data["expiration"] = json!(packed(&stamp(end)));
    }
    let name = secret_name(token);
    let at = key("secrets", "kube-system", &name);
    if cluster.get(&at).is_some() {
        return cluster.edit(&at, |secret| secret["data"] = data);
    }
    let secret = json!({
        "metadata": {"name": name, "namespace": "kube-system"},
        "type": TYPE,
        "data": data,
    });
    cluster.create(&Kind::built_in("secrets"), secret, now);
}

/// Takes a token away, by its id or as a whole. Whether there was one.
pub(in crate::host) fn forget_token(cluster: &mut Cluster, token: &str) -> bool {
    cluster.remove(&key("secrets", "kube-system", &secret_name(token))).is_some()
}

/// Every token.
pub(in crate::host) fn tokens(cluster: &Cluster) -> Vec<Token> {
    let secrets = cluster.of("secrets").filter(|(_, secret)| text(secret, "/type") == TYPE);
    secrets
        .filter_map(|(_, secret)| {
            let id = unpacked(secret, "token-id")?;
            let text = format!("{id}.{}", unpacked(secret, "token-secret")?);
            Some(Token { text, expiration: unpacked(secret, "expiration") })
        })
        .collect()
}

/// Whether a cluster knows a token at a time, to join with.
pub(in crate::host) fn is_good(cluster: &Cluster, token: &str, now: Time) -> bool {
    let Some(secret) = cluster.get(&key("secrets", "kube-system", &secret_name(token))) else {
        return false;
    };
    let may = |usage: &str| unpacked(secret, usage).as_deref() == Some("true");
    let is_over =
        unpacked(secret, "expiration").is_some_and(|end| end.as_str() <= stamp(now).as_str());
    text(secret, "/type") == TYPE
        && !is_over
        && may("usage-bootstrap-authentication")
        && may("usage-bootstrap-signing")
        && tokens(cluster).iter().any(|known| known.text == token)
}

/// Deletes the tokens that are over, as the controller `tokencleaner` does.
pub(super) fn run(step: &mut Step<'_>) {
    let now = stamp(step.now);
    let over: Vec<_> = step
        .cluster
        .of("secrets")
        .filter(|(_, secret)| text(secret, "/type") == TYPE)
        .filter(|(_, secret)| unpacked(secret, "expiration").is_some_and(|end| end <= now))
        .map(|(key, _)| key.clone())
        .collect();
    for key in over {
        step.cluster.remove(&key);
    }
}

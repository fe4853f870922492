//! [`RenewedToken`]: a new token to join with, where the old one has ended.

use crate::{
    Hosts,
    api::{Access, api},
    pki::BootstrapToken,
};
use hopper_core::{Cx, Found, Input, Made, OnUnknown, Secret, Step, StepError, outputs};
use k8s_openapi::{api::core::v1::Secret as Object, apimachinery::pkg::apis::meta::v1::ObjectMeta};
use kube::{
    Api,
    api::{DeleteParams, PostParams},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Makes a new token in a cluster, for nodes to join with until it ends.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RenewedToken {
    /// The cluster.
    pub access: Access,
    /// How nodes have joined so far, as [`JoinData`](super::JoinData) gives it: all but the token
    /// stays.
    pub join: Input<Secret<String>>,
    /// When the token ends: RFC 3339, e.g. `2026-11-24T08:00:00Z`.
    pub expiration: String,
}

outputs! {
    /// What a machine has to know in order to join.
    pub struct RenewedTokenOut -> RenewedTokenRefs {
        /// All of it, as JSON: `token`, `endpoint`, `caCertHash`.
        json: Secret<String>,
    }
}

/// What was made: the public part of the token.
const ID: &str = "id";

impl Step for RenewedToken {
    const KIND: &'static str = "kubernetes.renewed_token";
    const ON_UNKNOWN: OnUnknown = OnUnknown::RunAgain;
    type Env = Hosts;
    type Output = RenewedTokenOut;

    async fn run(&self, hosts: &Hosts, cx: &Cx) -> Result<RenewedTokenOut, StepError> {
        let mut join = join(cx.get(&self.join).expose()?)?;
        let secrets: Api<Object> =
            Api::namespaced(self.access.client(hosts, cx).await?, "kube-system");
        // A try that was cut off may have made one that nobody knows.
        if let Some(id) = cx.noted::<String>(ID) {
            delete(&secrets, cx, &id).await?;
        }
        let token = BootstrapToken::generate().map_err(StepError::permanent)?;
        let (id, secret) = token.expose().split_once('.').unwrap_or_default();
        cx.note(ID, id).await?;
        cx.still_owner().await?;
        let object = self.object(id, secret);
        let made = secrets.create(&PostParams::default(), &object).await;
        made.map_err(|error| api("create secret", &error))?;
        cx.progress(format_args!("token {id} is good until {}", self.expiration));
        join["token"] = token.expose().into();
        Ok(RenewedTokenOut { json: Secret::new(join.to_string() + "\n") })
    }

    async fn find(&self, _: &Hosts, _: &Cx) -> Result<Found<RenewedTokenOut>, StepError> {
        Ok(Found::Absent) // never asked: it is run again
    }

    async fn undo(
        &self,
        hosts: &Hosts,
        cx: &Cx,
        _: Made<'_, RenewedTokenOut>,
    ) -> Result<(), StepError> {
        let Some(id) = cx.noted::<String>(ID) else { return Ok(()) };
        let secrets = Api::namespaced(self.access.client(hosts, cx).await?, "kube-system");
        delete(&secrets, cx, &id).await
    }
}

impl RenewedToken {
    /// The Secret that is a token ("Authenticating with Bootstrap Tokens", Kubernetes
    /// documentation), as kubeadm writes it.
    fn object(&self, id: &str, secret: &str) -> Object {
        let data = [
            ("token-id", id),
            ("token-secret", secret),
            ("expiration", &self.expiration),
            ("usage-bootstrap-authentication", "true"),
            ("usage-bootstrap-signing", "true"),
            ("auth-extra-groups", "system:bootstrappers:kubeadm:default-node-token"),
        ];
        let data: BTreeMap<_, _> = data
            .into_iter()
            .map(|(key, value)| {
                (key.to_owned(), k8s_openapi::ByteString(value.as_bytes().to_vec()))
            })
            .collect();
        Object {
            metadata: ObjectMeta {
                name: Some(name(id)),
                namespace: Some("kube-system".to_owned()),
                ..ObjectMeta::default()
            },
            type_: Some("bootstrap.kubernetes.io/token".to_owned()),
            data: Some(data),
            ..Object::default()
        }
    }
}

/// What a machine has to know in order to join. What it is not is not told: it may be a secret.
pub(super) fn join(json: &str) -> Result<Value, StepError> {
    match serde_json::from_str::<Value>(json) {
        Ok(join) if join["token"].is_string() && join["caCertHash"].is_string() => Ok(join),
        _ => Err(StepError::permanent("how to join is not written as it should be")),
    }
}

fn name(id: &str) -> String {
    format!("bootstrap-token-{id}")
}

/// Takes a token away; one that has ended may be gone already.
pub(super) async fn delete(secrets: &Api<Object>, cx: &Cx, id: &str) -> Result<(), StepError> {
    cx.still_owner().await?;
    match secrets.delete(&name(id), &DeleteParams::default()).await {
        Err(kube::Error::Api(status)) if status.code == 404 => Ok(()),
        reply => reply.map(drop).map_err(|error| api("delete secret", &error)),
    }
}

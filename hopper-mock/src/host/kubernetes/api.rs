//! The API server: connections, and who may ask.

use std::convert::Infallible;
use std::sync::Arc;

use http_body_util::BodyExt as _;
use hyper::body::{Bytes, Incoming};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::io::DuplexStream;
use tokio_rustls::TlsAcceptor;

use super::body::Body;
use super::living;
use super::status::Refusal;
use super::tls::{Tls, User};
use super::verb::{Ask, Outcome};
use super::watch;
use crate::host::Guest;

/// Answers one connection until it ends.
pub(in crate::host) async fn serve(guest: Guest, stream: DuplexStream) {
    let Some(tls) = tls(&guest) else {
        tracing::debug!(
            id = guest.id,
            "the authority of the cluster is no certificate with its key"
        );
        return;
    };
    let stream = match TlsAcceptor::from(tls.config.clone()).accept(stream).await {
        Ok(stream) => stream,
        Err(error) => {
            tracing::debug!(%error, "a connection to the API server came to nothing");
            return;
        }
    };
    let shown = stream.get_ref().1.peer_certificates().map(<[_]>::to_vec);
    let who = match shown {
        None => Who::Anonymous,
        Some(shown) => tls.user(&shown, guest.mock.now()).map_or(Who::Unknown, Who::Known),
    };
    let who = Arc::new(who);
    let service = service_fn(move |request| answer(guest.clone(), who.clone(), request));
    let served = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = served {
        tracing::debug!(%error, "a connection to the API server broke off");
    }
}

/// Who asks.
#[derive(Debug)]
enum Who {
    Anonymous,
    /// Somebody with a certificate of another authority.
    Unknown,
    Known(User),
}

fn tls(guest: &Guest) -> Option<Tls> {
    let own = guest.instance(|world, instance| {
        vec![
            instance.private_ip(world).map(|ip| ip.to_string()).unwrap_or_default(),
            instance.private_dns_name(world).unwrap_or_default(),
        ]
    });
    let (certificate, key) = guest.disk(|disk| {
        (disk.text("/etc/kubernetes/pki/ca.crt"), disk.text("/etc/kubernetes/pki/ca.key"))
    });
    let more = guest.mock.with_world(|world| {
        world.hosts().cluster(&guest.id).map(|cluster| cluster.names.clone())
    })?;
    let fixed = ["127.0.0.1", "10.96.0.1", "kubernetes", "kubernetes.default"];
    let mut names: Vec<String> = fixed.iter().map(|name| (*name).to_owned()).collect();
    names.extend(own.into_iter().chain(more).filter(|name| !name.is_empty()));
    Tls::new((&certificate, &key), &guest.id, names)
        .inspect_err(|error| tracing::debug!(%error, "no certificate for the API server"))
        .ok()
}

/// Whether somebody may ask for this: administrators for everything, others for what the API
/// server shows to all.
fn check(who: &Who, request: &Request<Incoming>) -> Result<(), Refusal> {
    let has_token = request.headers().contains_key(AUTHORIZATION);
    let (name, groups) = match who {
        Who::Unknown => return Err(Refusal::new(401, "Unauthorized", "Unauthorized")),
        Who::Anonymous if has_token => {
            return Err(Refusal::new(401, "Unauthorized", "Unauthorized"));
        }
        Who::Anonymous => ("system:anonymous", &[][..]),
        Who::Known(user) => (user.name.as_str(), user.groups.as_slice()),
    };
    let admins = ["system:masters", "kubeadm:cluster-admins"];
    let path = request.uri().path();
    let is_public = matches!(path, "/version" | "/healthz" | "/livez" | "/readyz")
        || path == "/api/v1/namespaces/kube-public/configmaps/cluster-info";
    if groups.iter().any(|group| admins.contains(&group.as_str())) || is_public {
        return Ok(());
    }
    let verb = request.method().as_str().to_lowercase();
    let why = format!("forbidden: User \"{name}\" cannot {verb} path \"{path}\"");
    Err(Refusal::new(403, "Forbidden", why))
}

async fn answer(
    guest: Guest,
    who: Arc<Who>,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let outcome = match check(&who, &request) {
        Ok(()) => {
            let ask = read(request).await;
            guest.mock.change_hosts(|world| {
                let now = world.now;
                let cluster = world.machinery.hosts.cluster(&guest.id);
                let has_quorum = cluster.is_none_or(|cluster| living(world, cluster).is_some());
                if !has_quorum {
                    let why = "etcdserver: request timed out";
                    return Err(Refusal::new(500, "InternalError", why));
                }
                let cluster = world.hosts().cluster_mut(&guest.id);
                let outcome = ask.answer(cluster.ok_or_else(Refusal::no_path)?, now);
                super::settle(world);
                outcome.map(|outcome| (outcome, ask))
            })
        }
        Err(refusal) => Err(refusal),
    };
    Ok(match outcome {
        Ok((Outcome::Object(code, object), _)) => json(code, &object),
        Ok((Outcome::Text(text), _)) => reply(200, "text/plain", Body::Whole(Some(text.into()))),
        Ok((Outcome::Watch { kind, prefix, selector, from }, ask)) => {
            let lasts = ask.query.get("timeoutSeconds").and_then(|text| text.parse().ok());
            let watch = watch::Watch { kind, prefix, selector, lasts };
            reply(200, "application/json", Body::Live(watch.start(guest, from)))
        }
        Err(refusal) => json(refusal.code, &refusal.status()),
    })
}

async fn read(request: Request<Incoming>) -> Ask {
    let (parts, body) = request.into_parts();
    let query = parts.uri.query().unwrap_or_default();
    let content_type = parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    Ask {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        content_type: content_type.unwrap_or_default().to_owned(),
        body: body.collect().await.map(|body| body.to_bytes().to_vec()).unwrap_or_default(),
    }
}

fn json(code: u16, object: &Value) -> Response<Body> {
    reply(code, "application/json", Body::Whole(Some(Bytes::from(object.to_string()))))
}

fn reply(code: u16, kind: &'static str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = hyper::StatusCode::from_u16(code).unwrap_or_default();
    response.headers_mut().insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static(kind));
    response
}

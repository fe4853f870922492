//! What answers behind a load balancer that a cluster has made.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use hyper::Response;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};

use super::body::Body;
use super::cluster::{Cluster, text};
use super::selector::Selector;
use super::step::condition;
use crate::Mock;
use crate::ec2::{Instance, Origin, accepts};
use crate::world::World;

/// The load balancer at an address: its name, and whether it serves by now.
fn balancer(world: &World, from: Ipv4Addr, to: Ipv4Addr, port: u16) -> Option<(String, bool)> {
    let interface_id = accepts(world, from, to, port)?;
    let healthy = world.settings().latencies.load_balancer_healthy;
    let classic = world.elb.load_balancers.values().find_map(|one| {
        let is_it = one.network_interface_ids.contains(&interface_id);
        let listens = one.listeners.iter().any(|it| it.load_balancer_port == u32::from(port));
        is_it.then(|| (one.name.clone(), listens && one.created + healthy <= world.now))
    });
    classic.or_else(|| {
        world.elbv2.load_balancers.values().find_map(|one| {
            let is_it = one.zones.iter().any(|zone| zone.network_interface_id == interface_id);
            is_it.then(|| (one.name.clone(), one.created + healthy <= world.now))
        })
    })
}

/// The pod that answers for a load balancer, of a node it reaches.
fn backend(world: &World, name: &str) -> Option<String> {
    world.machinery.hosts.clusters.values().find_map(|cluster| {
        let (at, _) = cluster.balancers.iter().find(|(_, known)| *known == name)?;
        let service = cluster.get(at)?;
        let labels = service["spec"]["selector"].as_object()?;
        let pairs: Vec<_> = labels
            .iter()
            .map(|(name, value)| format!("{name}={}", value.as_str().unwrap_or_default()))
            .collect();
        let selector = Selector::new(&pairs.join(","), "", "pods").ok()?;
        let namespace = text(service, "/metadata/namespace");
        is_reached(world, cluster, name).then_some(())?;
        let (_, pod) = cluster.of("pods").find(|(_, pod)| {
            text(pod, "/metadata/namespace") == namespace
                && selector.takes(pod)
                && condition(pod, "Ready") == "True"
        })?;
        Some(text(pod, "/metadata/name").to_owned())
    })
}

/// Whether a load balancer has a node behind it that is ready.
fn is_reached(world: &World, cluster: &Cluster, name: &str) -> bool {
    let classic = world.elb.load_balancers.get(name);
    cluster.of("nodes").any(|(_, node)| {
        let id = cluster.members.get(text(node, "/metadata/name"));
        let instance = id.and_then(|id| world.ec2.instances.get(id));
        let is_running = instance.is_some_and(|one: &Instance| one.state.is_running());
        let is_behind =
            classic.is_none_or(|one| id.is_some_and(|id| one.instances.contains_key(id)));
        is_running && is_behind && condition(node, "Ready") == "True"
    })
}

/// What answers at an address on the internet, if a load balancer is there. `Err` where nobody
/// listens yet.
pub(in crate::host) fn answers(
    mock: &Mock,
    from: &Origin,
    address: Ipv4Addr,
    port: u16,
) -> Option<Result<DuplexStream, ()>> {
    let Origin::Internet(source) = from else { return None };
    let found = mock.with_world(|world| balancer(world, *source, address, port));
    let (name, serves) = found?;
    if !serves {
        return Some(Err(()));
    }
    let (near, far) = duplex(64 * 1024);
    let mock = mock.clone();
    tokio::spawn(async move {
        let service = service_fn(move |_: hyper::Request<Incoming>| {
            let pod = mock.with_world(|world| backend(world, &name));
            let (status, body) = match pod {
                Some(pod) => (200, format!("<h1>served by {pod}</h1>\n")),
                None => (503, "<h1>no backend answers</h1>\n".to_owned()),
            };
            let mut response = Response::new(Body::Whole(Some(body.into())));
            *response.status_mut() = hyper::StatusCode::from_u16(status).unwrap_or_default();
            async move { Ok::<_, Infallible>(response) }
        });
        let server = hyper::server::conn::http1::Builder::new();
        if let Err(error) = server.serve_connection(TokioIo::new(far), service).await {
            tracing::debug!(%error, "a connection to a load balancer broke off");
        }
    });
    Some(Ok(near))
}

impl Mock {
    /// The public address that the name of a load balancer stands for.
    pub fn resolve(&self, name: &str) -> Option<Ipv4Addr> {
        self.with_world(|world| {
            let mut classic = world.elb.load_balancers.values();
            let mut newer = world.elbv2.load_balancers.values();
            let id = match classic.find(|one| one.dns_name == name) {
                Some(one) => one.network_interface_ids.first()?,
                None => {
                    let balancer = newer.find(|one| one.dns_name == name)?;
                    &balancer.zones.first()?.network_interface_id
                }
            };
            let interface = world.ec2.network_interfaces.get(id)?;
            crate::ec2::public_ip_of_interface(world, interface)
        })
    }

    /// Asks for `/` at a name over HTTP: the status and the body of the answer.
    ///
    /// # Errors
    /// `NotFound` where nobody has the name, else those of [`dial`](Self::dial).
    pub async fn http(&self, from: &Origin, name: &str) -> io::Result<(u16, String)> {
        let why = || io::Error::new(io::ErrorKind::NotFound, format!("no such host: {name}"));
        let address = self.resolve(name).ok_or_else(why)?;
        let mut stream = self.dial(from, SocketAddr::from((address, 80))).await?;
        let request = format!("GET / HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        let status = answer.split(' ').nth(1).and_then(|text| text.parse().ok());
        let body = answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned());
        let bad = || io::Error::new(io::ErrorKind::InvalidData, "no answer of HTTP");
        status.zip(body).ok_or_else(bad)
    }
}

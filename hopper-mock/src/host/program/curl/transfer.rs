//! One try of a transfer.

use std::net::Ipv4Addr;
use std::time::Duration;

use super::aws;
use super::failure::Failure;
use super::options::Options;
use super::url::Url;
use crate::ec2::{Origin, receiver, with_dns_name};
use crate::host::dial::SYN_TIMEOUT;
use crate::host::kubernetes::living;
use crate::host::metadata::{self, Question};
use crate::host::program::{Call, internet};

/// What came back.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

impl Answer {
    fn plain(status: u16) -> Self {
        Self { status, body: format!("<html>{status}</html>\n").into_bytes() }
    }
}

/// Gets an address once, within the time there is.
pub(super) async fn once(call: &Call<'_>, options: &Options, url: &Url) -> Result<Answer, Failure> {
    let Some(limit) = options.max_time.and_then(seconds) else {
        return get(call, options, url).await;
    };
    tokio::select! {
        answer = get(call, options, url) => answer,
        () = call.shell.guest.mock.sleep(limit) => Err(Failure::Slow(limit.as_millis())),
    }
}

pub(super) fn seconds(number: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(number).ok().filter(|time| !time.is_zero())
}

async fn get(call: &Call<'_>, options: &Options, url: &Url) -> Result<Answer, Failure> {
    let guest = &call.shell.guest;
    let method = match (&options.method, &options.data) {
        (Some(method), _) => method,
        (None, Some(_)) if !options.is_data_in_query => "POST",
        _ => "GET",
    };
    if url.host == metadata::ADDRESS {
        if url.port != 80 || url.is_tls {
            return Err(Failure::Refused(url.host.clone(), url.port, 0));
        }
        let question = Question { method, path: &url.path, headers: &options.headers };
        return Ok(match metadata::answer(guest, question) {
            Ok(text) => Answer { status: 200, body: text.into_bytes() },
            Err(status) => Answer::plain(status),
        });
    }
    match address(call, &url.host) {
        Some(address) => local(call, options, url, address).await,
        None => remote(call, options, url, method).await,
    }
}

/// The address in the network of the instance that a host name stands for.
fn address(call: &Call<'_>, host: &str) -> Option<Ipv4Addr> {
    if host == "localhost" {
        return Some(Ipv4Addr::LOCALHOST);
    }
    host.parse().ok().or_else(|| {
        let look = |world: &crate::world::World, instance: &crate::ec2::Instance| {
            with_dns_name(world, &instance.vpc_id, host)
        };
        call.shell.guest.instance(look)
    })
}

/// Something on this or another host: that its port is open is all there is to see.
async fn local(
    call: &Call<'_>,
    options: &Options,
    url: &Url,
    address: Ipv4Addr,
) -> Result<Answer, Failure> {
    let guest = &call.shell.guest;
    let from = Origin::Instance(guest.id.clone());
    let found = guest.mock.with_world(|world| {
        let id = receiver(world, &from, address, url.port)?;
        let running = world.hosts().running.get(&id);
        let listens = running.is_some_and(|running| running.ports.contains_key(&url.port));
        let cluster = world.machinery.hosts.cluster(&id);
        let has_quorum = cluster.is_none_or(|cluster| living(world, cluster).is_some());
        Some((listens, has_quorum))
    });
    match found {
        None => Err(unreachable(call, options, url).await),
        Some((false, _)) => Err(Failure::Refused(url.host.clone(), url.port, 0)),
        Some(_) if url.is_tls && !options.is_insecure && !options.has_authority => {
            Err(Failure::Certificate)
        }
        // It cannot ask etcd.
        Some((_, false)) => Ok(Answer::plain(500)),
        Some(_) => Ok(match url.path.as_str() {
            "/healthz" | "/livez" | "/readyz" => Answer { status: 200, body: b"ok".to_vec() },
            _ => Answer::plain(403),
        }),
    }
}

/// Something on the internet.
async fn remote(
    call: &Call<'_>,
    options: &Options,
    url: &Url,
    method: &str,
) -> Result<Answer, Failure> {
    let guest = &call.shell.guest;
    let service = aws::service(&guest.mock, &url.host);
    let has_names = guest.instance(|world, instance| {
        world.ec2.vpcs.get(&instance.vpc_id).is_some_and(|vpc| vpc.enable_dns_support)
    });
    if !has_names || (service.is_none() && !internet::is_host(&guest.mock, &url.host)) {
        return Err(Failure::Resolve(url.host.clone()));
    }
    if !internet::is_reached(call, &url.text) {
        return Err(unreachable(call, options, url).await);
    }
    if let Some(service) = service {
        return aws::send(call, options, url, service, method).await;
    }
    let time = guest.latency(|latencies| latencies.downloaded);
    guest.mock.sleep(time).await;
    Ok(match internet::at(call, &url.text) {
        Some(body) => Answer { status: 200, body },
        None => Answer::plain(404),
    })
}

/// Waits as long as curl, or else Linux, waits for a connection.
async fn unreachable(call: &Call<'_>, options: &Options, url: &Url) -> Failure {
    let limit = options.connect_timeout.and_then(seconds).filter(|limit| *limit < SYN_TIMEOUT);
    let (time, why) = match limit {
        Some(limit) => (limit, "Timeout was reached"),
        None => (SYN_TIMEOUT, "Connection timed out"),
    };
    call.shell.guest.mock.sleep(time).await;
    Failure::Connect(url.host.clone(), url.port, time.as_millis(), why)
}

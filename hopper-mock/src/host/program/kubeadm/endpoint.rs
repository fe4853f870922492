//! Where a cluster's API is reached: an address or a name, and the machine that answers there.

use std::net::Ipv4Addr;
use std::time::Duration;

use super::API_PORT;
use crate::ec2::{Origin, receiver, with_dns_name};
use crate::host::Guest;

/// How often kubeadm looks.
pub(super) const EVERY: Duration = Duration::from_secs(5);

/// `host:port` of an API.
#[derive(Clone, Debug)]
pub(super) struct Endpoint {
    host: String,
    port: u16,
}

impl Endpoint {
    pub(super) fn new(server: &str) -> Self {
        let (host, port) = server.rsplit_once(':').unwrap_or((server, ""));
        Self { host: host.to_owned(), port: port.parse().unwrap_or(API_PORT) }
    }

    /// Whether it is another than this address.
    pub(super) fn is_not(&self, address: &str) -> bool {
        self.host != address
    }

    /// The address it stands for, as a host is told.
    fn address(&self, guest: &Guest) -> Option<Ipv4Addr> {
        self.host.parse().ok().or_else(|| {
            guest.instance(|world, instance| with_dns_name(world, &instance.vpc_id, &self.host))
        })
    }

    /// The instance whose API server answers there, as the network lets this host reach it.
    pub(super) fn server(&self, guest: &Guest) -> Result<String, String> {
        let Some(address) = self.address(guest) else {
            let host = &self.host;
            return Err(format!("dial tcp: lookup {host} on 127.0.0.53:53: no such host"));
        };
        let id = guest.mock.with_world(|world| {
            let from = Origin::Instance(guest.id.clone());
            let id = receiver(world, &from, address, self.port)?;
            let running = world.hosts().running.get(&id)?;
            running.ports.contains_key(&self.port).then_some(id)
        });
        id.ok_or_else(|| format!("dial tcp {address}:{}: i/o timeout", self.port))
    }

    /// The same, tried for some time.
    pub(super) async fn reached(&self, guest: &Guest, within: Duration) -> Result<String, String> {
        let began = guest.mock.now();
        loop {
            match self.server(guest) {
                Ok(id) => return Ok(id),
                Err(why) if guest.mock.now().since(began) >= within => return Err(why),
                Err(_) => guest.mock.sleep(EVERY).await,
            }
        }
    }
}

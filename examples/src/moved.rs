//! [`Moved`]: machines whose public address is another one since they were stopped and started.

use async_trait::async_trait;
use hopper_aws::Aws;
use hopper_ssh::{Dialer, Stream};
use std::{collections::BTreeMap, io, net::Ipv4Addr, sync::Arc};

/// Dials machines where they are now: a public address that is no Elastic IP address is another one
/// after a stop and a start, and a journal has the first.
#[expect(missing_debug_implementations, reason = "a dialer has none")]
pub struct Moved {
    /// What dials.
    pub dialer: Arc<dyn Dialer>,
    /// Where they are asked for.
    pub aws: Aws,
    /// Which machine had which address.
    pub machines: BTreeMap<Ipv4Addr, String>,
}

#[async_trait]
impl Dialer for Moved {
    async fn dial(&self, address: &str, port: u16) -> io::Result<Stream> {
        let id = address.parse().ok().and_then(|ip: Ipv4Addr| self.machines.get(&ip));
        let Some(id) = id else { return self.dialer.dial(address, port).await };
        let reply = self.aws.ec2().describe_instances().instance_ids(id).send().await;
        // Who may not ask tries where it was.
        let Ok(reply) = reply else { return self.dialer.dial(address, port).await };
        let machine = reply.reservations().iter().flat_map(|r| r.instances()).next();
        match machine.and_then(|machine| machine.public_ip_address()) {
            Some(now) if !now.is_empty() => self.dialer.dial(now, port).await,
            _ => Err(io::Error::new(
                io::ErrorKind::NotFound,
                format!("{id} has no public address: `hopper start` starts it if it is stopped"),
            )),
        }
    }
}

//! [`Mock::dial`]: connections to hosts.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{DuplexStream, copy_bidirectional, duplex};

use super::{boot, kubernetes, program, server};
use crate::Mock;
use crate::ec2::{Origin, receiver};

/// A connection to a host: it ends when the host goes off.
pub type Connection = DuplexStream;

/// How long Linux tries before it gives up a connection nobody answers (`tcp_syn_retries` 6 in
/// tcp(7)).
pub(super) const SYN_TIMEOUT: Duration = Duration::from_secs(127);

/// How much a connection holds on its way.
const IN_FLIGHT: usize = 256 * 1024;

impl Mock {
    /// Connects to an address and TCP port as a machine on the internet or an instance does.
    ///
    /// On port 22 of a running host SSH is spoken: with the instance's own host key, for the user
    /// `ubuntu` with the instance's key pair. On port 6443 of a control plane its Kubernetes API
    /// answers, and at the public address of a load balancer of a Service its pods do.
    ///
    /// # Errors
    /// `TimedOut` after Linux's two minutes where a route, a gateway, an address or a rule of a
    /// security group is missing, or the instance does not run. `ConnectionRefused` where nobody
    /// listens: the host is still starting, or the port is another.
    pub async fn dial(&self, from: &Origin, address: SocketAddr) -> io::Result<Connection> {
        let SocketAddr::V4(to) = address else {
            let why = "the simulated network has no IPv6: dial an IPv4 address";
            return Err(io::Error::new(io::ErrorKind::Unsupported, why));
        };
        let receiver = self.with_world(|world| receiver(world, from, *to.ip(), to.port()));
        let refused = || {
            let why = format!("connect to {address}: connection refused");
            io::Error::new(io::ErrorKind::ConnectionRefused, why)
        };
        let Some(instance_id) = receiver else {
            if let Some(answer) = kubernetes::answers(self, from, *to.ip(), to.port()) {
                return answer.map_err(|()| refused());
            }
            self.sleep(SYN_TIMEOUT).await;
            let why = format!("connect to {address}: connection timed out");
            return Err(io::Error::new(io::ErrorKind::TimedOut, why));
        };
        let guest = boot::guest(self, &instance_id).ok_or_else(refused)?;
        let is_api = to.port() == program::kubeadm::API_PORT
            && guest.running(|running| running.ports.contains_key(&to.port()));
        if to.port() != 22 && !is_api {
            return Err(refused());
        }
        let (near, mut middle) = duplex(IN_FLIGHT);
        let (mut inner, far) = duplex(IN_FLIGHT);
        if is_api {
            tokio::spawn(kubernetes::serve(guest.clone(), far));
        } else {
            tokio::spawn(server::serve(guest.clone(), far));
        }
        tokio::spawn(async move {
            tokio::select! {
                _ = copy_bidirectional(&mut middle, &mut inner) => {}
                () = guest.cut() => {}
            }
        });
        Ok(near)
    }
}

//! [`Shadow`]: machines for an AWS that has none behind its instances.

mod follow;
mod machine;
mod network;
mod parameters;

use super::{OPERATOR, hosts::operator};
use crate::Aws;
use async_trait::async_trait;
use follow::Following;
use hopper_kubernetes::Hosts;
use hopper_mock::{Latencies, Mock, host::Origin};
use hopper_ssh::{Dialer, Identity, Stream};
use std::{
    io,
    net::{IpAddr, Ipv4Addr},
    path::Path,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, SystemTime},
};
use tokio::{sync::Mutex, time::Instant};

/// How many seconds pass in the machines in one second of ours.
const SPEED: u32 = 50;

/// How often the other AWS is looked at.
const PERIOD: Duration = Duration::from_secs(1);

/// Machines for a simulator of AWS that has none behind its instances, e.g.
/// [moto](https://docs.getmoto.org).
///
/// A world of `hopper-mock`'s follows it: what has hopper's mark there is here too, under the same
/// ids and private addresses, and runs. Once a second it is looked at, so that a worker that an
/// Auto Scaling group has started boots and joins by itself. Time is fifty times as fast in it.
///
/// What is not followed: routes and the rules of security groups, since such simulators do not
/// enforce them (everything reaches everything), and the policies of roles (each may do
/// everything). What runs in a machine and calls AWS calls the world: so the load balancer of a
/// Service is in the world alone. There is one region, `eu-west-1`.
#[derive(Clone, Debug)]
pub struct Shadow(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    mock: Mock,
    aws: Aws,
    following: Mutex<Following>,
    /// Whether somebody looks again and again.
    is_watched: AtomicBool,
}

impl Shadow {
    /// A world that follows what answers there, kept in a file with what goes on in its machines.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, holds something else, or the region is another.
    pub fn of(aws: &Aws, file: &Path) -> io::Result<Self> {
        let latencies = Latencies {
            instance_running: Duration::ZERO,
            instance_stopped: Duration::ZERO,
            instance_terminated: Duration::ZERO,
            image_available: Duration::ZERO,
            ..Latencies::default()
        };
        let mock = Mock::builder().latencies(latencies).speed(SPEED).file(file);
        let mock = mock.map_err(io::Error::other)?.build();
        if aws.region() != Some(&mock.world().region) {
            let why = format!("the simulated machines are in {} alone", mock.world().region);
            return Err(io::Error::other(why));
        }
        // Certificates that are made out there are good in here.
        let (now, then) = (SystemTime::now(), SystemTime::from(mock.now()));
        mock.advance(now.duration_since(then).unwrap_or_default());
        let following = Mutex::default();
        Ok(Self(Arc::new(Shared {
            mock,
            aws: aws.clone(),
            following,
            is_watched: AtomicBool::new(false),
        })))
    }

    /// What steps inside its machines act with: from [`OPERATOR`] with the operator's key, and
    /// others.
    #[must_use]
    pub fn hosts(&self, identities: impl IntoIterator<Item = Identity>) -> Hosts {
        Hosts::new(identities.into_iter().chain([operator()])).over(self.clone())
    }

    /// The world that follows.
    #[must_use]
    pub fn mock(&self) -> &Mock {
        &self.0.mock
    }

    /// Looks at the other AWS, unless that was done a moment ago.
    async fn refresh(&self, is_patient: bool) -> io::Result<()> {
        let mut following = self.0.following.lock().await;
        if following.looked.is_some_and(|looked| is_patient && looked.elapsed() < PERIOD) {
            return Ok(());
        }
        following.follow(&self.0.aws, &self.0.mock).await.map_err(io::Error::other)?;
        following.looked = Some(Instant::now());
        Ok(())
    }

    /// The address in the world of what has a public address out there.
    async fn inner(&self, address: &str) -> io::Result<IpAddr> {
        if let Ok(IpAddr::V6(ip)) = address.parse() {
            return Ok(IpAddr::V6(ip));
        }
        let Ok(outer) = address.parse::<Ipv4Addr>() else {
            return self.0.mock.resolve(address).map(IpAddr::V4).ok_or_else(|| {
                io::Error::new(io::ErrorKind::NotFound, format!("no such host: {address}"))
            });
        };
        self.refresh(true).await?;
        if let Some(inner) = self.known(outer).await {
            return Ok(inner);
        }
        self.refresh(false).await?;
        Ok(self.known(outer).await.unwrap_or(IpAddr::V4(outer)))
    }

    async fn known(&self, outer: Ipv4Addr) -> Option<IpAddr> {
        let following = self.0.following.lock().await;
        let id = following.public.get(&outer)?;
        let told = self.0.mock.call("DescribeInstances", &[("InstanceId.1", id)]);
        let path = "reservationSet/0/instancesSet/0/ipAddress";
        told.text(path).and_then(|inner| inner.parse().ok())
    }
}

/// Looks again and again, until nobody needs it any more.
async fn watch(shared: Weak<Shared>) {
    loop {
        tokio::time::sleep(PERIOD).await;
        let Some(shared) = shared.upgrade() else { return };
        if let Err(error) = Shadow(shared).refresh(true).await {
            tracing::warn!(%error, "the simulated machines could not follow");
        }
    }
}

#[async_trait]
impl Dialer for Shadow {
    async fn dial(&self, address: &str, port: u16) -> io::Result<Stream> {
        if !self.0.is_watched.swap(true, Ordering::Relaxed) {
            tokio::spawn(watch(Arc::downgrade(&self.0)));
        }
        let ip = self.inner(address).await?;
        let from = Origin::Internet(OPERATOR);
        Ok(Box::new(self.0.mock.dial(&from, (ip, port).into()).await?))
    }
}

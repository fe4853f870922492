//! [`hosts`]: the machines of a simulated AWS, reached as an operator does.

use async_trait::async_trait;
use hopper_kubernetes::Hosts;
use hopper_mock::{Mock, host::Origin};
use hopper_ssh::{Dialer, Identity, Stream};
use ssh_key::{LineEnding, PrivateKey, private::Ed25519Keypair};
use std::{
    io,
    net::{IpAddr, Ipv4Addr},
};

/// Where the operator is: an address for documentation (RFC 5737).
pub const OPERATOR: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 7);

/// The public half of the operator's key, for [`KeyPair`](crate::ec2::KeyPair).
#[must_use]
pub fn operator_public_key() -> String {
    operator_key().public_key().to_openssh().unwrap_or_default()
}

/// The machines of a simulated AWS, reached from [`OPERATOR`] with the operator's key, as far as
/// addresses, routes and security groups let one.
#[must_use]
pub fn hosts(mock: &Mock) -> Hosts {
    hosts_as(mock, [])
}

/// The same, with other keys as well.
#[must_use]
pub fn hosts_as(mock: &Mock, identities: impl IntoIterator<Item = Identity>) -> Hosts {
    let dialer = Simulated { mock: mock.clone(), from: Origin::Internet(OPERATOR) };
    let consoles = crate::Aws::new(&mock.sdk_config());
    Hosts::new(identities.into_iter().chain([operator()])).over(dialer).consoles(consoles)
}

/// What proves that one is the operator.
#[expect(clippy::expect_used, reason = "the key is the same everywhere, and a good one")]
pub(super) fn operator() -> Identity {
    let key = operator_key().to_openssh(LineEnding::LF).expect("a key can be written");
    Identity::openssh(&key).expect("what was written can be read")
}

/// The same everywhere, so that nothing in a test is drawn: of no use but on a simulator.
fn operator_key() -> PrivateKey {
    PrivateKey::from(Ed25519Keypair::from_seed(&[7; 32]))
}

/// Dials into a simulated AWS.
struct Simulated {
    mock: Mock,
    from: Origin,
}

#[async_trait]
impl Dialer for Simulated {
    async fn dial(&self, address: &str, port: u16) -> io::Result<Stream> {
        let ip = match address.parse::<IpAddr>() {
            Ok(ip) => ip,
            Err(_) => self.mock.resolve(address).map(IpAddr::V4).ok_or_else(|| {
                io::Error::new(io::ErrorKind::NotFound, format!("no such host: {address}"))
            })?,
        };
        Ok(Box::new(self.mock.dial(&self.from, (ip, port).into()).await?))
    }
}

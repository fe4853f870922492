//! [`Host`]: where a machine is, and what it is called.

use std::fmt;

/// Where a machine is, and what it is called: its host key is pinned under its name, since another
/// cluster's machine may have the same address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// What it is called, e.g. `prod/bastion`.
    pub name: String,
    /// Its address, as seen from where it is dialled.
    pub address: String,
    /// Its port.
    pub port: u16,
}

impl Host {
    /// A machine with SSH on port 22.
    pub fn new(name: impl Into<String>, address: impl Into<String>) -> Self {
        Self { name: name.into(), address: address.into(), port: 22 }
    }

    /// With SSH on another port.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }
}

/// `prod/bastion (203.0.113.7:22)`
impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}:{})", self.name, self.address, self.port)
    }
}

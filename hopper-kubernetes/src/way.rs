//! [`Way`]: how a step gets to a machine.

use hopper_core::{Cx, Input, StepError};
use serde::{Deserialize, Serialize};
use std::net::Ipv4Addr;

/// How a step gets to a machine: where it is, whose keys it has, and through which other machine.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Way {
    /// What the machine is called, e.g. `prod/master`.
    pub name: String,
    /// The user to log in as.
    pub user: String,
    /// Its address, as seen from the machine before it.
    pub address: Input<Option<Ipv4Addr>>,
    /// Its host keys, `ssh-ed25519 AAAA…` or `SHA256:…`; with none, whatever it shows is trusted.
    pub host_keys: Input<Vec<String>>,
    /// The machine through which it is reached: a bastion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through: Option<Box<Way>>,
}

impl Way {
    /// A machine that is dialled from here, as its user `ubuntu`, trusting what it shows.
    pub fn to(name: impl Into<String>, address: impl Into<Input<Option<Ipv4Addr>>>) -> Self {
        Self {
            name: name.into(),
            user: "ubuntu".to_owned(),
            address: address.into(),
            host_keys: Vec::new().into(),
            through: None,
        }
    }

    /// Whose host keys are these.
    #[must_use]
    pub fn pinned(mut self, host_keys: impl Into<Input<Vec<String>>>) -> Self {
        self.host_keys = host_keys.into();
        self
    }

    /// A machine behind this one.
    #[must_use]
    pub fn on_to(
        &self,
        name: impl Into<String>,
        address: impl Into<Input<Option<Ipv4Addr>>>,
    ) -> Self {
        Self { through: Some(Box::new(self.clone())), ..Self::to(name, address) }
    }

    /// The way, with everything known.
    ///
    /// # Errors
    ///
    /// When one of its machines has no address.
    pub fn place(&self, cx: &Cx) -> Result<Place, StepError> {
        let address = cx.get(&self.address).ok_or_else(|| {
            StepError::permanent(format_args!("{} has no such address", self.name))
                .with_hint("give the machine a public address, or go there through another")
        })?;
        let through = match &self.through {
            Some(way) => Some(Box::new(way.place(cx)?)),
            None => None,
        };
        Ok(Place {
            name: self.name.clone(),
            user: self.user.clone(),
            address,
            host_keys: cx.get(&self.host_keys).clone(),
            through,
        })
    }
}

/// Where a machine is: a [`Way`] with everything known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// What the machine is called.
    pub name: String,
    /// The user to log in as.
    pub user: String,
    /// Its address.
    pub address: Ipv4Addr,
    /// Its host keys.
    pub host_keys: Vec<String>,
    /// The machine through which it is reached.
    pub through: Option<Box<Place>>,
}

impl Place {
    /// What tells it from all others.
    pub(crate) fn key(&self) -> String {
        let through = self.through.as_ref().map(|place| place.key()).unwrap_or_default();
        let Self { name, user, address, host_keys, .. } = self;
        format!("{through}/{name} {user}@{address} {}", host_keys.join(" "))
    }
}

//! [`Cidr`]: a range of IPv4 addresses.

use hopper_core::Value;
use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};
use std::{fmt, net::Ipv4Addr, str::FromStr};

/// A range of IPv4 addresses, e.g. `10.0.0.0/16`.
///
/// Only in the form AWS itself writes: bits beyond the prefix are a mistake, not something to be
/// cut off in silence.
///
/// ```
/// use hopper_aws::Cidr;
///
/// let vpc: Cidr = "10.0.0.0/16".parse()?;
/// let blocks = vpc.subnets(20)?;
/// assert_eq!(blocks[1].to_string(), "10.0.16.0/20");
/// assert!(vpc.contains(&blocks[1]));
/// assert!("10.0.0.1/16".parse::<Cidr>().is_err());
/// # Ok::<(), hopper_aws::CidrError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cidr(Ipv4Net);

/// Why a text is not a [`Cidr`], or a range cannot be divided.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CidrError {
    /// It is not an address and a prefix length.
    #[error("`{0}` is not a range of IPv4 addresses, write it as 10.0.0.0/16")]
    Malformed(String),
    /// It has bits beyond its prefix.
    #[error("`{given}` has bits beyond its prefix, write it as {canonical}")]
    HostBits {
        /// What was given.
        given: String,
        /// The range it is in.
        canonical: Cidr,
    },
    /// It cannot be divided like that.
    #[error("{cidr} cannot be divided into /{prefix}, use a prefix from {} to 32", cidr.prefix())]
    Indivisible {
        /// The range.
        cidr: Cidr,
        /// The prefix length asked for.
        prefix: u8,
    },
}

impl Cidr {
    /// Every address there is: where a default route leads.
    pub const ANYWHERE: Self = Self(Ipv4Net::new_assert(Ipv4Addr::UNSPECIFIED, 0));

    /// A range that is known to be right while this crate is compiled.
    pub(crate) const fn constant([a, b, c, d]: [u8; 4], prefix: u8) -> Self {
        Self(Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix))
    }

    /// The length of the prefix, e.g. 16.
    #[must_use]
    pub fn prefix(&self) -> u8 {
        self.0.prefix_len()
    }

    /// Whether the other range lies wholly in this one.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        self.0.contains(&other.0)
    }

    /// Its first address.
    pub(crate) fn first(&self) -> Ipv4Addr {
        self.0.network()
    }

    /// The address at this place, counted from the first, which is 0.
    pub(crate) fn address(&self, place: u32) -> Ipv4Addr {
        u32::from(self.0.network()).saturating_add(place).into()
    }

    /// Whether an instance in a subnet of these addresses can have this one: AWS keeps the first
    /// four and the last ("Subnet CIDR blocks", VPC user guide).
    #[must_use]
    pub fn is_usable(&self, address: Ipv4Addr) -> bool {
        let place = u32::from(address).wrapping_sub(u32::from(self.0.network()));
        self.0.contains(&address) && 4 <= place && address != self.0.broadcast()
    }

    /// Whether the ranges have an address in common.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.contains(other) || other.contains(self)
    }

    /// The range divided into ranges with this prefix length, in order.
    ///
    /// # Errors
    ///
    /// When the prefix is shorter than this range's own, or longer than an address.
    pub fn subnets(&self, prefix: u8) -> Result<Vec<Self>, CidrError> {
        let divided =
            self.0.subnets(prefix).map_err(|_| CidrError::Indivisible { cidr: *self, prefix })?;
        Ok(divided.map(Self).collect())
    }
}

impl Value for Cidr {}

impl From<Cidr> for String {
    fn from(cidr: Cidr) -> Self {
        cidr.to_string()
    }
}

impl TryFrom<String> for Cidr {
    type Error = CidrError;

    fn try_from(text: String) -> Result<Self, CidrError> {
        text.parse()
    }
}

impl FromStr for Cidr {
    type Err = CidrError;

    fn from_str(text: &str) -> Result<Self, CidrError> {
        let net: Ipv4Net = text.parse().map_err(|_| CidrError::Malformed(text.to_owned()))?;
        let canonical = Self(net.trunc());
        match canonical.0 == net {
            true => Ok(canonical),
            false => Err(CidrError::HostBits { given: text.to_owned(), canonical }),
        }
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_to_write_instead() {
        let error = "10.0.0.1/16".parse::<Cidr>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "`10.0.0.1/16` has bits beyond its prefix, write it as 10.0.0.0/16"
        );
        for wrong in ["", "10.0.0.0", "300.0.0.0/16", "10.0.0.0/33", "::/0"] {
            assert!(matches!(wrong.parse::<Cidr>(), Err(CidrError::Malformed(_))), "{wrong}");
        }
        assert!("10.0.0.0/16".parse::<Cidr>().unwrap().subnets(8).is_err());
    }

    #[test]
    fn overlaps_in_both_directions_and_not_with_a_neighbour() {
        let [a, b, c] =
            ["10.0.0.0/16", "10.0.16.0/20", "10.1.0.0/16"].map(|t| t.parse::<Cidr>().unwrap());
        assert!(a.overlaps(&b) && b.overlaps(&a) && a.overlaps(&a));
        assert!(!a.overlaps(&c) && !b.overlaps(&c));
        assert!(Cidr::ANYWHERE.contains(&c));
    }

    #[test]
    fn is_a_string_in_json() {
        let cidr: Cidr = serde_json::from_str("\"10.0.0.0/16\"").unwrap();
        assert_eq!(serde_json::to_string(&cidr).unwrap(), "\"10.0.0.0/16\"");
        assert!(serde_json::from_str::<Cidr>("\"10.0.0.9/16\"").is_err());
    }
}

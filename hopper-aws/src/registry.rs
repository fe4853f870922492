//! [`registry()`]: every step of this crate, by kind.

use hopper_core::Registry;

/// Every step of this crate: with it a run is undone from its journal alone.
#[must_use]
pub fn registry() -> Registry {
    let registry = Registry::new();
    #[cfg(feature = "ec2")]
    let registry = registry.with::<crate::ec2::Vpc>();
    registry
}

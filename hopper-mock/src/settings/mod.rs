//! How the simulated AWS behaves: how long things take, how many there may be, how often one may
//! ask, and how late others see them.

mod latencies;
mod quotas;
mod switches;
mod throttling;
mod visibility;

pub use latencies::Latencies;
pub use quotas::Quotas;
pub use switches::Switches;
pub(crate) use throttling::Buckets;
pub use throttling::{Bucket, Throttling};
pub use visibility::Visibility;

use serde::{Deserialize, Serialize};

/// All settings of a world.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// How long things take.
    pub latencies: Latencies,
    /// How many there may be.
    pub quotas: Quotas,
    /// How often one may ask.
    pub throttling: Throttling,
    /// How late a new thing is seen.
    pub visibility: Visibility,
    /// What differs between accounts.
    pub switches: Switches,
}

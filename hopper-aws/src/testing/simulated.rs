//! [`simulated`]: the settings of a cluster, for a simulator.

use super::operator_public_key;
use crate::settings::{ClusterSettings, EXAMPLE_PUBLIC_KEY};
use hopper_mock::Mock;
use sha2::{Digest as _, Sha256};

/// The same settings, for a simulator: its internet has stand-ins for what is really there, whose
/// checksums are others, and where only the example's key would open machines, its operator's
/// does.
///
/// ```
/// use hopper_aws::{settings::ClusterSettings, testing::{operator_public_key, simulated}};
///
/// let settings = simulated(ClusterSettings::default());
/// assert_eq!(settings.public_key, operator_public_key());
/// ```
#[must_use]
pub fn simulated(mut settings: ClusterSettings) -> ClusterSettings {
    let internet = Mock::builder().build();
    settings.node = settings.node.with_checksums(|url| {
        let sum = Sha256::digest(internet.download(url)?);
        Some(sum.iter().map(|byte| format!("{byte:02x}")).collect())
    });
    if settings.public_key == EXAMPLE_PUBLIC_KEY {
        settings.public_key = operator_public_key();
    }
    settings
}

//! [`Elbv2`]: all network load balancers and what belongs to them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Listener, LoadBalancer, TargetGroup};
use crate::world::Registered;

/// What exists in Elastic Load Balancing, as far as it is not classic. Everything is kept by its
/// ARN.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Elbv2 {
    /// Load balancers.
    pub load_balancers: BTreeMap<String, LoadBalancer>,
    /// Target groups.
    pub target_groups: BTreeMap<String, TargetGroup>,
    /// Listeners.
    pub listeners: BTreeMap<String, Listener>,
}

/// Every kind of thing there is.
pub(crate) static REGISTRY: &[Registered] = &[
    Registered::of::<LoadBalancer>(),
    Registered::of::<TargetGroup>(),
    Registered::of::<Listener>(),
];

//! [`Elb`]: all classic load balancers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::LoadBalancer;
use crate::world::Registered;

/// What exists in Elastic Load Balancing, as far as it is classic.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Elb {
    /// Load balancers by their names.
    pub load_balancers: BTreeMap<String, LoadBalancer>,
}

/// Every kind of thing there is.
pub(crate) static REGISTRY: &[Registered] = &[Registered::of::<LoadBalancer>()];

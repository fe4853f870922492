//! [`AutoScaling`]: everything in Auto Scaling, a table for each kind of thing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Activity, AutoScalingGroup, InstanceRefresh, LaunchConfiguration};
use crate::world::Registered;

/// What exists in Auto Scaling.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AutoScaling {
    /// Launch configurations by their names.
    pub launch_configurations: BTreeMap<String, LaunchConfiguration>,
    /// Groups by their names.
    pub groups: BTreeMap<String, AutoScalingGroup>,
    /// What groups have done and are doing, by id.
    pub activities: BTreeMap<String, Activity>,
    /// Instance refreshes by their ids.
    pub instance_refreshes: BTreeMap<String, InstanceRefresh>,
}

/// Every kind of thing in Auto Scaling that somebody makes.
pub(crate) static REGISTRY: &[Registered] =
    &[Registered::of::<LaunchConfiguration>(), Registered::of::<AutoScalingGroup>()];

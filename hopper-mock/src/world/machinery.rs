//! [`Machinery`]: what makes the world go, apart from what exists in it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::doom::Dooms;
use super::ids::Ids;
use super::schedule::Schedule;
use super::tokens::Tokens;
use crate::Time;
use crate::iam::{InstanceProfile, Session};
use crate::settings::{Buckets, Settings};
use crate::ssm::Ciphers;

/// The settings, and the state behind the resources.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Machinery {
    pub(crate) settings: Settings,
    pub(crate) ids: Ids,
    pub(crate) schedule: Schedule,
    pub(crate) tokens: Tokens,
    pub(crate) buckets: Buckets,
    pub(crate) dooms: Dooms,
    /// How often dooms have struck, by their labels.
    #[serde(default)]
    pub(crate) struck: BTreeMap<String, u64>,
    /// The instance profiles as EC2 and Auto Scaling see them, by name.
    #[serde(default)]
    pub(crate) profiles_seen: BTreeMap<String, InstanceProfile>,
    /// Who acts as a role for a while, by the ids of access keys.
    #[serde(default)]
    pub(crate) sessions: BTreeMap<String, Session>,
    /// What the cipher texts in the world stand for.
    #[serde(default)]
    pub(crate) ciphers: Ciphers,
    /// What is inside the machines.
    #[cfg(feature = "hosts")]
    #[serde(default)]
    pub(crate) hosts: crate::host::Hosts,
    /// From when on a thing is seen, for those that are not seen yet.
    pub(crate) visible_at: BTreeMap<String, Time>,
}

impl Machinery {
    pub(crate) fn new(seed: u64, settings: Settings) -> Self {
        Self {
            settings,
            ids: Ids::new(seed),
            schedule: Schedule::default(),
            tokens: Tokens::default(),
            buckets: Buckets::default(),
            dooms: Dooms::default(),
            struck: BTreeMap::new(),
            profiles_seen: BTreeMap::new(),
            sessions: BTreeMap::new(),
            ciphers: Ciphers::default(),
            #[cfg(feature = "hosts")]
            hosts: crate::host::Hosts::default(),
            visible_at: BTreeMap::new(),
        }
    }
}

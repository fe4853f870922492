//! `GetServiceQuota` and `GetAWSDefaultServiceQuota`.

use serde::Deserialize;

use super::quota::Quota;
use crate::settings::Quotas;
use crate::wire::{Answer, Xml};
use crate::world::World;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Get {
    service_code: String,
    quota_code: String,
}

/// The quota that counts in the account.
pub(super) fn applied(world: &World, input: &Get) -> Answer {
    let quota = Quota::named(&input.service_code, &input.quota_code)?;
    Ok(Xml::new().node("Quota", quota.shown(world, &world.settings().quotas)))
}

/// The quota of a fresh account.
pub(super) fn default(world: &World, input: &Get) -> Answer {
    let quota = Quota::named(&input.service_code, &input.quota_code)?;
    Ok(Xml::new().node("Quota", quota.shown(world, &Quotas::default())))
}

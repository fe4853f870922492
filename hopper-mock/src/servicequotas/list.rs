//! `ListServiceQuotas`.

use serde::Deserialize;

use super::quota::{QUOTAS, no_such};
use crate::ec2::page;
use crate::wire::{Answer, AwsError, Xml};
use crate::world::World;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ListServiceQuotas {
    service_code: String,
    quota_code: Option<String>,
    max_results: Option<usize>,
    next_token: Option<String>,
}

/// Lists a service's quotas, in the order of their codes.
pub(super) fn list(world: &World, input: &ListServiceQuotas) -> Answer {
    let ListServiceQuotas { service_code, quota_code, max_results, next_token } = input;
    let of_service: Vec<_> = QUOTAS.iter().filter(|quota| quota.service == service_code).collect();
    if of_service.is_empty() {
        return Err(no_such(format!("There is no service {service_code} here")));
    }
    let wanted = of_service
        .into_iter()
        .filter(|quota| quota_code.as_deref().is_none_or(|code| code == quota.code))
        .collect();
    let token = next_token.as_deref();
    let paged = page(wanted, |quota| quota.code, &(1..=100), *max_results, token);
    let (quotas, next) = paged.map_err(|error| match error.code.as_str() {
        "InvalidNextToken" => AwsError::new("InvalidPaginationTokenException", error.message),
        _ => AwsError::new("IllegalArgumentException", error.message),
    })?;
    let shown = quotas.iter().map(|quota| quota.shown(world, &world.settings().quotas));
    Ok(Xml::new().list("Quotas", shown).opt("NextToken", next))
}

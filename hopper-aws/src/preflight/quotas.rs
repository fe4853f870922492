//! Whether quotas leave room for what the plan makes.

use super::{
    finding::{Finding, Topic},
    survey::Survey,
};
use crate::{
    Aws,
    mark::filter,
    needs::{Limit, Place, ask, ask_if_any},
};
use aws_sdk_ec2::types::{AccountAttributeName, DomainType, Filter};
use aws_sdk_iam::types::SummaryKeyType;
use futures_util::future::join_all;
use hopper_core::StepError;
use std::collections::BTreeMap;

/// What is taken of a kind, by zone where zones count, and the steps that take it.
type Taken<'a> = BTreeMap<(Limit, Option<String>), Vec<&'a str>>;

/// Compares what the plan takes, and what there is, with what there may be.
pub(super) async fn compare(aws: &Aws, survey: &Survey) -> Vec<Finding> {
    let subnets = zones_of_subnets(aws, survey).await.unwrap_or_default();
    let mut taken = Taken::new();
    for (limit, subnet, step) in &survey.takes {
        let zone = subnet.as_ref().map(|subnet| match subnet {
            Place::Id(id) => subnets.get(id).cloned(),
            place => survey.zone(place).map(str::to_owned),
        });
        match zone {
            None => taken.entry((*limit, None)).or_default().push(step),
            Some(Some(zone)) => taken.entry((*limit, Some(zone))).or_default().push(step),
            // In which zone it will be, nobody can tell.
            Some(None) => (),
        }
    }
    let looks = taken.into_iter().map(|((limit, zone), steps)| async move {
        let there = async {
            match &zone {
                None => count(aws, limit).await,
                Some(zone) => count_nat_gateways(aws, zone).await,
            }
        };
        let (there, most) = tokio::join!(there, most(aws, limit));
        let place = zone.map(|zone| format!(" in {zone}")).unwrap_or_default();
        match (there, most) {
            (Ok(there), Ok(most)) => {
                let wanted = steps.len();
                (most < there + wanted).then(|| {
                    let room = most.saturating_sub(there);
                    let told = format!(
                        "{there} of {most} {limit}{place} are there, the plan makes {wanted} more, \
                         {} too many",
                        wanted - room
                    );
                    Finding::problem(Topic::Quota, told).hint(raise(limit)).of(steps)
                })
            }
            (Err(error), _) | (_, Err(error)) => {
                let told = format!("whether there is room for {} {limit}{place}", steps.len());
                Some(Finding::unseen(Topic::Quota, told, &error).of(steps))
            }
        }
    });
    join_all(looks).await.into_iter().flatten().collect()
}

/// What to do about a quota.
pub(super) fn raise(limit: Limit) -> String {
    match limit.code() {
        Some((_, code)) => {
            format!("delete what is not needed, or raise quota {code} in Service Quotas")
        }
        None => "delete what is not needed, or raise the quota in Service Quotas".to_owned(),
    }
}

/// How many there may be: what counts in the account, or else AWS's default.
pub(super) async fn most(aws: &Aws, limit: Limit) -> Result<usize, StepError> {
    let Some((service, code)) = limit.code() else {
        return summary(aws, limit, "Quota").await;
    };
    let call = aws.servicequotas().get_service_quota().service_code(service).quota_code(code);
    let of_account = ask("GetServiceQuota", || call.clone().send()).await;
    let quota = match of_account {
        Ok(reply) => reply.quota,
        Err(error) if error.code() == Some("NoSuchResourceException") => {
            let call = aws.servicequotas().get_aws_default_service_quota();
            let call = call.service_code(service).quota_code(code);
            ask("GetAWSDefaultServiceQuota", || call.clone().send()).await?.quota
        }
        Err(_) if limit == Limit::Addresses => return addresses_by_attribute(aws).await,
        Err(error) => return Err(error),
    };
    let value = quota.and_then(|quota| quota.value);
    value.map(whole).ok_or_else(|| crate::error::incomplete("GetServiceQuota", "value"))
}

/// A quota is a number of things, though it is written as any number. The cast saturates.
fn whole(value: f64) -> usize {
    value as usize
}

/// EC2 tells the older quotas itself.
async fn addresses_by_attribute(aws: &Aws) -> Result<usize, StepError> {
    let name = AccountAttributeName::from("vpc-max-elastic-ips");
    let call = aws.ec2().describe_account_attributes().attribute_names(name);
    let reply = ask("DescribeAccountAttributes", || call.clone().send()).await?;
    let values = reply.account_attributes().iter().flat_map(|of| of.attribute_values());
    let value = values.filter_map(|value| value.attribute_value()?.parse().ok()).next();
    value.ok_or_else(|| crate::error::incomplete("DescribeAccountAttributes", "value"))
}

/// IAM counts for itself.
async fn summary(aws: &Aws, limit: Limit, suffix: &str) -> Result<usize, StepError> {
    let name = if limit == Limit::Roles { "Roles" } else { "InstanceProfiles" };
    let key = SummaryKeyType::from(format!("{name}{suffix}").as_str());
    let call = aws.iam().get_account_summary();
    let reply = ask("GetAccountSummary", || call.clone().send()).await?;
    let value = reply.summary_map().and_then(|map| map.get(&key)).copied();
    let value = value.and_then(|value| usize::try_from(value).ok());
    value.ok_or_else(|| crate::error::incomplete("GetAccountSummary", key.as_str()))
}

/// How many there are.
async fn count(aws: &Aws, limit: Limit) -> Result<usize, StepError> {
    let ec2 = aws.ec2();
    match limit {
        Limit::Addresses => {
            let call = ec2.describe_addresses().filters(filter("domain", DomainType::Vpc.as_str()));
            Ok(ask("DescribeAddresses", || call.clone().send()).await?.addresses().len())
        }
        Limit::InternetGateways => {
            let call = ec2.describe_internet_gateways();
            let all =
                || call.clone().into_paginator().items().send().collect::<Result<Vec<_>, _>>();
            ask("DescribeInternetGateways", all).await.map(|all| all.len())
        }
        Limit::SecurityGroups => {
            let call = ec2.describe_security_groups();
            let all =
                || call.clone().into_paginator().items().send().collect::<Result<Vec<_>, _>>();
            ask("DescribeSecurityGroups", all).await.map(|all| all.len())
        }
        Limit::Vpcs => {
            let call = ec2.describe_vpcs();
            let all =
                || call.clone().into_paginator().items().send().collect::<Result<Vec<_>, _>>();
            ask("DescribeVpcs", all).await.map(|all| all.len())
        }
        Limit::InstanceProfiles | Limit::Roles => summary(aws, limit, "").await,
        // Counted where zones and types are known.
        Limit::NatGateways | Limit::Vcpus => Ok(0),
    }
}

/// A filter with several values.
pub(super) fn one_of(name: &str, values: impl IntoIterator<Item = String>) -> Filter {
    Filter::builder().name(name).set_values(Some(values.into_iter().collect())).build()
}

/// How many NAT gateways count in a zone: those that are coming, and those that are there.
async fn count_nat_gateways(aws: &Aws, zone: &str) -> Result<usize, StepError> {
    let state = one_of("state", ["pending".to_owned(), "available".to_owned()]);
    let gateways = aws.ec2().describe_nat_gateways().filter(state);
    let gateways =
        || gateways.clone().into_paginator().items().send().collect::<Result<Vec<_>, _>>();
    let subnets = aws.ec2().describe_subnets().filters(filter("availability-zone", zone));
    let subnets = || subnets.clone().into_paginator().items().send().collect::<Result<Vec<_>, _>>();
    let (gateways, subnets) =
        tokio::join!(ask("DescribeNatGateways", gateways), ask("DescribeSubnets", subnets));
    let (gateways, subnets) = (gateways?, subnets?);
    let is_here = |id: &str| subnets.iter().any(|subnet| subnet.subnet_id() == Some(id));
    Ok(gateways.iter().filter(|gateway| gateway.subnet_id().is_some_and(is_here)).count())
}

/// The zones of subnets that are there already.
pub(super) async fn zones_of_subnets(
    aws: &Aws,
    survey: &Survey,
) -> Result<BTreeMap<String, String>, StepError> {
    let taken = survey.takes.iter().filter_map(|(_, subnet, _)| subnet.as_ref());
    let launched = survey.launches.iter().flat_map(|(launch, _)| &launch.subnets);
    let mut ids: Vec<_> = taken.chain(launched).filter_map(Place::id).map(str::to_owned).collect();
    ids.sort();
    ids.dedup();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let call = aws.ec2().describe_subnets().filters(one_of("subnet-id", ids));
    let reply = ask_if_any("DescribeSubnets", || call.clone().send()).await?;
    let subnets = reply.and_then(|reply| reply.subnets).unwrap_or_default();
    let zone =
        |subnet: aws_sdk_ec2::types::Subnet| Some((subnet.subnet_id?, subnet.availability_zone?));
    Ok(subnets.into_iter().filter_map(zone).collect())
}

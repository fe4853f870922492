//! Whether instance types are offered where they are wanted, and whether there are vCPUs for them.

use super::{
    finding::{Finding, Topic},
    quotas::{most, one_of, raise, zones_of_subnets},
    survey::Survey,
};
use crate::{
    Aws,
    needs::{Kin, Limit, Place, ask},
};
use aws_sdk_ec2::types::{InstanceTypeInfo, LocationType};
use hopper_core::StepError;
use std::collections::{BTreeMap, BTreeSet};

/// The families whose vCPUs are counted together: "Running On-Demand Standard (A, C, D, H, I, M,
/// R, T, Z) instances" in Service Quotas.
const STANDARD: [&str; 11] = ["a", "c", "d", "h", "i", "im", "is", "m", "r", "t", "z"];

/// The types that the plan launches, and where.
type Wanted<'a> = BTreeMap<&'a str, BTreeMap<Option<String>, BTreeSet<&'a str>>>;

/// Looks where types are offered, which zones there are, and how many vCPUs are left.
pub(super) async fn offered(aws: &Aws, survey: &Survey) -> Vec<Finding> {
    let (zones, wanted) = tokio::join!(zones(aws, survey), wanted(aws, survey));
    let types: BTreeSet<&str> = wanted.keys().copied().collect();
    let (offerings, vcpus) = match types.is_empty() {
        true => (Vec::new(), Vec::new()),
        false => {
            let (offered, vcpus) = tokio::join!(offerings(aws, &types), vcpus(aws, survey, &types));
            let offerings = match offered {
                Ok(offered) => compare(aws, &wanted, &offered),
                Err(error) => {
                    let what = "where the instance types are offered";
                    vec![Finding::unseen(Topic::InstanceType, what, &error)]
                }
            };
            let vcpus = vcpus.unwrap_or_else(|error| {
                let what = "whether there are vCPUs enough";
                Some(Finding::unseen(Topic::Quota, what, &error))
            });
            (offerings, vcpus.into_iter().collect())
        }
    };
    [zones, offerings, vcpus].concat()
}

async fn wanted<'a>(aws: &Aws, survey: &'a Survey) -> Wanted<'a> {
    let there = zones_of_subnets(aws, survey).await.unwrap_or_default();
    let mut wanted = Wanted::new();
    for (launch, step) in &survey.launches {
        let Some(instance_type) = survey.instance_type(launch) else { continue };
        let places = wanted.entry(instance_type).or_default();
        for subnet in &launch.subnets {
            let zone = match subnet {
                Place::Id(id) => there.get(id).cloned(),
                place => survey.zone(place).map(str::to_owned),
            };
            places.entry(zone).or_default().insert(step);
        }
    }
    wanted
}

/// The zones that are meant have to be there.
async fn zones(aws: &Aws, survey: &Survey) -> Vec<Finding> {
    let mut meant = BTreeMap::<&str, Vec<&str>>::new();
    for (step, kin) in &survey.kin {
        if let Kin::Subnet { zone: Some(zone), .. } = kin
            && survey.fresh.contains(step)
        {
            meant.entry(zone).or_default().push(step);
        }
    }
    if meant.is_empty() {
        return Vec::new();
    }
    let call = aws.ec2().describe_availability_zones();
    let zones = match ask("DescribeAvailabilityZones", || call.clone().send()).await {
        Ok(reply) => reply.availability_zones.unwrap_or_default(),
        Err(error) => return vec![Finding::unseen(Topic::Region, "which zones there are", &error)],
    };
    let names: Vec<_> = zones.iter().filter_map(|zone| zone.zone_name()).collect();
    let region = aws.region().unwrap_or_default();
    let unknown = meant.into_iter().filter(|(zone, _)| !names.contains(zone));
    let finding = |(zone, steps): (&str, Vec<&str>)| {
        let told = format!("{region} has no zone {zone}");
        let hint = format!("it has {}", names.join(", "));
        Finding::problem(Topic::Region, told).hint(hint).of(steps)
    };
    unknown.map(finding).collect()
}

/// Where each of these types is offered.
async fn offerings(
    aws: &Aws,
    types: &BTreeSet<&str>,
) -> Result<BTreeSet<(String, String)>, StepError> {
    let call = aws
        .ec2()
        .describe_instance_type_offerings()
        .location_type(LocationType::AvailabilityZone)
        .filters(one_of("instance-type", types.iter().map(|name| (*name).to_owned())));
    let all = || call.clone().into_paginator().items().send().collect::<Result<Vec<_>, _>>();
    let offered = ask("DescribeInstanceTypeOfferings", all).await?;
    let place = |offering: &aws_sdk_ec2::types::InstanceTypeOffering| {
        let found = offering.instance_type()?.as_str().to_owned();
        Some((found, offering.location()?.to_owned()))
    };
    Ok(offered.iter().filter_map(place).collect())
}

fn compare(aws: &Aws, wanted: &Wanted<'_>, offered: &BTreeSet<(String, String)>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (&instance_type, places) in wanted {
        let zones: Vec<_> = offered
            .iter()
            .filter(|(name, _)| name == instance_type)
            .map(|(_, zone)| zone.as_str())
            .collect();
        if zones.is_empty() {
            let region = aws.region().unwrap_or_default();
            let told = format!("{instance_type} is not offered in {region}");
            let steps: BTreeSet<_> = places.values().flatten().copied().collect();
            let finding = Finding::problem(Topic::InstanceType, told);
            findings.push(finding.hint("choose another type, or another region").of(steps));
            continue;
        }
        for (zone, steps) in places {
            if let Some(zone) = zone.as_deref().filter(|zone| !zones.contains(zone)) {
                let told = format!("{instance_type} is not offered in {zone}");
                let hint = format!("it is in {}", zones.join(", "));
                let finding = Finding::problem(Topic::InstanceType, told);
                findings.push(finding.hint(hint).of(steps.iter().copied()));
            }
        }
    }
    findings
}

/// Whether there are vCPUs for what the plan launches. What is stopped again counts only for a
/// while, so it makes a warning.
async fn vcpus(
    aws: &Aws,
    survey: &Survey,
    types: &BTreeSet<&str>,
) -> Result<Option<Finding>, StepError> {
    let running = aws
        .ec2()
        .describe_instances()
        .filters(one_of("instance-state-name", ["pending".to_owned(), "running".to_owned()]));
    let running = || running.clone().into_paginator().items().send().collect::<Result<Vec<_>, _>>();
    let (running, most) = tokio::join!(ask("DescribeInstances", running), most(aws, Limit::Vcpus));
    let (running, most) = (running?, most?);
    let running: Vec<String> = running
        .iter()
        .flat_map(|reservation| reservation.instances())
        .filter(|instance| instance.instance_lifecycle().is_none())
        .filter_map(|instance| Some(instance.instance_type()?.as_str().to_owned()))
        .collect();
    let of = sizes(aws, types.iter().map(|name| (*name).to_owned()).chain(running.iter().cloned()))
        .await?;
    let size = |name: &str| of.get(name).copied().unwrap_or_default();
    let used: usize = running.iter().map(|name| size(name)).sum();
    let (mut lasting, mut passing, mut steps) = (0, 0, BTreeSet::new());
    for (launch, step) in &survey.launches {
        let more = survey.instance_type(launch).map(size).unwrap_or_default() * launch.count;
        *(if survey.stopped.contains(step) { &mut passing } else { &mut lasting }) += more;
        steps.extend((0 < more).then_some(step.as_str()));
    }
    let told = |more: usize| {
        format!("{used} of {most} {} are in use, the plan needs {more} more", Limit::Vcpus)
    };
    let finding = if most < used + lasting {
        Finding::problem(Topic::Quota, told(lasting))
    } else if most < used + lasting + passing {
        let told = told(lasting + passing);
        Finding::warning(Topic::Quota, format_args!("{told}, though not all of them at once"))
    } else {
        return Ok(None);
    };
    Ok(Some(finding.hint(raise(Limit::Vcpus)).of(steps)))
}

/// The vCPUs of types of the standard families.
async fn sizes(
    aws: &Aws,
    types: impl Iterator<Item = String>,
) -> Result<BTreeMap<String, usize>, StepError> {
    let standard: BTreeSet<_> = types.filter(|name| is_standard(name)).collect();
    if standard.is_empty() {
        return Ok(BTreeMap::new());
    }
    let call = aws.ec2().describe_instance_types().filters(one_of("instance-type", standard));
    let all = || call.clone().into_paginator().items().send().collect::<Result<Vec<_>, _>>();
    let size = |found: InstanceTypeInfo| {
        let vcpus = found.v_cpu_info()?.default_v_cpus()?;
        Some((found.instance_type()?.as_str().to_owned(), usize::try_from(vcpus).ok()?))
    };
    Ok(ask("DescribeInstanceTypes", all).await?.into_iter().filter_map(size).collect())
}

fn is_standard(instance_type: &str) -> bool {
    let family = instance_type.split(|c: char| !c.is_ascii_lowercase()).next();
    family.is_some_and(|family| STANDARD.contains(&family))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_are_told_by_their_letters() {
        for standard in ["t2.micro", "m7g.large", "im4gn.large", "c5.24xlarge"] {
            assert!(is_standard(standard), "{standard}");
        }
        for other in ["p3.2xlarge", "inf1.xlarge", "mac2.metal", "trn1.2xlarge", "u-6tb1.metal"] {
            assert!(!is_standard(other), "{other}");
        }
    }
}

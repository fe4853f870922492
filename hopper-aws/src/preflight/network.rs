//! Whether the addresses of networks overlap.

use super::{
    finding::{Finding, Topic},
    quotas::one_of,
    survey::Survey,
};
use crate::{
    Aws, Cidr,
    needs::{Holder, Kin, Place, ask},
};
use std::collections::{BTreeMap, BTreeSet};

type Subnets<'a> = BTreeMap<&'a Place, Vec<(Cidr, &'a str)>>;

/// The subnets of the plan with their addresses, by VPC.
fn subnets(survey: &Survey) -> Subnets<'_> {
    let mut subnets = Subnets::new();
    for (step, kin) in &survey.kin {
        if let Kin::Subnet { vpc, cidr: Some(cidr), .. } = kin
            && *vpc != Place::Unknown
        {
            subnets.entry(vpc).or_default().push((*cidr, step));
        }
    }
    subnets
}

/// The VPCs of the plan with their addresses.
fn vpcs(survey: &Survey) -> Vec<(Cidr, &str)> {
    let mut vpcs = Vec::new();
    for (step, kin) in &survey.kin {
        if let Kin::Vpc { cidr: Some(cidr) } = kin {
            vpcs.push((*cidr, step.as_str()));
        }
    }
    vpcs
}

/// What is wrong by the plan alone.
pub(super) fn of_the_plan(survey: &Survey) -> Vec<Finding> {
    let (mut findings, vpcs) = (Vec::new(), vpcs(survey));
    for (vpc, subnets) in subnets(survey) {
        let whole = vpc.step().and_then(|vpc| vpcs.iter().find(|(_, step)| *step == vpc));
        for (cidr, step) in &subnets {
            if let Some((whole, vpc)) = whole.filter(|(whole, _)| !whole.contains(cidr)) {
                let told = format!("the subnet {cidr} is not within the VPC {whole}");
                let finding = Finding::problem(Topic::Addresses, told);
                findings.push(finding.hint("choose addresses inside it").of([*vpc, *step]));
            }
        }
        for ((one, first), (other, second)) in overlapping(subnets) {
            let told = format!("the subnets {one} and {other} of one VPC overlap");
            let finding = Finding::problem(Topic::Addresses, told);
            findings.push(finding.hint("choose other addresses").of([first, second]));
        }
    }
    for ((one, first), (other, second)) in overlapping(vpcs) {
        let told = format!("the VPCs {one} and {other} overlap, so they can never be peered");
        findings.push(Finding::warning(Topic::Addresses, told).of([first, second]));
    }
    findings
}

/// A network, and whose it is.
type Named<'a> = (Cidr, &'a str);

/// Those that overlap with the one before them. Networks overlap only where one holds the other.
fn overlapping(mut networks: Vec<Named<'_>>) -> Vec<(Named<'_>, Named<'_>)> {
    networks.sort_by_key(|(cidr, step)| (cidr.first(), cidr.prefix(), *step));
    let (mut pairs, mut widest) = (Vec::new(), None::<(Cidr, &str)>);
    for network in networks {
        match widest {
            Some(before) if before.0.overlaps(&network.0) => pairs.push((before, network)),
            _ => widest = Some(network),
        }
    }
    pairs
}

/// What is wrong beside what is there already.
pub(super) async fn beside_others(aws: &Aws, survey: &Survey) -> Vec<Finding> {
    let (own, run) = (vpcs(survey), survey.run.as_deref());
    let subnets: Subnets<'_> =
        subnets(survey).into_iter().filter(|(vpc, _)| vpc.id().is_some()).collect();
    let own: Vec<_> = own.into_iter().filter(|(_, step)| survey.fresh.contains(*step)).collect();
    let vpcs = async {
        if own.is_empty() {
            return Vec::new();
        }
        let call = aws.ec2().describe_vpcs();
        let all = || call.clone().into_paginator().items().send().collect::<Result<Vec<_>, _>>();
        let others = match ask("DescribeVpcs", all).await {
            Ok(others) => others,
            Err(error) => {
                let what = "which addresses other VPCs have";
                return vec![Finding::unseen(Topic::Addresses, what, &error)];
            }
        };
        let mut findings = Vec::new();
        for other in others.iter().filter(|vpc| !Holder::of(vpc.tags()).is_of(run)) {
            let id = other.vpc_id().unwrap_or_default();
            let Some(theirs) = other.cidr_block().and_then(|cidr| cidr.parse::<Cidr>().ok()) else {
                continue;
            };
            for (cidr, step) in own.iter().filter(|(cidr, _)| cidr.overlaps(&theirs)) {
                let told = format!(
                    "the VPC {cidr} overlaps with {id} ({theirs}), so they can never be peered"
                );
                findings.push(Finding::warning(Topic::Addresses, told).of([*step]));
            }
        }
        findings
    };
    let within = async {
        let ids: BTreeSet<_> = subnets.keys().filter_map(|vpc| vpc.id()).collect();
        if ids.is_empty() {
            return Vec::new();
        }
        let filter = one_of("vpc-id", ids.into_iter().map(str::to_owned));
        let call = aws.ec2().describe_subnets().filters(filter);
        let all = || call.clone().into_paginator().items().send().collect::<Result<Vec<_>, _>>();
        let others = match ask("DescribeSubnets", all).await {
            Ok(others) => others,
            Err(error) => {
                let what = "which addresses other subnets have";
                return vec![Finding::unseen(Topic::Addresses, what, &error)];
            }
        };
        let mut findings = Vec::new();
        for other in others.iter().filter(|subnet| !Holder::of(subnet.tags()).is_of(run)) {
            let id = other.subnet_id().unwrap_or_default();
            let Some(theirs) = other.cidr_block().and_then(|cidr| cidr.parse::<Cidr>().ok()) else {
                continue;
            };
            let beside = subnets.iter().filter(|(vpc, _)| vpc.id() == other.vpc_id());
            for (cidr, step) in beside.flat_map(|(_, subnets)| subnets) {
                if cidr.overlaps(&theirs) && survey.fresh.contains(*step) {
                    let told =
                        format!("the subnet {cidr} overlaps with {id} ({theirs}) of the same VPC");
                    let finding = Finding::problem(Topic::Addresses, told);
                    findings.push(finding.hint("choose other addresses").of([*step]));
                }
            }
        }
        findings
    };
    let (vpcs, within) = tokio::join!(vpcs, within);
    [vpcs, within].concat()
}

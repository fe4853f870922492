//! Network, application and gateway load balancers.

use super::{
    Generation, LoadBalancer,
    pages::{pages, tagged, tags},
};
use crate::{Aws, Tags, call::read};
use hopper_core::{Cx, StepError};
use std::collections::BTreeMap;

/// All in the region, or all in a VPC, with their tags.
pub(super) async fn list(
    aws: &Aws,
    cx: &Cx,
    vpc: Option<&str>,
) -> Result<Vec<LoadBalancer>, StepError> {
    let found = pages(|marker| async {
        let call = aws.elbv2().describe_load_balancers().set_marker(marker);
        let reply = read(aws, cx, "DescribeLoadBalancers", || call.clone().send()).await?;
        Ok((reply.load_balancers, reply.next_marker))
    });
    let mut found: Vec<_> = found.await?;
    found.retain(|balancer| vpc.is_none() || balancer.vpc_id() == vpc);
    let arns = found.iter().filter_map(|b| b.load_balancer_arn.clone()).collect();
    let mut labels = labels(aws, cx, arns).await?;
    Ok(found
        .into_iter()
        .filter_map(|balancer| {
            let arn = balancer.load_balancer_arn?;
            let tags = labels.remove(&arn).unwrap_or_default();
            let vpc = balancer.vpc_id.unwrap_or_default();
            Some(LoadBalancer { generation: Generation::Newer, id: arn, vpc, tags })
        })
        .collect())
}

/// The tags of load balancers or target groups, by ARN.
pub(super) async fn labels(
    aws: &Aws,
    cx: &Cx,
    arns: Vec<String>,
) -> Result<BTreeMap<String, Tags>, StepError> {
    tagged(arns, |arns| async {
        let call = aws.elbv2().describe_tags().set_resource_arns(Some(arns));
        let reply = read(aws, cx, "DescribeTags", || call.clone().send()).await?;
        let told = reply.tag_descriptions().iter();
        Ok(told.filter_map(|t| Some((t.resource_arn()?.to_owned(), tags(t.tags())))).collect())
    })
    .await
}

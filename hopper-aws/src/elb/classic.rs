//! Classic load balancers.

use super::{
    Generation, LoadBalancer,
    pages::{pages, tagged, tags},
};
use crate::{Aws, call::read};
use hopper_core::{Cx, StepError};

/// All in the region, or all in a VPC, with their tags.
pub(super) async fn list(
    aws: &Aws,
    cx: &Cx,
    vpc: Option<&str>,
) -> Result<Vec<LoadBalancer>, StepError> {
    let found = pages(|marker| async {
        let call = aws.elb().describe_load_balancers().set_marker(marker);
        let reply = read(aws, cx, "DescribeLoadBalancers", || call.clone().send()).await?;
        Ok((reply.load_balancer_descriptions, reply.next_marker))
    });
    let mut found: Vec<_> = found.await?;
    found.retain(|balancer| vpc.is_none() || balancer.vpc_id() == vpc);
    let names = found.iter().filter_map(|b| b.load_balancer_name.clone()).collect();
    let mut labels = tagged(names, |names| async {
        let call = aws.elb().describe_tags().set_load_balancer_names(Some(names));
        let reply = read(aws, cx, "DescribeTags", || call.clone().send()).await?;
        let told = reply.tag_descriptions().iter();
        Ok(told
            .filter_map(|t| Some((t.load_balancer_name()?.to_owned(), tags(t.tags()))))
            .collect())
    })
    .await?;
    Ok(found
        .into_iter()
        .filter_map(|balancer| {
            let name = balancer.load_balancer_name?;
            let tags = labels.remove(&name).unwrap_or_default();
            let vpc = balancer.vpc_id.unwrap_or_default();
            Some(LoadBalancer { generation: Generation::Classic, id: name, vpc, tags })
        })
        .collect())
}

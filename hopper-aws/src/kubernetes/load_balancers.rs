//! [`LoadBalancers`]: those that Kubernetes makes for its Services and Ingresses.

use super::{cluster::Cluster, interfaces};
use crate::{
    Aws, VpcId,
    elb::{LoadBalancer, TargetGroup},
    needs::{Draft, Needed, Needs},
};
use futures_util::future::join_all;
use hopper_core::{Class, Cx, Found, Input, Made, Step, StepError};
use serde::{Deserialize, Serialize};

/// Makes nothing; its undo deletes the load balancers that Kubernetes has made for a cluster in a
/// VPC, classic and newer, with their target groups.
///
/// It has to be undone before the cluster's machines, their roles and their way out are: a load
/// balancer that loses its cluster stays for ever, and costs money. Their network interfaces and
/// security groups go later: [`Leftovers`](super::Leftovers).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LoadBalancers {
    /// The cluster's name, as in the tag `kubernetes.io/cluster/<name>`.
    pub cluster: String,
    /// The VPC it is in.
    pub vpc: Input<VpcId>,
}

/// Classic and newer load balancers share their prefix in policies.
pub(super) fn calls(needs: &mut Needed) {
    needs.calls(&[
        "elasticloadbalancing:DeleteLoadBalancer",
        "elasticloadbalancing:DeleteTargetGroup",
        "elasticloadbalancing:DescribeLoadBalancers",
        "elasticloadbalancing:DescribeTags",
        "elasticloadbalancing:DescribeTargetGroups",
    ]);
}

impl Needs for LoadBalancers {
    fn needs(&self, _: &Draft, needs: &mut Needed) {
        calls(needs);
        needs.calls(&["ec2:DescribeNetworkInterfaces"]);
    }
}

impl Step for LoadBalancers {
    const KIND: &'static str = "aws.kubernetes.load_balancers";
    const ATOMIC: bool = true;
    type Env = Aws;
    type Output = ();

    async fn run(&self, _: &Aws, _: &Cx) -> Result<(), StepError> {
        Ok(())
    }

    async fn find(&self, _: &Aws, _: &Cx) -> Result<Found<()>, StepError> {
        Ok(Found::Present(()))
    }

    async fn undo(&self, aws: &Aws, cx: &Cx, _: Made<'_, ()>) -> Result<(), StepError> {
        clear(aws, cx, Cluster(&self.cluster), cx.get(&self.vpc).as_str()).await.map(drop)
    }
}

/// Deletes the load balancers of a cluster in a VPC with their target groups, and gives those that
/// are not the cluster's and stay.
pub(crate) async fn clear(
    aws: &Aws,
    cx: &Cx,
    cluster: Cluster<'_>,
    vpc: &str,
) -> Result<Vec<LoadBalancer>, StepError> {
    let both = async {
        tokio::try_join!(
            LoadBalancer::list(aws, cx, Some(vpc)),
            TargetGroup::list(aws, cx, Some(vpc))
        )
    };
    let (balancers, groups) = match both.await {
        Ok(found) => found,
        // Who may not ask, or asks where there is no such service, needs not ask where there is
        // nothing: a load balancer has network interfaces.
        Err(error) if error.class() == Class::Permanent && error.is_refused() => {
            return match interfaces::of_load_balancers(aws, cx, vpc).await?.is_empty() {
                true => Ok(Vec::new()),
                false => Err(error),
            };
        }
        Err(error) => return Err(error),
    };
    let is_own = |balancer: &LoadBalancer| cluster.has_made(&balancer.tags);
    let (own, others): (Vec<_>, Vec<_>) = balancers.into_iter().partition(is_own);
    // Not `try_join_all`: it would drop a call in flight.
    let deleted = join_all(own.iter().map(|balancer| {
        cx.progress(format_args!("deleting {balancer}, which Kubernetes has made"));
        balancer.delete(aws, cx)
    }));
    deleted.await.into_iter().collect::<Result<(), _>>()?;
    if !own.is_empty() {
        LoadBalancer::until_gone(aws, cx, vpc, &own).await?;
    }
    let groups = groups.iter().filter(|group| cluster.has_made(&group.tags));
    let deleted = join_all(groups.map(|group| group.delete(aws, cx)));
    deleted.await.into_iter().collect::<Result<(), _>>()?;
    Ok(others)
}

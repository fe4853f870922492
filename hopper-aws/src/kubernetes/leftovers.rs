//! [`Leftovers`]: what a cluster leaves behind when its machines are gone.

use super::{cluster::Cluster, interfaces, load_balancers, security_groups, volumes};
use crate::{
    Aws, VpcId,
    needs::{Draft, Needed, Needs},
};
use hopper_core::{Cx, Found, Input, Made, Step, StepError};
use serde::{Deserialize, Serialize};

/// Makes nothing; its undo removes what Kubernetes has left in a VPC when the cluster's machines
/// are gone: load balancers that were made while [`LoadBalancers`](super::LoadBalancers) were
/// being deleted, the security groups of load balancers and the rules that name them, once their
/// network interfaces are gone, the interfaces of the VPC CNI that are attached to nothing, and
/// volumes if they are asked for.
///
/// It has to be undone after the cluster's machines, which could make more of it, and before the
/// security groups and subnets that it keeps. Where a rule of somebody else names a group of
/// Kubernetes, it is left and named.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Leftovers {
    /// The cluster's name, as in the tag `kubernetes.io/cluster/<name>`.
    pub cluster: String,
    /// The VPC it is in.
    pub vpc: Input<VpcId>,
    /// Whether the volumes of its persistent volume claims are deleted: with what is stored in
    /// them. They are known by the cluster's name alone, for they are in no VPC.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub volumes: bool,
}

impl Needs for Leftovers {
    fn needs(&self, _: &Draft, needs: &mut Needed) {
        load_balancers::calls(needs);
        needs.calls(&["ec2:DeleteNetworkInterface", "ec2:DeleteSecurityGroup"]);
        needs.calls(&["ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroupRules"]);
        needs.calls(&["ec2:DescribeSecurityGroups", "ec2:RevokeSecurityGroupEgress"]);
        needs.calls(&["ec2:RevokeSecurityGroupIngress"]);
        needs.calls(&["ec2:DescribeVolumes"]);
        if self.volumes {
            needs.calls(&["ec2:DeleteVolume"]);
        }
    }
}

impl Step for Leftovers {
    const KIND: &'static str = "aws.kubernetes.leftovers";
    const ATOMIC: bool = true;
    const UPDATES: &'static [&'static str] = &["volumes"];
    type Env = Aws;
    type Output = ();

    async fn run(&self, _: &Aws, _: &Cx) -> Result<(), StepError> {
        Ok(())
    }

    async fn find(&self, _: &Aws, _: &Cx) -> Result<Found<()>, StepError> {
        Ok(Found::Present(()))
    }

    /// What is to be done about volumes is only asked on the way back.
    async fn update(&self, _: &Aws, _: &Cx, _: &Self, (): &()) -> Result<(), StepError> {
        Ok(())
    }

    async fn undo(&self, aws: &Aws, cx: &Cx, _: Made<'_, ()>) -> Result<(), StepError> {
        let (cluster, vpc) = (Cluster(&self.cluster), cx.get(&self.vpc).as_str());
        clear(aws, cx, cluster, vpc, self.volumes).await
    }
}

/// Removes what a cluster has left in a VPC.
pub(crate) async fn clear(
    aws: &Aws,
    cx: &Cx,
    cluster: Cluster<'_>,
    vpc: &str,
    take_volumes: bool,
) -> Result<(), StepError> {
    let (found, groups, stored) = tokio::try_join!(
        interfaces::in_vpc(aws, cx, vpc),
        security_groups::find(aws, cx, cluster, vpc),
        volumes::find(aws, cx, cluster),
    )?;
    if found.iter().any(|interface| interfaces::balancer(interface).is_some()) {
        let others = load_balancers::clear(aws, cx, cluster, vpc).await?;
        interfaces::until_gone(aws, cx, &found, &others).await?;
    }
    interfaces::clear_cni(aws, cx, cluster, &found).await?;
    security_groups::clear(aws, cx, cluster, &groups).await?;
    match take_volumes {
        true => volumes::clear(aws, cx, &stored).await,
        false => {
            volumes::leave(cx, &stored);
            Ok(())
        }
    }
}

//! [`Swept`]: one stray on its way out.

use super::plan::{LEFTOVERS, LOAD_BALANCERS};
use crate::{
    Aws,
    ec2::{
        Direction, address, image, instance, internet_gateway, key_pair, launch_template,
        nat_gateway, network_interface, route_table, route_table_association, security_group,
        security_group_rule, snapshot, subnet, volume, vpc,
    },
    mark::RUN,
    resource::{Resource, get},
    sdk_tag::{SdkTag, value},
};
use aws_sdk_ec2::types;
use hopper_core::{Cx, Found, Made, OnUnknown, Step, StepError};
use serde::{Deserialize, Serialize};

/// Removes a thing that carries the mark of a run. What is gone already is success, and so is what
/// has become somebody else's.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Swept {
    /// What it is, e.g. `aws.ec2.vpc`.
    pub(super) kind: String,
    /// Its id, or its name.
    pub(super) id: String,
    /// The run it belongs to.
    pub(super) run: String,
    /// Of what Kubernetes has made: the cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cluster: Option<String>,
}

impl Step for Swept {
    const KIND: &'static str = "aws.swept";
    const ON_UNKNOWN: OnUnknown = OnUnknown::RunAgain;
    type Env = Aws;
    type Output = ();

    async fn run(&self, aws: &Aws, cx: &Cx) -> Result<(), StepError> {
        match &*self.kind {
            #[cfg(feature = "elb")]
            LOAD_BALANCERS | LEFTOVERS => self.kubernetes(aws, cx).await,
            #[cfg(feature = "elb")]
            kind if kind.starts_with("aws.elbv2.") => self.elbv2(aws, cx).await,
            #[cfg(feature = "autoscaling")]
            kind if kind.starts_with("aws.autoscaling.") => self.autoscaling(aws, cx).await,
            #[cfg(feature = "iam")]
            kind if kind.starts_with("aws.iam.") => self.iam(aws, cx).await,
            #[cfg(feature = "ssm")]
            "aws.ssm.secure_parameter" => self.ssm(aws, cx).await,
            _ => self.ec2(aws, cx).await,
        }
    }

    async fn find(&self, _: &Aws, _: &Cx) -> Result<Found<()>, StepError> {
        Ok(Found::Absent)
    }

    async fn undo(&self, _: &Aws, _: &Cx, _: Made<'_, ()>) -> Result<(), StepError> {
        Ok(()) // what is gone is gone
    }
}

impl Swept {
    fn is_ours(&self, tags: &[impl SdkTag]) -> bool {
        value(tags, RUN) == Some(&*self.run)
    }

    /// The thing as it is now, if it is there and carries the mark still.
    async fn seen<R: Resource>(&self, aws: &Aws, cx: &Cx) -> Result<Option<R>, StepError> {
        Ok(get::<R>(aws, cx, &self.id).await?.filter(|thing| self.is_ours(thing.tags())))
    }

    async fn ec2(&self, aws: &Aws, cx: &Cx) -> Result<(), StepError> {
        macro_rules! seen {
            ($type:ident) => {
                match self.seen::<types::$type>(aws, cx).await? {
                    Some(thing) => thing,
                    None => return Ok(()),
                }
            };
        }
        let id = &*self.id;
        match &*self.kind {
            "aws.ec2.address" => address::delete(aws, cx, seen!(Address).id()).await,
            "aws.ec2.image" => {
                let snapshots = image::snapshots(&seen!(Image)).map(|id| id.to_string()).collect();
                image::delete(aws, cx, &[id.to_owned()].into(), snapshots).await
            }
            "aws.ec2.instance" => {
                instance::terminate(aws, cx, seen!(Instance).id()).await?;
                instance::until_terminated(aws, cx, [id.to_owned()].into()).await
            }
            "aws.ec2.internet_gateway" => {
                let gateway = seen!(InternetGateway);
                if let Some(vpc) = internet_gateway::vpc(&gateway) {
                    internet_gateway::detach(aws, cx, id, vpc).await?;
                }
                internet_gateway::delete(aws, cx, id).await
            }
            "aws.ec2.key_pair" => key_pair::delete(aws, cx, seen!(KeyPairInfo).id()).await,
            "aws.ec2.launch_template" => {
                let template = seen!(LaunchTemplate);
                let id = template.launch_template_id().unwrap_or_default();
                launch_template::delete(aws, cx, id).await
            }
            "aws.ec2.nat_gateway" => nat_gateway::delete(aws, cx, seen!(NatGateway).id()).await,
            "aws.ec2.network_interface" => {
                network_interface::delete(aws, cx, seen!(NetworkInterface).id()).await
            }
            "aws.ec2.route_table" => {
                let table = seen!(RouteTable);
                for association in table.associations() {
                    let id = association.route_table_association_id().unwrap_or_default();
                    route_table_association::delete(aws, cx, id).await?;
                }
                route_table::delete(aws, cx, id).await
            }
            "aws.ec2.security_group" => {
                security_group::delete(aws, cx, seen!(SecurityGroup).id()).await
            }
            "aws.ec2.security_group_rule" => {
                let rule = seen!(SecurityGroupRule);
                let direction = match rule.is_egress() {
                    Some(true) => Direction::Egress,
                    _ => Direction::Ingress,
                };
                let group = rule.group_id().unwrap_or_default();
                security_group_rule::revoke(aws, cx, id, group, direction).await
            }
            "aws.ec2.snapshot" => snapshot::delete(aws, cx, seen!(Snapshot).id()).await,
            "aws.ec2.subnet" => subnet::delete(aws, cx, seen!(Subnet).id()).await,
            "aws.ec2.volume" => volume::delete(aws, cx, &seen!(Volume)).await,
            "aws.ec2.vpc" => vpc::delete(aws, cx, seen!(Vpc).id()).await,
            kind => Err(StepError::permanent(format_args!("{kind} cannot be swept"))),
        }
    }

    #[cfg(feature = "autoscaling")]
    async fn autoscaling(&self, aws: &Aws, cx: &Cx) -> Result<(), StepError> {
        use crate::{
            autoscaling::{auto_scaling_group, launch_configuration},
            resource::look,
        };
        use aws_sdk_autoscaling::types::AutoScalingGroup;

        if self.kind == "aws.autoscaling.launch_configuration" {
            return launch_configuration::delete(aws, cx, &self.id).await;
        }
        let group = look::<AutoScalingGroup>(aws, cx, &self.id).await?;
        let Some(group) = group.filter(|group| self.is_ours(group.tags())) else { return Ok(()) };
        let instances = group.instances().iter().filter_map(|instance| instance.instance_id());
        let instances = instances.map(ToOwned::to_owned).collect();
        auto_scaling_group::delete(aws, cx, &group).await?;
        instance::until_terminated(aws, cx, instances).await
    }

    #[cfg(feature = "iam")]
    async fn iam(&self, aws: &Aws, cx: &Cx) -> Result<(), StepError> {
        use crate::{
            iam::{instance_profile, own_role, role},
            resource::look,
        };
        use aws_sdk_iam::types::InstanceProfile;

        if self.kind == "aws.iam.instance_profile" {
            let profile = look::<InstanceProfile>(aws, cx, &self.id).await?;
            return match profile.filter(|profile| self.is_ours(profile.tags())) {
                Some(profile) => instance_profile::delete(aws, cx, &profile).await,
                None => Ok(()),
            };
        }
        let found = own_role::get(aws, cx, &self.id).await?;
        match found.filter(|role| self.is_ours(role.tags())) {
            Some(_) => role::delete(aws, cx, &self.id).await,
            None => Ok(()),
        }
    }

    #[cfg(feature = "ssm")]
    async fn ssm(&self, aws: &Aws, cx: &Cx) -> Result<(), StepError> {
        use crate::ssm::secure_parameter;

        match secure_parameter::tags(aws, cx, &self.id).await? {
            Some(tags) if self.is_ours(&tags) => secure_parameter::delete(aws, cx, &self.id).await,
            _ => Ok(()),
        }
    }

    #[cfg(feature = "elb")]
    async fn elbv2(&self, aws: &Aws, cx: &Cx) -> Result<(), StepError> {
        use crate::{elb, elbv2::tags::tags};

        match tags(aws, cx, &self.id).await? {
            Some(tags) if self.is_ours(&tags) => match &*self.kind {
                "aws.elbv2.target_group" => elb::target_group::delete(aws, cx, &self.id).await,
                _ => elb::load_balancer::delete_newer(aws, cx, &self.id).await,
            },
            _ => Ok(()),
        }
    }

    #[cfg(feature = "elb")]
    async fn kubernetes(&self, aws: &Aws, cx: &Cx) -> Result<(), StepError> {
        use crate::kubernetes::{cluster::Cluster, leftovers, load_balancers};

        if self.seen::<types::Vpc>(aws, cx).await?.is_none() {
            return Ok(());
        }
        let cluster = Cluster(self.cluster.as_deref().unwrap_or_default());
        match &*self.kind {
            LOAD_BALANCERS => load_balancers::clear(aws, cx, cluster, &self.id).await.map(drop),
            _ => leftovers::clear(aws, cx, cluster, &self.id, false).await,
        }
    }
}

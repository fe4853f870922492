//! [`Marked`]: a thing that carries a mark; [`AllMarked`]: all of them in the account and region.

use crate::{
    Aws,
    mark::{RUN, STEP, TOKEN, filter},
    resource::Resource,
    sdk_tag::{SdkTag, value},
};
use aws_sdk_ec2::types;
use hopper_core::{Cx, Lookup, StepError, Value};
use serde::{Deserialize, Serialize};

/// A thing that carries a mark.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Marked {
    pub(super) kind: String,
    pub(super) id: String,
    pub(super) name: Option<String>,
    pub(super) run: String,
    pub(super) step: String,
    pub(super) token: String,
    /// The Kubernetes clusters that its tags name.
    pub(super) clusters: Vec<String>,
}

impl Value for Marked {}

impl Marked {
    /// The thing, if it carries a mark.
    fn of(kind: &str, id: &str, tags: &[impl SdkTag]) -> Option<Self> {
        let text = |key| value(tags, key).map(ToOwned::to_owned);
        Some(Self {
            kind: kind.to_owned(),
            id: id.to_owned(),
            name: text("Name"),
            run: text(RUN)?,
            step: text(STEP).unwrap_or_default(),
            token: text(TOKEN).unwrap_or_default(),
            clusters: clusters(tags),
        })
    }
}

#[cfg(feature = "elb")]
fn clusters(tags: &[impl SdkTag]) -> Vec<String> {
    crate::kubernetes::cluster::Cluster::named_in(tags).map(ToOwned::to_owned).collect()
}

#[cfg(not(feature = "elb"))]
fn clusters(_: &[impl SdkTag]) -> Vec<String> {
    Vec::new()
}

/// Looks for everything that carries a mark. A step, so that its calls are repeated as a step's.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct AllMarked {}

impl Lookup for AllMarked {
    const KIND: &'static str = "aws.marked";
    type Env = Aws;
    type Output = Vec<Marked>;

    async fn look_up(&self, aws: &Aws, cx: &Cx) -> Result<Vec<Marked>, StepError> {
        let mut all = Vec::new();
        macro_rules! ec2 {
            ($($kind:literal $type:ident $tags:ident),* $(,)?) => { $(
                let seen = Box::pin(types::$type::describe(aws, cx, vec![filter("tag-key", RUN)]));
                let seen = seen.await?;
                let live = seen.iter().filter(|thing| !thing.is_husk());
                all.extend(live.filter_map(|thing| Marked::of($kind, thing.id(), thing.$tags())));
            )* };
        }
        ec2! {
            "aws.ec2.address" Address tags,
            "aws.ec2.image" Image tags,
            "aws.ec2.instance" Instance tags,
            "aws.ec2.internet_gateway" InternetGateway tags,
            "aws.ec2.key_pair" KeyPairInfo tags,
            "aws.ec2.launch_template" LaunchTemplate tags,
            "aws.ec2.nat_gateway" NatGateway tags,
            "aws.ec2.network_interface" NetworkInterface tag_set,
            "aws.ec2.route_table" RouteTable tags,
            "aws.ec2.security_group" SecurityGroup tags,
            "aws.ec2.security_group_rule" SecurityGroupRule tags,
            "aws.ec2.snapshot" Snapshot tags,
            "aws.ec2.subnet" Subnet tags,
            "aws.ec2.volume" Volume tags,
            "aws.ec2.vpc" Vpc tags,
        }
        #[cfg(feature = "autoscaling")]
        {
            all.extend(Box::pin(autoscaling::groups(aws, cx)).await?);
            all.extend(Box::pin(autoscaling::launch_configurations(aws, cx)).await?);
        }
        #[cfg(feature = "elb")]
        all.extend(Box::pin(elbv2::balancers_and_groups(aws, cx)).await?);
        #[cfg(feature = "iam")]
        {
            all.extend(Box::pin(iam::profiles(aws, cx)).await?);
            all.extend(Box::pin(iam::roles(aws, cx)).await?);
        }
        #[cfg(feature = "ssm")]
        all.extend(Box::pin(ssm::parameters(aws, cx)).await?);
        Ok(all)
    }
}

#[cfg(feature = "autoscaling")]
mod autoscaling {
    use super::*;
    use crate::{autoscaling::launch_configuration::mark_in, call::read};

    pub(super) async fn groups(aws: &Aws, cx: &Cx) -> Result<Vec<Marked>, StepError> {
        let (mut found, mut next) = (Vec::new(), None);
        loop {
            let call = aws.autoscaling().describe_auto_scaling_groups().set_next_token(next);
            let page = read(aws, cx, "DescribeAutoScalingGroups", || call.clone().send()).await?;
            found.extend(page.auto_scaling_groups().iter().filter_map(|group| {
                let name = group.auto_scaling_group_name().unwrap_or_default();
                Marked::of("aws.autoscaling.auto_scaling_group", name, group.tags())
            }));
            next = page.next_token.filter(|token| !token.is_empty());
            if next.is_none() {
                return Ok(found);
            }
        }
    }

    /// They take no tags: their mark is in their names.
    pub(super) async fn launch_configurations(
        aws: &Aws,
        cx: &Cx,
    ) -> Result<Vec<Marked>, StepError> {
        let (mut found, mut next) = (Vec::new(), None);
        loop {
            let call = aws.autoscaling().describe_launch_configurations().set_next_token(next);
            let page =
                read(aws, cx, "DescribeLaunchConfigurations", || call.clone().send()).await?;
            let names = page.launch_configurations().iter();
            let names = names.filter_map(|seen| seen.launch_configuration_name());
            found.extend(names.filter_map(|name| {
                let (run, token) = mark_in(name)?;
                Some(Marked {
                    kind: "aws.autoscaling.launch_configuration".to_owned(),
                    id: name.to_owned(),
                    name: None,
                    run: run.to_owned(),
                    step: String::new(),
                    token: token.to_owned(),
                    clusters: Vec::new(),
                })
            }));
            next = page.next_token.filter(|token| !token.is_empty());
            if next.is_none() {
                return Ok(found);
            }
        }
    }
}

#[cfg(feature = "elb")]
mod elbv2 {
    use super::*;
    use crate::{
        Tags,
        elb::{Generation, LoadBalancer, TargetGroup},
        mark::elbv2_tags,
    };

    /// Network load balancers, whose listeners go with them, and target groups.
    pub(super) async fn balancers_and_groups(aws: &Aws, cx: &Cx) -> Result<Vec<Marked>, StepError> {
        let of = |kind: &str, arn: &str, tags: &Tags| Marked::of(kind, arn, &elbv2_tags(tags));
        let balancers = LoadBalancer::list(aws, cx, None).await?;
        let newer = balancers.iter().filter(|one| one.generation == Generation::Newer);
        let balancers =
            newer.filter_map(|one| of("aws.elbv2.network_load_balancer", &one.id, &one.tags));
        let groups = TargetGroup::list(aws, cx, None).await?;
        let groups =
            groups.iter().filter_map(|one| of("aws.elbv2.target_group", &one.arn, &one.tags));
        Ok(balancers.chain(groups).collect())
    }
}

#[cfg(feature = "ssm")]
mod ssm {
    use super::*;
    use crate::{call::read, ssm::secure_parameter::tags};
    use aws_sdk_ssm::types::ParameterStringFilter;

    /// Those with a mark; the list shows no tags.
    pub(super) async fn parameters(aws: &Aws, cx: &Cx) -> Result<Vec<Marked>, StepError> {
        let by_mark = ParameterStringFilter::builder().key(format!("tag:{RUN}")).build();
        let by_mark = by_mark.map_err(StepError::permanent)?;
        let (mut found, mut next) = (Vec::new(), None);
        loop {
            let call = aws.ssm().describe_parameters().parameter_filters(by_mark.clone());
            let call = call.set_next_token(next);
            let page = read(aws, cx, "DescribeParameters", || call.clone().send()).await?;
            for name in page.parameters().iter().filter_map(|parameter| parameter.name()) {
                let tags = tags(aws, cx, name).await?.unwrap_or_default();
                found.extend(Marked::of("aws.ssm.secure_parameter", name, &tags));
            }
            next = page.next_token.filter(|token| !token.is_empty());
            if next.is_none() {
                return Ok(found);
            }
        }
    }
}

#[cfg(feature = "iam")]
mod iam {
    //! IAM's lists show no tags: each thing is asked for its own.

    use super::*;
    use crate::{call::read, iam::own_role, resource::look};
    use aws_sdk_iam::types::InstanceProfile;

    pub(super) async fn roles(aws: &Aws, cx: &Cx) -> Result<Vec<Marked>, StepError> {
        let (mut found, mut next) = (Vec::new(), None);
        loop {
            let call = aws.iam().list_roles().set_marker(next);
            let page = read(aws, cx, "ListRoles", || call.clone().send()).await?;
            for role in page.roles() {
                let whole = own_role::get(aws, cx, role.role_name()).await?;
                let kind = "aws.iam.role";
                found
                    .extend(whole.and_then(|role| Marked::of(kind, role.role_name(), role.tags())));
            }
            next = page.marker.filter(|_| page.is_truncated);
            if next.is_none() {
                return Ok(found);
            }
        }
    }

    pub(super) async fn profiles(aws: &Aws, cx: &Cx) -> Result<Vec<Marked>, StepError> {
        let (mut found, mut next) = (Vec::new(), None);
        loop {
            let call = aws.iam().list_instance_profiles().set_marker(next);
            let page = read(aws, cx, "ListInstanceProfiles", || call.clone().send()).await?;
            for profile in page.instance_profiles() {
                let name = profile.instance_profile_name();
                let whole = look::<InstanceProfile>(aws, cx, name).await?;
                let kind = "aws.iam.instance_profile";
                found.extend(whole.and_then(|profile| Marked::of(kind, name, profile.tags())));
            }
            next = page.marker.filter(|_| page.is_truncated);
            if next.is_none() {
                return Ok(found);
            }
        }
    }
}

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
        })
    }
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
            "aws.ec2.snapshot" Snapshot tags,
            "aws.ec2.subnet" Subnet tags,
            "aws.ec2.volume" Volume tags,
            "aws.ec2.vpc" Vpc tags,
        }
        #[cfg(feature = "autoscaling")]
        all.extend(Box::pin(groups(aws, cx)).await?);
        #[cfg(feature = "iam")]
        {
            all.extend(Box::pin(iam::profiles(aws, cx)).await?);
            all.extend(Box::pin(iam::roles(aws, cx)).await?);
        }
        Ok(all)
    }
}

#[cfg(feature = "autoscaling")]
async fn groups(aws: &Aws, cx: &Cx) -> Result<Vec<Marked>, StepError> {
    let (mut found, mut next) = (Vec::new(), None);
    loop {
        let call = aws.autoscaling().describe_auto_scaling_groups().set_next_token(next);
        let page =
            crate::call::read(aws, cx, "DescribeAutoScalingGroups", || call.clone().send()).await?;
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

#[cfg(feature = "iam")]
mod iam {
    //! IAM's lists show no tags: each thing is asked for its own.

    use super::*;
    use crate::call::{read, read_if_any};

    pub(super) async fn roles(aws: &Aws, cx: &Cx) -> Result<Vec<Marked>, StepError> {
        let (mut found, mut next) = (Vec::new(), None);
        loop {
            let call = aws.iam().list_roles().set_marker(next);
            let page = read(aws, cx, "ListRoles", || call.clone().send()).await?;
            for role in page.roles() {
                let call = aws.iam().list_role_tags().role_name(role.role_name());
                let tags = read_if_any(cx, "ListRoleTags", || call.clone().send()).await?;
                let tags = tags.map(|reply| reply.tags).unwrap_or_default();
                found.extend(Marked::of("aws.iam.role", role.role_name(), &tags));
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
                let call = aws.iam().list_instance_profile_tags().instance_profile_name(name);
                let tags =
                    read_if_any(cx, "ListInstanceProfileTags", || call.clone().send()).await?;
                let tags = tags.map(|reply| reply.tags).unwrap_or_default();
                found.extend(Marked::of("aws.iam.instance_profile", name, &tags));
            }
            next = page.marker.filter(|_| page.is_truncated);
            if next.is_none() {
                return Ok(found);
            }
        }
    }
}

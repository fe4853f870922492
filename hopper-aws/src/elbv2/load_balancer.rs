//! [`NetworkLoadBalancer`].

use super::{
    seen::{Seen, Thing, claim, find, left, same},
    tags::{holder, retag},
};
use crate::{
    Aws, LoadBalancerArn, SecurityGroupId, SubnetId, Tags,
    call::{act, read_if_any},
    claim::is_own,
    comparison::Comparison,
    elb,
    error::incomplete,
    made, mark,
    needs::{Draft, Needed, Needs, ask_if_any},
    pace::Pace,
    poll::{Verdict, until},
};
use aws_sdk_elasticloadbalancingv2::types::{
    self, LoadBalancerSchemeEnum, LoadBalancerStateEnum, LoadBalancerTypeEnum,
};
use hopper_core::{Cx, Drift, Found, Input, Made, Step, StepError, outputs};
use serde::{Deserialize, Serialize};

/// Two to three minutes (estimate).
const ACTIVE: Pace = Pace::secs(120, 150, 900);

/// Creates a network load balancer that can be reached from inside its VPC, and waits until it can
/// be used.
///
/// Its security groups are for good: one that is made without any never gets one ("Update the
/// security groups for your Network Load Balancer", Elastic Load Balancing guide).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NetworkLoadBalancer {
    /// Its name: at most 32 letters, digits and hyphens.
    pub name: String,
    /// The subnets it is in: one of a zone.
    pub subnets: Vec<Input<SubnetId>>,
    /// Who may talk to it, and to whom it may.
    pub security_groups: Vec<Input<SecurityGroupId>>,
    /// Its tags.
    pub tags: Tags,
}

outputs! {
    /// A network load balancer.
    pub struct NetworkLoadBalancerOut -> NetworkLoadBalancerRefs {
        /// Its ARN.
        arn: LoadBalancerArn,
        /// The name it is reached by.
        dns_name: String,
    }
}

impl Needs for NetworkLoadBalancer {
    fn needs(&self, _: &Draft, needs: &mut Needed) {
        needs.calls(&[
            "elasticloadbalancing:AddTags",
            "elasticloadbalancing:CreateLoadBalancer",
            "elasticloadbalancing:DeleteLoadBalancer",
            "elasticloadbalancing:DescribeLoadBalancers",
            "elasticloadbalancing:DescribeTags",
        ]);
        let (put, take_away) = ("elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags");
        let look = ["elasticloadbalancing:DescribeLoadBalancers", put];
        needs.retags(None, &look, &[take_away]);
        needs.changes(&["tags"], &["elasticloadbalancing:DescribeTags"]);
        needs.name("load balancer", &self.name, |aws, name| async move {
            let call = aws.elbv2().describe_load_balancers().names(name);
            let reply = ask_if_any("DescribeLoadBalancers", || call.clone().send()).await?;
            let seen = reply.and_then(|reply| reply.load_balancers).into_iter().flatten().next();
            let Some(arn) = seen.and_then(|seen| seen.load_balancer_arn) else { return Ok(None) };
            holder(&aws, &arn).await
        });
    }
}

impl Step for NetworkLoadBalancer {
    const KIND: &'static str = "aws.elbv2.network_load_balancer";
    const ATOMIC: bool = true;
    const UPDATES: &'static [&'static str] = &["tags"];
    type Env = Aws;
    type Output = NetworkLoadBalancerOut;

    async fn run(&self, aws: &Aws, cx: &Cx) -> Result<NetworkLoadBalancerOut, StepError> {
        made::once(aws, cx, || self.create(aws, cx)).await?;
        aws.fresh().add(&self.name);
        until(aws, cx, &self.name, ACTIVE, cx.age(), |seen| active(cx, seen)).await
    }

    async fn find(&self, aws: &Aws, cx: &Cx) -> Result<Found<NetworkLoadBalancerOut>, StepError> {
        let seen = match find::<types::LoadBalancer, _>(aws, cx, &self.name).await? {
            Ok(seen) => seen,
            Err(found) => return Ok(found),
        };
        match active(cx, Some(&seen)) {
            Verdict::Ready(output) => Ok(Found::Present(output)),
            Verdict::NotYet(_) => made::underway(cx, seen.thing.arn()).await,
            Verdict::Never(_) => Ok(Found::Partly),
        }
    }

    async fn undo(
        &self,
        aws: &Aws,
        cx: &Cx,
        made: Made<'_, NetworkLoadBalancerOut>,
    ) -> Result<(), StepError> {
        let done = made.done().map(|balancer| balancer.arn.as_str());
        match left::<types::LoadBalancer>(aws, cx, &self.name, done).await? {
            Some(arn) => elb::load_balancer::delete_newer(aws, cx, &arn).await,
            None => Ok(()),
        }
    }

    async fn update(
        &self,
        aws: &Aws,
        cx: &Cx,
        was: &Self,
        out: &NetworkLoadBalancerOut,
    ) -> Result<NetworkLoadBalancerOut, StepError> {
        let arn = out.arn.as_str();
        let Some(seen) = same::<types::LoadBalancer>(aws, cx, &self.name, arn).await? else {
            return Err(StepError::permanent(format_args!("load balancer {arn} is gone")));
        };
        retag(aws, cx, arn, (&was.tags, &self.tags), &seen.tags).await?;
        Ok(out.clone())
    }

    async fn check(
        &self,
        aws: &Aws,
        cx: &Cx,
        out: &NetworkLoadBalancerOut,
    ) -> Result<Vec<Drift>, StepError> {
        let seen = same::<types::LoadBalancer>(aws, cx, &self.name, out.arn.as_str()).await?;
        let Some(Seen { thing, tags, .. }) = seen else {
            return Ok(vec![Drift::gone(format_args!("load balancer {}", self.name))]);
        };
        let state = thing.state().and_then(|state| state.code());
        let zones = thing.availability_zones().iter().filter_map(|zone| zone.subnet_id());
        let subnets = self.subnets.iter().map(|subnet| cx.get(subnet).as_str());
        let groups = self.security_groups.iter().map(|group| cx.get(group).as_str());
        let seen = thing.security_groups().iter().map(String::as_str);
        Ok(Comparison::new()
            .optional("LoadBalancerName", &self.name, thing.load_balancer_name())
            .optional("DNSName", &out.dns_name, thing.dns_name())
            .optional("State.Code", LoadBalancerStateEnum::Active, state)
            .optional("Scheme", LoadBalancerSchemeEnum::Internal, thing.scheme())
            .set("AvailabilityZones.SubnetId", subnets, zones)
            .set("SecurityGroups", groups, seen)
            .tags(&mark::with(aws, cx, &self.tags), &tags)
            .drift())
    }
}

impl NetworkLoadBalancer {
    async fn create(&self, aws: &Aws, cx: &Cx) -> Result<LoadBalancerArn, StepError> {
        if let Some(arn) = claim::<types::LoadBalancer>(aws, cx, &self.name).await? {
            return Ok(arn.into());
        }
        let subnets = self.subnets.iter().map(|subnet| cx.get(subnet).to_string()).collect();
        let groups = self.security_groups.iter().map(|group| cx.get(group).to_string()).collect();
        let call = aws
            .elbv2()
            .create_load_balancer()
            .name(&self.name)
            .r#type(LoadBalancerTypeEnum::Network)
            .scheme(LoadBalancerSchemeEnum::Internal)
            .set_subnets(Some(subnets))
            .set_security_groups(Some(groups))
            .set_tags(Some(mark::elbv2_tags(&mark::with(aws, cx, &self.tags))));
        let reply = act(aws, cx, "CreateLoadBalancer", || call.clone().send()).await?;
        let made = reply.load_balancers.into_iter().flatten().next();
        let arn = made.and_then(|made| made.load_balancer_arn);
        arn.map(LoadBalancerArn::from).ok_or_else(|| incomplete("CreateLoadBalancer", "ARN"))
    }
}

/// Whether it can be used.
fn active(cx: &Cx, seen: Option<&Seen<types::LoadBalancer>>) -> Verdict<NetworkLoadBalancerOut> {
    let Some(seen) = seen else { return Verdict::NotYet("not visible".to_owned()) };
    if !is_own(cx, &seen.tags) {
        return Verdict::Never(seen.conflict());
    }
    let state = seen.thing.state();
    match state.and_then(|state| state.code()) {
        Some(LoadBalancerStateEnum::Active) => match seen.thing.dns_name() {
            Some(name) => Verdict::Ready(NetworkLoadBalancerOut {
                arn: seen.thing.arn().into(),
                dns_name: name.to_owned(),
            }),
            None => Verdict::Never(incomplete("DescribeLoadBalancers", "DNS name")),
        },
        Some(LoadBalancerStateEnum::Provisioning) | None => {
            Verdict::NotYet("provisioning".to_owned())
        }
        Some(code) => {
            let why = state.and_then(|state| state.reason()).unwrap_or("no reason given");
            let arn = seen.thing.arn();
            Verdict::Never(StepError::permanent(format_args!("{arn} is {code}: {why}")))
        }
    }
}

impl Thing for types::LoadBalancer {
    const NOUN: &'static str = "load balancer";

    async fn get(aws: &Aws, cx: &Cx, name: &str) -> Result<Option<Self>, StepError> {
        let call = aws.elbv2().describe_load_balancers().names(name);
        let reply = read_if_any(cx, "DescribeLoadBalancers", || call.clone().send()).await?;
        let seen = reply.and_then(|reply| reply.load_balancers).into_iter().flatten();
        Ok(seen.into_iter().find(|seen| seen.load_balancer_name() == Some(name)))
    }

    fn arn(&self) -> &str {
        self.load_balancer_arn().unwrap_or_default()
    }
}

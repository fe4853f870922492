//! [`AutoScalingGroup`]: as many instances as are wanted, whatever happens to each.

use super::{LaunchSource, activity, launch_source, leftovers};
use crate::{
    AutoScalingGroupName, Aws, SubnetId, Tags,
    blockers::Blocked,
    call::{act, read},
    claim::{is_own, maker},
    comparison::Comparison,
    error::incomplete,
    made::{self, sought_by_key, until_some},
    mark,
    needs::{Draft, Holder, Needed, Needs, Place, ask},
    pace::Pace,
    poll::{Verdict, until},
    removal::{Removal, remove},
    resource::{Polled, look},
    rest::{REST, counts},
    sdk_tag,
};
use aws_sdk_autoscaling::types::{self, LifecycleState};
use hopper_core::{Class, Cx, Drift, Found, Input, Made, Step, StepError, outputs};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, time::Duration};

/// Its instances are in service after 45 s (public logs: 41 to 47).
const IN_SERVICE: Pace = Pace::secs(38, 45, 600);
/// Usually 75 s, for its instances are terminated first (public logs: 60 to 390).
const GONE: Pace = Pace::secs(55, 75, 900);
/// The note that holds the ids of the instances, before the group that knows them goes.
const INSTANCES: &str = "instances";

/// Creates an Auto Scaling group, and waits until as many instances as desired are in service:
/// not until they answer.
///
/// Sizes, tags, grace and launch source change in place. Instances that are there stay as they
/// were launched: what changes about the source or the tags is true of those launched from then
/// on.
///
/// The first group of an account has AWS make a role for the service, which is not this step's,
/// and stays.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AutoScalingGroup {
    /// Its name, which only one group of the region can have.
    pub name: String,
    /// How many instances it has at least.
    pub min: u16,
    /// How many instances it has at most.
    pub max: u16,
    /// How many instances it shall have now.
    pub desired: u16,
    /// The subnets they are in, each in another zone.
    pub subnets: Vec<Input<SubnetId>>,
    /// What they are launched from.
    pub launch: LaunchSource,
    /// How long a new instance may be unhealthy, to the second.
    pub health_check_grace: Duration,
    /// Its tags, and those of its instances.
    pub tags: Tags,
}

outputs! {
    /// An Auto Scaling group.
    pub struct AutoScalingGroupOut -> AutoScalingGroupRefs {
        /// Its name.
        name: AutoScalingGroupName,
        /// Its ARN, which no other group ever has.
        arn: String,
    }
}

impl Needs for AutoScalingGroup {
    fn needs(&self, draft: &Draft, needs: &mut Needed) {
        needs.calls(&["autoscaling:CreateAutoScalingGroup", "autoscaling:CreateOrUpdateTags"]);
        needs.calls(&["autoscaling:DeleteAutoScalingGroup"]);
        needs.calls(&["autoscaling:DescribeAutoScalingGroups", "ec2:DescribeInstances"]);
        needs.calls(&["autoscaling:DescribeScalingActivities"]);
        let (update, tags) =
            ("autoscaling:UpdateAutoScalingGroup", "autoscaling:CreateOrUpdateTags");
        needs.changes(Self::UPDATES, &[update, tags, "autoscaling:DescribeAutoScalingGroups"]);
        needs.changes(Self::UPDATES, &["autoscaling:DescribeScalingActivities"]);
        needs.retags(None, &[], &["autoscaling:DeleteTags"]);
        let template = match &self.launch {
            LaunchSource::Template { id, .. } => {
                // Auto Scaling asks whether the caller may launch what the template says.
                needs.calls(&["ec2:RunInstances"]);
                needs.changes(Self::UPDATES, &["ec2:RunInstances"]);
                Place::of(draft, id)
            }
            LaunchSource::Configuration { name } => Place::of(draft, name),
        };
        let subnets = self.subnets.iter().map(|subnet| Place::of(draft, subnet)).collect();
        needs.launches_from(template, self.desired.into(), subnets);
        needs.name("Auto Scaling group", &self.name, |aws, name| async move {
            let call = aws.autoscaling().describe_auto_scaling_groups();
            let call = call.auto_scaling_group_names(name);
            let reply = ask("DescribeAutoScalingGroups", || call.clone().send()).await?;
            Ok(reply.auto_scaling_groups().first().map(|group| Holder::of(group.tags())))
        });
    }
}

impl Step for AutoScalingGroup {
    const KIND: &'static str = "aws.autoscaling.auto_scaling_group";
    const ATOMIC: bool = true;
    /// Where it launches is not among them: AWS leaves the instances that are there in subnets of
    /// which the group knows nothing any more.
    const UPDATES: &'static [&'static str] =
        &["desired", "health_check_grace", "launch", "max", "min", "tags"];
    type Env = Aws;
    type Output = AutoScalingGroupOut;

    async fn run(&self, aws: &Aws, cx: &Cx) -> Result<AutoScalingGroupOut, StepError> {
        made::once(aws, cx, || self.create(aws, cx)).await?;
        self.wait(aws, cx, cx.age(), |group| self.in_service(group)).await
    }

    async fn find(&self, aws: &Aws, cx: &Cx) -> Result<Found<AutoScalingGroupOut>, StepError> {
        let group = match sought_by_key::<types::AutoScalingGroup>(aws, cx, &self.name).await? {
            Some(group) => group,
            None if made::noted::<String>(cx).is_some() => return Ok(Found::Partly),
            None => return Ok(Found::Absent),
        };
        if !is_own(cx, group.tags()) {
            return Ok(Found::Conflict(taken(&group)));
        }
        match self.in_service(Some(&group)) {
            Verdict::Ready(output) => Ok(Found::Present(output)),
            Verdict::NotYet(_) => made::underway(cx, &self.name).await,
            Verdict::Never(_) => Ok(Found::Partly),
        }
    }

    async fn undo(
        &self,
        aws: &Aws,
        cx: &Cx,
        made: Made<'_, AutoScalingGroupOut>,
    ) -> Result<(), StepError> {
        let is_ours = |group: &types::AutoScalingGroup| match made.done() {
            Some(out) => group.auto_scaling_group_arn() == Some(&*out.arn),
            None => is_own(cx, group.tags()),
        };
        let mut instances: BTreeSet<String> = cx.noted(INSTANCES).unwrap_or_default();
        if let Some(group) = self.get(aws, cx).await?.filter(is_ours) {
            // Once it is gone nobody can tell what it had.
            let has = group.instances().iter().filter_map(|instance| instance.instance_id());
            instances.extend(has.map(ToOwned::to_owned));
            cx.note(INSTANCES, &instances).await?;
            delete(aws, cx, &group).await?;
        }
        leftovers::clear(aws, cx, instances).await
    }

    async fn update(
        &self,
        aws: &Aws,
        cx: &Cx,
        was: &Self,
        out: &AutoScalingGroupOut,
    ) -> Result<AutoScalingGroupOut, StepError> {
        let group = self.get(aws, cx).await?;
        let group = group.filter(|group| group.auto_scaling_group_arn() == Some(&*out.arn));
        let Some(group) = group else {
            return Err(StepError::permanent(format_args!("{} is gone", out.name)));
        };
        // Those that go are waited for when it is undone: nobody can tell then what it had.
        let has = group.instances().iter().filter_map(|instance| instance.instance_id());
        let mut instances: BTreeSet<String> = cx.noted(INSTANCES).unwrap_or_default();
        instances.extend(has.map(ToOwned::to_owned));
        cx.note(INSTANCES, &instances).await?;
        let call = aws
            .autoscaling()
            .update_auto_scaling_group()
            .auto_scaling_group_name(&self.name)
            .min_size(self.min.into())
            .max_size(self.max.into())
            .desired_capacity(self.desired.into())
            .set_launch_template(self.launch.template(cx))
            .set_launch_configuration_name(self.launch.configuration(cx))
            .health_check_grace_period(self.grace());
        act(aws, cx, "UpdateAutoScalingGroup", || call.clone().send()).await?;
        self.retag(aws, cx, was).await?;
        self.wait(aws, cx, Duration::ZERO, |group| self.exactly_in_service(group)).await
    }

    async fn check(
        &self,
        aws: &Aws,
        cx: &Cx,
        out: &AutoScalingGroupOut,
    ) -> Result<Vec<Drift>, StepError> {
        let Some(group) = look::<types::AutoScalingGroup>(aws, cx, &self.name).await? else {
            return Ok(vec![Drift::gone(&out.name)]);
        };
        let subnets = group.vpc_zone_identifier().unwrap_or_default();
        let subnets = subnets.split(',').map(str::trim).filter(|id| !id.is_empty());
        let launch = self.launch.text(cx);
        // At rest for the night it has nothing, and its tag says what it had.
        let rest = sdk_tag::value(group.tags(), REST).and_then(counts);
        let now = (group.min_size(), group.desired_capacity());
        let at_rest = rest.filter(|_| now == (Some(0), Some(0)));
        let (min, desired) = at_rest.map_or(now, |(min, n)| (Some(min), Some(n)));
        let wanted = if at_rest.is_some() { 0 } else { self.desired };
        Ok(Comparison::new()
            .optional("autoScalingGroupARN", &out.arn, group.auto_scaling_group_arn())
            .optional("status", "none", group.status())
            .optional("minSize", self.min, min)
            .optional("maxSize", self.max, group.max_size())
            .optional("desiredCapacity", self.desired, desired)
            .field("instancesInService", wanted, n_in_service(&group))
            .set("vpcZoneIdentifier", self.subnets(cx), subnets)
            .optional("launchSource", launch.unwrap_or_default(), launch_source::of(&group))
            .optional(
                "healthCheckGracePeriod",
                self.health_check_grace.as_secs(),
                group.health_check_grace_period(),
            )
            .tags(&mark::with(aws, cx, &self.tags), group.tags())
            .drift())
    }
}

impl AutoScalingGroup {
    async fn create(&self, aws: &Aws, cx: &Cx) -> Result<AutoScalingGroupName, StepError> {
        let call = aws
            .autoscaling()
            .create_auto_scaling_group()
            .auto_scaling_group_name(&self.name)
            .min_size(self.min.into())
            .max_size(self.max.into())
            .desired_capacity(self.desired.into())
            .vpc_zone_identifier(self.subnets(cx).collect::<Vec<_>>().join(","))
            .set_launch_template(self.launch.template(cx))
            .set_launch_configuration_name(self.launch.configuration(cx))
            .health_check_grace_period(self.grace())
            .set_tags(Some(mark::autoscaling_tags(&self.name, &mark::with(aws, cx, &self.tags))));
        let name = AutoScalingGroupName::from(self.name.as_str());
        match act(aws, cx, "CreateAutoScalingGroup", || call.clone().send()).await {
            Ok(_) => Ok(name),
            Err(error) if error.code() == Some("AlreadyExists") => {
                let look = || look::<types::AutoScalingGroup>(aws, cx, &self.name);
                match until_some(cx, look).await? {
                    Some(group) if is_own(cx, group.tags()) => Ok(name),
                    Some(group) => Err(error.with_hint(taken(&group))),
                    None => Err(error),
                }
            }
            Err(error) => Err(error),
        }
    }

    fn grace(&self) -> i32 {
        i32::try_from(self.health_check_grace.as_secs()).unwrap_or(i32::MAX)
    }

    /// Waits for its instances, telling what happens to them meanwhile.
    async fn wait(
        &self,
        aws: &Aws,
        cx: &Cx,
        age: Duration,
        verdict: impl Fn(Option<&types::AutoScalingGroup>) -> Verdict<AutoScalingGroupOut> + Send,
    ) -> Result<AutoScalingGroupOut, StepError> {
        let in_service = until(aws, cx, &self.name, IN_SERVICE, age, verdict);
        let outcome = tokio::select! {
            biased;
            outcome = in_service => outcome,
            never = activity::tell(aws, cx, &self.name) => match never {},
        };
        match outcome {
            Err(error) if error.class() == Class::Permanent && error.code().is_none() => {
                Err(match activity::latest(aws, cx, &self.name).await {
                    Some(activity) => error.with_hint(format!("the latest activity: {activity}")),
                    None => error,
                })
            }
            outcome => outcome,
        }
    }

    /// Puts the tags that are wanted, and takes those away that only were. Instances that are
    /// there keep theirs.
    async fn retag(&self, aws: &Aws, cx: &Cx, was: &Self) -> Result<(), StepError> {
        let now = mark::with(aws, cx, &self.tags);
        let gone = mark::with(aws, cx, &was.tags);
        let gone = gone.iter().filter(|(key, _)| now.get(key).is_none());
        let gone: Tags = gone.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        if !gone.is_empty() {
            let tags = mark::autoscaling_tags(&self.name, &gone);
            let call = aws.autoscaling().delete_tags().set_tags(Some(tags));
            act(aws, cx, "DeleteTags", || call.clone().send()).await?;
        }
        let tags = mark::autoscaling_tags(&self.name, &now);
        let call = aws.autoscaling().create_or_update_tags().set_tags(Some(tags));
        act(aws, cx, "CreateOrUpdateTags", || call.clone().send()).await.map(drop)
    }

    /// The group, with patience when it was made a moment ago.
    async fn get(&self, aws: &Aws, cx: &Cx) -> Result<Option<types::AutoScalingGroup>, StepError> {
        match aws.fresh().age(&self.name) {
            Some(_) => until_some(cx, || look(aws, cx, &self.name)).await,
            None => look(aws, cx, &self.name).await,
        }
    }

    /// Whether it has as many instances in service as it shall have.
    fn in_service(&self, seen: Option<&types::AutoScalingGroup>) -> Verdict<AutoScalingGroupOut> {
        let Some(group) = seen else { return Verdict::NotYet("not visible".to_owned()) };
        if let Some(status) = group.status() {
            let status = format_args!("{}: {status}: somebody else has deleted it", self.name);
            return Verdict::Never(StepError::permanent(status));
        }
        let n = n_in_service(group);
        if n < self.desired.into() {
            return Verdict::NotYet(format!("at {n} of {} instances in service", self.desired));
        }
        match group.auto_scaling_group_arn() {
            Some(arn) => Verdict::Ready(AutoScalingGroupOut {
                name: AutoScalingGroupName::from(self.name.as_str()),
                arn: arn.to_owned(),
            }),
            None => Verdict::Never(incomplete("DescribeAutoScalingGroups", "ARN")),
        }
    }

    /// Whether it has just as many instances as it shall have, all in service.
    fn exactly_in_service(
        &self,
        seen: Option<&types::AutoScalingGroup>,
    ) -> Verdict<AutoScalingGroupOut> {
        let n = seen.map_or(0, |group| group.instances().len());
        match self.in_service(seen) {
            Verdict::Ready(_) if usize::from(self.desired) < n => {
                Verdict::NotYet(format!("at {n} instances, and {} are to stay", self.desired))
            }
            verdict => verdict,
        }
    }

    fn subnets<'a>(&'a self, cx: &'a Cx) -> impl Iterator<Item = &'a str> {
        self.subnets.iter().map(|subnet| cx.get(subnet).as_str())
    }
}

fn n_in_service(group: &types::AutoScalingGroup) -> usize {
    let is = |i: &&types::Instance| i.lifecycle_state() == Some(&LifecycleState::InService);
    group.instances().iter().filter(is).count()
}

/// Deletes a group with its instances, and waits until it is gone; they may take longer.
pub(crate) async fn delete(
    aws: &Aws,
    cx: &Cx,
    group: &types::AutoScalingGroup,
) -> Result<(), StepError> {
    let name = group.key();
    // Else somebody has deleted it already.
    if group.status().is_none() {
        let call = aws.autoscaling().delete_auto_scaling_group();
        let call = call.auto_scaling_group_name(name).force_delete(true);
        let removal = Removal::new("DeleteAutoScalingGroup", name, Blocked::Unknown);
        let passing = &["ScalingActivityInProgress", "ResourceInUse", "ResourceContention"];
        remove(aws, cx, Removal { passing, ..removal }, || call.clone().send()).await?;
    }
    until(aws, cx, name, GONE, Duration::ZERO, gone).await
}

fn gone(group: Option<&types::AutoScalingGroup>) -> Verdict<()> {
    match group {
        None => Verdict::Ready(()),
        Some(group) => {
            let n = group.instances().len();
            Verdict::NotYet(format!("there with {n} instances"))
        }
    }
}

/// Whose the name is.
fn taken(by: &types::AutoScalingGroup) -> String {
    let end = match by.status() {
        Some(_) => "wait until it is gone",
        None => "delete it",
    };
    format!(
        "Auto Scaling group \"{}\" was {}: {end}, or choose another name",
        by.key(),
        maker(by.tags())
    )
}

impl Polled for types::AutoScalingGroup {
    /// `MaxRecords` unless it is given ("DescribeAutoScalingGroups", Auto Scaling API reference).
    const MOST: usize = 50;

    async fn look_up(aws: &Aws, cx: &Cx, names: Vec<String>) -> Result<Vec<Self>, StepError> {
        let call = aws.autoscaling().describe_auto_scaling_groups();
        let call = call.set_auto_scaling_group_names(Some(names));
        let reply = read(aws, cx, "DescribeAutoScalingGroups", || call.clone().send()).await?;
        Ok(reply.auto_scaling_groups.unwrap_or_default())
    }

    fn key(&self) -> &str {
        self.auto_scaling_group_name().unwrap_or_default()
    }
}

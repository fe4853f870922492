//! [`Activity`]: what a group has done or is doing, as `DescribeScalingActivities` tells it.

use serde::{Deserialize, Serialize};

use super::error::no_group;
use super::page::{self, Size, listed};
use crate::Time;
use crate::wire::{Answer, Xml};
use crate::world::World;

/// One launch or one termination of a group, or an instance moved in or out of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// Its id.
    pub id: String,
    /// Its place among all activities.
    pub number: u64,
    /// The group's name.
    pub group_name: String,
    /// The group's ARN, which tells groups of the same name apart.
    pub group_arn: String,
    /// Whether the group is gone.
    pub is_of_deleted_group: bool,
    /// What it does.
    pub description: String,
    /// Why it does it.
    pub cause: String,
    /// When it began.
    pub start_time: Time,
    /// When it ended.
    pub end_time: Option<Time>,
    /// How far it is.
    pub status: ActivityStatus,
    /// Why it failed or was cancelled.
    pub status_message: Option<String>,
    /// The instance it is about, as soon as there is one.
    pub instance_id: Option<String>,
    /// The subnet and the zone it concerns.
    pub place: Option<(String, String)>,
}

/// How far an activity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ActivityStatus {
    /// A launch has not begun yet.
    PreInService,
    /// It is under way.
    InProgress,
    /// It is done.
    Successful,
    /// It came to nothing.
    Failed,
    /// It was given up.
    Cancelled,
}

impl ActivityStatus {
    fn name(self) -> &'static str {
        match self {
            Self::PreInService => "PreInService",
            Self::InProgress => "InProgress",
            Self::Successful => "Successful",
            Self::Failed => "Failed",
            Self::Cancelled => "Cancelled",
        }
    }

    fn progress(self) -> u8 {
        match self {
            Self::PreInService => 0,
            Self::InProgress => 50,
            Self::Successful | Self::Failed | Self::Cancelled => 100,
        }
    }
}

impl Activity {
    /// Whether it has not ended.
    pub(super) fn is_running(&self) -> bool {
        self.end_time.is_none()
    }

    /// Whether it is a launch that has not begun yet.
    pub(super) fn is_launch_to_come(&self) -> bool {
        self.status == ActivityStatus::PreInService
    }

    /// How describes show it, and the calls that begin it.
    pub(super) fn show(&self) -> Xml {
        let details = match &self.place {
            None => serde_json::json!({}),
            Some((subnet, zone)) => {
                serde_json::json!({"Subnet ID": subnet, "Availability Zone": zone})
            }
        };
        let reason = self.status_message.as_ref();
        // Failures repeat their reason here, after two spaces (public logs).
        let reason = reason.map_or_else(String::new, |why| format!(".  Status Reason: {why}"));
        Xml::new()
            .text("ActivityId", &self.id)
            .text("AutoScalingGroupName", &self.group_name)
            .text("AutoScalingGroupARN", &self.group_arn)
            .opt("AutoScalingGroupState", self.is_of_deleted_group.then_some("Deleted"))
            .text("Description", format!("{}{reason}", self.description))
            .text("Cause", &self.cause)
            .text("StartTime", self.start_time)
            .opt("EndTime", self.end_time)
            .text("StatusCode", self.status.name())
            .opt("StatusMessage", self.status_message.as_ref())
            .text("Progress", self.status.progress())
            .text("Details", details)
    }
}

/// Begins an activity of a group and gives its id.
pub(super) fn begin(
    world: &mut World,
    (group_name, group_arn): (&str, &str),
    status: ActivityStatus,
    description: impl Into<String>,
    cause: impl Into<String>,
) -> String {
    let id = world.machinery.ids.uuid("activity");
    let number = world.autoscaling.activities.values().map(|other| other.number).max();
    let activity = Activity {
        id: id.clone(),
        number: number.map_or(0, |last| last + 1),
        group_name: group_name.to_owned(),
        group_arn: group_arn.to_owned(),
        is_of_deleted_group: false,
        description: description.into(),
        cause: cause.into(),
        start_time: world.now,
        end_time: None,
        status,
        status_message: None,
        instance_id: None,
        place: None,
    };
    world.autoscaling.activities.insert(id.clone(), activity);
    id
}

/// Ends an activity, unless it has ended already.
pub(super) fn end(world: &mut World, id: &str, status: ActivityStatus, why: Option<String>) {
    let now = world.now;
    let activity = world.autoscaling.activities.get_mut(id);
    if let Some(activity) = activity.filter(|activity| activity.is_running()) {
        activity.status = status;
        activity.status_message = why;
        activity.end_time = Some(now);
    }
}

/// The activities of a group.
pub(super) fn of_group<'a>(world: &'a World, arn: &'a str) -> impl Iterator<Item = &'a Activity> {
    world.autoscaling.activities.values().filter(move |activity| activity.group_arn == arn)
}

/// The ids of the launches of a group that have not begun, the first one first.
pub(super) fn launches_to_come(world: &World, arn: &str) -> Vec<String> {
    let mut launches: Vec<_> =
        of_group(world, arn).filter(|activity| activity.is_launch_to_come()).collect();
    launches.sort_by_key(|activity| activity.number);
    launches.into_iter().map(|activity| activity.id.clone()).collect()
}

/// The activities of a deleted group are not listed any more. AWS lists them for six weeks; here
/// it is as long as everything that is gone.
pub(super) fn forgotten(world: &mut World, arn: &str) {
    world.autoscaling.activities.retain(|_, activity| activity.group_arn != arn);
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct DescribeScalingActivities {
    auto_scaling_group_name: Option<String>,
    #[serde(default)]
    activity_ids: Vec<String>,
    #[serde(default)]
    include_deleted_groups: bool,
    max_records: Option<usize>,
    next_token: Option<String>,
}

/// Lists activities, the last one first.
pub(super) fn describe(world: &mut World, input: &DescribeScalingActivities) -> Answer {
    let name = input.auto_scaling_group_name.as_deref();
    if let Some(name) = name
        && !input.include_deleted_groups
        && !world.autoscaling.groups.contains_key(name)
    {
        return Err(no_group(name));
    }
    let activities = world.autoscaling.activities.values().filter(|activity| {
        (input.include_deleted_groups || !activity.is_of_deleted_group)
            && name.is_none_or(|name| activity.group_name == name)
            && (input.activity_ids.is_empty() || input.activity_ids.contains(&activity.id))
    });
    let mut activities: Vec<_> = activities
        .map(|activity| (format!("{:020}", u64::MAX - activity.number), activity))
        .collect();
    activities.sort_by(|(one, _), (other, _)| one.cmp(other));
    let size = Size { usual: 100, most: 100 };
    let (page, next_token) =
        page::cut(activities, size, input.max_records, input.next_token.as_deref())?;
    Ok(listed("Activities", page.into_iter().map(Activity::show), next_token))
}

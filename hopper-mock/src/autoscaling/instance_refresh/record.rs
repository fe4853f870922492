//! [`InstanceRefresh`]: the record.

use serde::{Deserialize, Serialize};

use crate::Time;
use crate::wire::Xml;

/// A refresh of a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstanceRefresh {
    /// Its id.
    pub id: String,
    /// The group's name.
    pub group_name: String,
    /// The group's ARN.
    pub group_arn: String,
    /// How far it is.
    pub status: RefreshStatus,
    /// Why it is so.
    pub status_reason: Option<String>,
    /// When it began.
    pub start_time: Time,
    /// When it ended.
    pub end_time: Option<Time>,
    /// The instances still to replace, the next one first.
    pub remaining: Vec<String>,
    /// How many instances it replaces in all.
    pub n_instances: usize,
    /// Since when it waits for the last replacement to warm up, and until when.
    pub warm_at: Option<Time>,
    /// Whether it waits for the replacement of an instance it has terminated.
    pub is_replacing: bool,
    /// Since when it waits for protected instances.
    pub waiting_since: Option<Time>,
    /// How many seconds a replacement needs to warm up.
    pub instance_warmup: u32,
    /// The least percentage of instances in service that the request asks for.
    pub min_healthy_percentage: u32,
    /// Whether instances that are launched from what the group has now stay.
    pub skips_matching: bool,
    /// What is done about protected instances: `Refresh`, `Ignore` or `Wait`.
    pub protected_instances: String,
}

/// How far a refresh is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RefreshStatus {
    /// It has not begun yet.
    Pending,
    /// It replaces instances.
    InProgress,
    /// It has replaced all instances.
    Successful,
    /// It was given up.
    Failed,
    /// It is being cancelled.
    Cancelling,
    /// It was cancelled.
    Cancelled,
}

impl RefreshStatus {
    fn name(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::InProgress => "InProgress",
            Self::Successful => "Successful",
            Self::Failed => "Failed",
            Self::Cancelling => "Cancelling",
            Self::Cancelled => "Cancelled",
        }
    }
}

impl InstanceRefresh {
    /// Whether it has begun or is about to, and nobody has cancelled it.
    pub(super) fn is_active(&self) -> bool {
        matches!(self.status, RefreshStatus::Pending | RefreshStatus::InProgress)
    }

    /// Whether it keeps another one from starting.
    pub(super) fn is_blocking(&self) -> bool {
        self.end_time.is_none()
    }

    /// How many instances are not replaced yet.
    fn n_to_update(&self) -> usize {
        self.remaining.len() + usize::from(self.is_replacing)
    }

    /// How describes show it.
    pub(super) fn show(&self) -> Xml {
        let n_done = self.n_instances.saturating_sub(self.n_to_update());
        let percentage = match (self.n_instances, self.status) {
            (0, RefreshStatus::Pending) => 0,
            (0, _) => 100,
            (all, _) => n_done * 100 / all,
        };
        let preferences = Xml::new()
            .text("MinHealthyPercentage", self.min_healthy_percentage)
            .text("InstanceWarmup", self.instance_warmup)
            .text("SkipMatching", self.skips_matching)
            .text("AutoRollback", false)
            .text("ScaleInProtectedInstances", &self.protected_instances)
            .text("StandbyInstances", "Ignore");
        Xml::new()
            .text("InstanceRefreshId", &self.id)
            .text("AutoScalingGroupName", &self.group_name)
            .text("Status", self.status.name())
            .opt("StatusReason", self.status_reason.as_ref())
            .text("StartTime", self.start_time)
            .opt("EndTime", self.end_time)
            .text("PercentageComplete", percentage)
            .text("InstancesToUpdate", self.n_to_update())
            .node("Preferences", preferences)
    }
}

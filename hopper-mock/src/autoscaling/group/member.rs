//! [`GroupInstance`]: an instance as its group knows it.

use serde::{Deserialize, Serialize};

use crate::Time;
use crate::autoscaling::LaunchSource;
use crate::wire::Xml;

/// An instance of a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupInstance {
    /// Its id in EC2.
    pub id: String,
    /// Its type.
    pub instance_type: String,
    /// The zone it is in.
    pub availability_zone: String,
    /// The subnet it is in.
    pub subnet_id: String,
    /// Where it is in its life in the group.
    pub state: LifecycleState,
    /// Whether the group believes it to be well.
    pub is_healthy: bool,
    /// What it was launched from.
    pub source: LaunchSource,
    /// Whether a group that shrinks leaves it alone.
    pub is_protected: bool,
    /// When it was launched.
    pub launch_time: Time,
    /// Since when it is in service.
    pub in_service_since: Option<Time>,
    /// The activity that has brought it, or takes it away.
    pub activity_id: String,
}

/// Where an instance is in its life in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LifecycleState {
    /// It is being launched.
    Pending,
    /// It does its work.
    InService,
    /// It is being terminated.
    Terminating,
    /// It is leaving the group and goes on running.
    Detaching,
    /// It belongs to the group and does no work.
    Standby,
}

impl LifecycleState {
    /// Its name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::InService => "InService",
            Self::Terminating => "Terminating",
            Self::Detaching => "Detaching",
            Self::Standby => "Standby",
        }
    }

    /// Whether the instance counts towards the desired capacity.
    pub(in crate::autoscaling) fn is_active(self) -> bool {
        matches!(self, Self::Pending | Self::InService)
    }
}

impl GroupInstance {
    /// How describes show it; those that do not show a group name the group.
    pub(super) fn show(&self, group_name: Option<&str>) -> Xml {
        Xml::new()
            .text("InstanceId", &self.id)
            .opt("AutoScalingGroupName", group_name)
            .text("InstanceType", &self.instance_type)
            .text("AvailabilityZone", &self.availability_zone)
            .text("LifecycleState", self.state.name())
            .text("HealthStatus", self.health_status(group_name.is_some()))
            .and(self.source.show())
            .text("ProtectedFromScaleIn", self.is_protected)
    }

    /// The same word is written in capitals where instances are described on their own.
    fn health_status(&self, in_capitals: bool) -> &'static str {
        match (self.is_healthy, in_capitals) {
            (true, false) => "Healthy",
            (false, false) => "Unhealthy",
            (true, true) => "HEALTHY",
            (false, true) => "UNHEALTHY",
        }
    }
}

//! [`InstanceState`]: the states of an instance.

use serde::{Deserialize, Serialize};

use crate::wire::Xml;

/// Where an instance is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InstanceState {
    /// It is being started.
    Pending,
    /// It runs.
    Running,
    /// It is being terminated.
    ShuttingDown,
    /// It is gone, and listed for a while.
    Terminated,
    /// It is being stopped.
    Stopping,
    /// It is stopped and can be started again.
    Stopped,
}

impl InstanceState {
    /// The number the API gives the state.
    pub fn code(self) -> u16 {
        match self {
            Self::Pending => 0,
            Self::Running => 16,
            Self::ShuttingDown => 32,
            Self::Terminated => 48,
            Self::Stopping => 64,
            Self::Stopped => 80,
        }
    }

    /// The name the API gives the state.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::ShuttingDown => "shutting-down",
            Self::Terminated => "terminated",
            Self::Stopping => "stopping",
            Self::Stopped => "stopped",
        }
    }

    /// Whether the instance runs.
    pub fn is_running(self) -> bool {
        self == Self::Running
    }

    /// Whether the instance is gone, or soon will be, for good.
    pub fn is_ending(self) -> bool {
        matches!(self, Self::ShuttingDown | Self::Terminated)
    }

    /// Whether disks can be attached to it and images made of it.
    pub(in crate::ec2) fn has_disks_to_change(self) -> bool {
        matches!(self, Self::Running | Self::Stopped)
    }

    pub(super) fn show(self) -> Xml {
        Xml::new().text("code", self.code()).text("name", self.name())
    }
}

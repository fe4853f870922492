//! [`WorkerSettings`]: the machines that do the work.

use super::problem::Problems;
use serde::{Deserialize, Serialize};

/// What the group launches its machines from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LaunchFrom {
    /// A launch template.
    #[default]
    Template,
    /// A launch configuration, as in the chapter. AWS refuses to make one in accounts that are
    /// newer than October 2024 ("Auto Scaling launch configurations", Auto Scaling user guide).
    Configuration,
}

/// The machines that do the work: a group that holds their number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WorkerSettings {
    /// The group's name.
    pub name: String,
    /// What the group launches its machines from.
    pub launch_from: LaunchFrom,
    /// The name of that.
    pub launch_name: String,
    /// Their size.
    pub instance_type: String,
    /// How many there are at least, and to begin with.
    pub min: u16,
    /// How many there are at most.
    pub max: u16,
    /// Whether the master may reach the kubelets' read-only port. The chapter opens it, and
    /// kubeadm turns it off.
    pub read_only_port: bool,
}

/// The chapter's, but for the launch template.
impl Default for WorkerSettings {
    fn default() -> Self {
        Self {
            name: "hopper-t2-medium-nodes".to_owned(),
            launch_from: LaunchFrom::default(),
            launch_name: "k8s-node-1.10.3-t2-medium-001".to_owned(),
            instance_type: "t2.medium".to_owned(),
            min: 1,
            max: 1,
            read_only_port: true,
        }
    }
}

impl WorkerSettings {
    pub(super) fn check(&self, problems: &mut Problems) {
        // https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html
        problems.check_name("workers.name", &self.name, 255, "().-_/ ");
        // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplate.html
        problems.check_name("workers.launch_name", &self.launch_name, 128, "().-_/");
        problems.check_instance_type("workers.instance_type", &self.instance_type);
        problems.check(
            self.min <= self.max,
            "workers.min",
            format_args!("{} is more than workers.max {}", self.min, self.max),
        );
    }
}

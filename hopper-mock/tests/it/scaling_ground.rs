//! A network with a launch configuration, to make groups in.

use hopper_mock::{Builder, Mock, Reply};

use crate::ground::Ground;
use crate::support::{accepted, made, refused, seconds};

/// Parameters of a call.
pub(crate) type Params<'a> = Vec<(&'a str, &'a str)>;

/// A ground with the launch configuration `nodes`.
pub(crate) struct ScalingGround {
    pub(crate) ground: Ground,
    pub(crate) group_id: String,
}

impl ScalingGround {
    pub(crate) fn new() -> Self {
        Self::built(|builder| builder)
    }

    pub(crate) fn built(change: impl FnOnce(Builder) -> Builder) -> Self {
        let ground = Ground::built(change);
        let group_id = crate::security_groups::group(&ground.mock, &ground.vpc_id, "nodes");
        let made = Self { ground, group_id };
        accepted(made.mock(), "autoscaling:CreateLaunchConfiguration", &made.configuration(&[]));
        made
    }

    pub(crate) fn mock(&self) -> &Mock {
        &self.ground.mock
    }

    /// The parameters of a launch configuration.
    pub(crate) fn configuration<'a>(&'a self, more: &[(&'a str, &'a str)]) -> Params<'a> {
        let usual = [
            ("LaunchConfigurationName", "nodes"),
            ("ImageId", self.ground.image_id.as_str()),
            ("InstanceType", "t2.medium"),
            ("SecurityGroups.member.1", self.group_id.as_str()),
        ];
        changed(&usual, more)
    }

    /// The parameters of a group of one to three instances.
    pub(crate) fn params<'a>(&'a self, more: &[(&'a str, &'a str)]) -> Params<'a> {
        let usual = [
            ("AutoScalingGroupName", "hopper"),
            ("LaunchConfigurationName", "nodes"),
            ("MinSize", "1"),
            ("MaxSize", "3"),
            ("VPCZoneIdentifier", self.ground.subnet_id.as_str()),
        ];
        changed(&usual, more)
    }

    /// Makes a group.
    #[track_caller]
    pub(crate) fn create(&self, more: &[(&str, &str)]) {
        self.accepted("CreateAutoScalingGroup", &self.params(more));
    }

    /// Makes a group and waits until its instances are in service. Gives their ids.
    #[track_caller]
    pub(crate) fn grown(&self, more: &[(&str, &str)]) -> Vec<String> {
        self.create(more);
        self.mock().advance(seconds(45));
        let states = self.states();
        assert!(
            !states.is_empty() && states.iter().all(|state| state == "InService"),
            "{states:?}"
        );
        self.ids()
    }

    /// Checks that making a group is refused, with a text and without a trace.
    #[track_caller]
    pub(crate) fn refused(&self, more: &[(&str, &str)], text: &str) {
        let before = self.mock().world();
        let reply = self.mock().call("autoscaling:CreateAutoScalingGroup", &self.params(more));
        assert_eq!(reply.code(), Some("ValidationError"), "{more:?}: {}", reply.body);
        let message = &reply.error().unwrap().message;
        assert!(message.contains(text), "{message}");
        assert_eq!(self.mock().world().diff(&before).to_string(), "");
    }

    /// A call that is accepted.
    #[track_caller]
    pub(crate) fn accepted(&self, operation: &str, params: &[(&str, &str)]) -> Reply {
        accepted(self.mock(), &format!("autoscaling:{operation}"), params)
    }

    /// A call about the group that is accepted.
    #[track_caller]
    pub(crate) fn call(&self, operation: &str, more: &[(&str, &str)]) -> Reply {
        self.accepted(operation, &changed(&[("AutoScalingGroupName", "hopper")], more))
    }

    /// A call about the group that is refused.
    #[track_caller]
    pub(crate) fn call_refused(&self, operation: &str, more: &[(&str, &str)], expected: &str) {
        let params = changed(&[("AutoScalingGroupName", "hopper")], more);
        refused(self.mock(), &format!("autoscaling:{operation}"), &params, expected);
    }

    /// A value of the group, if it has it.
    #[track_caller]
    pub(crate) fn shown(&self, path: &str) -> Option<String> {
        let name = [("AutoScalingGroupNames.member.1", "hopper")];
        let reply = self.accepted("DescribeAutoScalingGroups", &name);
        reply.text(&format!("AutoScalingGroups/0/{path}")).map(str::to_owned)
    }

    /// Every value at a path of the group.
    #[track_caller]
    pub(crate) fn all(&self, path: &str) -> Vec<String> {
        let name = [("AutoScalingGroupNames.member.1", "hopper")];
        let reply = self.accepted("DescribeAutoScalingGroups", &name);
        let found = reply.texts(&format!("AutoScalingGroups/0/{path}"));
        found.into_iter().map(str::to_owned).collect()
    }

    /// The ids of the group's instances.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.all("Instances/*/InstanceId")
    }

    /// The states of the group's instances.
    pub(crate) fn states(&self) -> Vec<String> {
        self.all("Instances/*/LifecycleState")
    }

    /// The values of the group's activities, the last one first.
    pub(crate) fn activities(&self, member: &str) -> Vec<String> {
        let reply = self.call("DescribeScalingActivities", &[]);
        let found = reply.texts(&format!("Activities/*/{member}"));
        found.into_iter().map(str::to_owned).collect()
    }

    /// Makes another subnet and gives its id.
    pub(crate) fn subnet(&self, cidr: &str, zone: &str) -> String {
        let vpc_id = self.ground.vpc_id.as_str();
        let params = [("VpcId", vpc_id), ("CidrBlock", cidr), ("AvailabilityZone", zone)];
        made(&accepted(self.mock(), "CreateSubnet", &params), "subnet/subnetId")
    }
}

/// Parameters with some changed or added; an empty value leaves one out.
fn changed<'a>(usual: &[(&'a str, &'a str)], more: &[(&'a str, &'a str)]) -> Params<'a> {
    let mut params = usual.to_vec();
    for (name, value) in more {
        params.retain(|(known, _)| known != name);
        if !value.is_empty() {
            params.push((name, value));
        }
    }
    params
}

//! Instances, as a describe shows them.

use crate::{
    Aws, call::read, ec2::state_reason, error::incomplete, poll::Verdict, resource::Resource,
};
use aws_sdk_ec2::types::{self, Filter, InstanceStateName, Tag};
use hopper_core::{Cx, StepError};

/// Its state, e.g. `running`.
pub(in crate::ec2) fn state(instance: &types::Instance) -> Option<&InstanceStateName> {
    instance.state().and_then(types::InstanceState::name)
}

/// Why it is in a state that leads nowhere.
pub(in crate::ec2) fn ended(instance: &types::Instance, state: &InstanceStateName) -> StepError {
    state_reason::error(format_args!("{} is {state}", instance.id()), instance.state_reason())
}

/// Whether it is on its way out.
pub(crate) fn is_ending(instance: &types::Instance) -> bool {
    let ending = [InstanceStateName::ShuttingDown, InstanceStateName::Terminated];
    state(instance).is_some_and(|state| ending.contains(state))
}

/// Whether it is gone.
pub(crate) fn terminated(seen: Option<&types::Instance>) -> Verdict<()> {
    match seen.and_then(state) {
        None | Some(InstanceStateName::Terminated) => Verdict::Ready(()),
        Some(state) => Verdict::NotYet(state.to_string()),
    }
}

/// What an answer lacks.
pub(super) fn lacking(what: &str) -> StepError {
    incomplete("DescribeInstances", what)
}

impl Resource for types::Instance {
    const ID_FILTER: &'static str = "instance-id";

    async fn describe(aws: &Aws, cx: &Cx, by: Vec<Filter>) -> Result<Vec<Self>, StepError> {
        let call = aws.ec2().describe_instances().set_filters(Some(by));
        let reply = read(aws, cx, "DescribeInstances", || call.clone().send()).await?;
        let reservations = reply.reservations.unwrap_or_default().into_iter();
        Ok(reservations.flat_map(|r| r.instances.unwrap_or_default()).collect())
    }

    fn id(&self) -> &str {
        self.instance_id().unwrap_or_default()
    }

    fn tags(&self) -> &[Tag] {
        self.tags()
    }

    /// It stays listed for about an hour.
    fn is_husk(&self) -> bool {
        state(self) == Some(&InstanceStateName::Terminated)
    }
}

//! [`StoppedInstance`]: a machine at rest.

use super::instance::{ended, state};
use crate::{
    Aws, InstanceId,
    call::act,
    comparison::Comparison,
    needs::{Draft, Needed, Needs, Place},
    pace::Pace,
    poll::{Verdict, until},
    resource::get,
};
use aws_sdk_ec2::types::{
    self,
    InstanceStateName::{Pending, Running, ShuttingDown, Stopped, Stopping, Terminated},
};
use hopper_core::{Cx, Drift, Found, Input, Made, Step, StepError};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Usually 25 s (estimate: 15 to 60).
const STOPPED: Pace = Pace::secs(15, 25, 900);
/// Usually 13 s, as after a launch.
const RUNNING: Pace = Pace::secs(5, 13, 600);

/// The note that holds the state it had before.
const BEFORE: &str = "before";

/// Stops an instance, and waits until it is `stopped`, e.g. to make an image of it. One that is
/// stopped already, or stops by itself, is only waited for.
///
/// Undone it stays stopped: the step that launched it terminates it.
/// An [`Instance`](super::Instance) that is stopped so says `stopped_later`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StoppedInstance {
    /// The instance.
    pub instance: Input<InstanceId>,
    /// Whether to start it again on undo, if this step is what stopped it: for an instance that
    /// was there before.
    pub start_on_undo: bool,
}

impl Needs for StoppedInstance {
    fn needs(&self, draft: &Draft, needs: &mut Needed) {
        needs.calls(&["ec2:DescribeInstances", "ec2:StopInstances"]);
        if self.start_on_undo {
            needs.calls(&["ec2:StartInstances"]);
        }
        needs.stops(Place::of(draft, &self.instance));
    }
}

impl Step for StoppedInstance {
    const KIND: &'static str = "aws.ec2.stopped_instance";
    const ATOMIC: bool = true;
    type Env = Aws;
    /// The instance, now that it is stopped.
    type Output = InstanceId;

    async fn run(&self, aws: &Aws, cx: &Cx) -> Result<InstanceId, StepError> {
        let id = cx.get(&self.instance);
        if self.start_on_undo && cx.noted::<String>(BEFORE).is_none() {
            let before = until(aws, cx, id.as_str(), RUNNING, Duration::ZERO, launched).await?;
            cx.note(BEFORE, &before).await?;
        }
        stop(aws, cx, id.as_str()).await?;
        Ok(id.clone())
    }

    async fn find(&self, aws: &Aws, cx: &Cx) -> Result<Found<InstanceId>, StepError> {
        let id = cx.get(&self.instance);
        let instance = get::<types::Instance>(aws, cx, id.as_str()).await?;
        Ok(match instance.as_ref().and_then(state) {
            Some(Stopped) => Found::Present(id.clone()),
            Some(Stopping) => Found::Underway,
            _ => Found::Absent,
        })
    }

    async fn undo(&self, aws: &Aws, cx: &Cx, _: Made<'_, InstanceId>) -> Result<(), StepError> {
        let was_running = cx.noted::<String>(BEFORE).as_deref() == Some("running");
        if !self.start_on_undo || !was_running {
            return Ok(());
        }
        let id = cx.get(&self.instance).as_str();
        if until(aws, cx, id, STOPPED, Duration::ZERO, is_stopped).await? {
            let call = aws.ec2().start_instances().instance_ids(id);
            act(aws, cx, "StartInstances", || call.clone().send()).await?;
        }
        until(aws, cx, id, RUNNING, Duration::ZERO, started).await
    }

    async fn check(&self, aws: &Aws, cx: &Cx, out: &InstanceId) -> Result<Vec<Drift>, StepError> {
        Ok(match get::<types::Instance>(aws, cx, out.as_str()).await? {
            None => vec![Drift::gone(out)],
            Some(instance) => {
                Comparison::new().optional("instanceState", "stopped", state(&instance)).drift()
            }
        })
    }
}

/// Stops an instance, and waits until it is stopped.
pub(crate) async fn stop(aws: &Aws, cx: &Cx, id: &str) -> Result<(), StepError> {
    let call = aws.ec2().stop_instances().instance_ids(id);
    let asked = match act(aws, cx, "StopInstances", || call.clone().send()).await {
        // It is still pending, or has ended: the wait tells.
        Err(error) if error.code() == Some("IncorrectInstanceState") => {
            until(aws, cx, id, RUNNING, Duration::ZERO, launched).await?;
            act(aws, cx, "StopInstances", || call.clone().send()).await.map(drop)
        }
        reply => reply.map(drop),
    };
    asked?;
    until(aws, cx, id, STOPPED, cx.age(), stopped).await
}

/// Starts an instance unless it runs, and waits until it does. Says whether it was stopped.
pub(crate) async fn start(aws: &Aws, cx: &Cx, id: &str) -> Result<bool, StepError> {
    let was_stopped = until(aws, cx, id, STOPPED, Duration::ZERO, is_stopped).await?;
    if was_stopped {
        let call = aws.ec2().start_instances().instance_ids(id);
        act(aws, cx, "StartInstances", || call.clone().send()).await?;
    }
    until(aws, cx, id, RUNNING, Duration::ZERO, running).await?;
    Ok(was_stopped)
}

/// Whether it runs again.
fn running(seen: Option<&types::Instance>) -> Verdict<()> {
    match seen.and_then(|instance| Some((instance, state(instance)?))) {
        Some((_, Running)) => Verdict::Ready(()),
        Some((instance, at @ (ShuttingDown | Terminated))) => Verdict::Never(ended(instance, at)),
        Some((_, at)) => Verdict::NotYet(at.to_string()),
        None => Verdict::NotYet("not visible".to_owned()),
    }
}

/// Its state, once it can be stopped.
fn launched(seen: Option<&types::Instance>) -> Verdict<String> {
    match seen.and_then(|instance| Some((instance, state(instance)?))) {
        None | Some((_, Pending)) => Verdict::NotYet("pending".to_owned()),
        Some((instance, at @ (ShuttingDown | Terminated))) => Verdict::Never(ended(instance, at)),
        Some((_, at)) => Verdict::Ready(at.to_string()),
    }
}

/// Whether it is stopped for good; a look may still see it run.
fn stopped(seen: Option<&types::Instance>) -> Verdict<()> {
    match seen.and_then(|instance| Some((instance, state(instance)?))) {
        Some((_, Stopped)) => Verdict::Ready(()),
        Some((instance, at @ (ShuttingDown | Terminated))) => Verdict::Never(ended(instance, at)),
        Some((_, at)) => Verdict::NotYet(at.to_string()),
        None => Verdict::NotYet("not visible".to_owned()),
    }
}

/// Whether there is something to start, once it is not about to stop.
fn is_stopped(seen: Option<&types::Instance>) -> Verdict<bool> {
    match seen.and_then(state) {
        Some(Stopping) => Verdict::NotYet("stopping".to_owned()),
        at => Verdict::Ready(at == Some(&Stopped)),
    }
}

/// Whether it runs again, or has met its end, which is nothing that can be taken back.
fn started(seen: Option<&types::Instance>) -> Verdict<()> {
    match seen.and_then(state) {
        Some(at @ (Pending | Stopped)) => Verdict::NotYet(at.to_string()),
        _ => Verdict::Ready(()),
    }
}

//! What Auto Scaling says about its tries to launch and to terminate instances.

use crate::{Aws, call::read, error::as_fragment};
use hopper_core::Cx;
use std::{convert::Infallible, time::Duration};

/// Longer than a launch takes that goes well: only then is it asked what is wrong.
const SLOW: Duration = Duration::from_secs(90);

/// Tells what the group's latest activity says, again and again, once it takes long.
///
/// A launch that fails is no end: Auto Scaling tries again by itself.
pub(super) async fn tell(aws: &Aws, cx: &Cx, group: &str) -> Infallible {
    loop {
        tokio::time::sleep(SLOW).await;
        if let Some(activity) = latest(aws, cx, group).await {
            cx.progress(format_args!("{group}: {activity}"));
        }
    }
}

/// What the group's latest activity says of itself: why a launch failed, above all.
pub(super) async fn latest(aws: &Aws, cx: &Cx, group: &str) -> Option<String> {
    let call = aws.autoscaling().describe_scaling_activities();
    let call = call.auto_scaling_group_name(group).max_records(10);
    // It only adds to what is known: an answer is nothing to wait for.
    let reply = read(aws, cx, "DescribeScalingActivities", || call.clone().send()).await.ok()?;
    // The latest come first.
    let message = reply.activities().iter().find_map(|activity| activity.status_message());
    message.map(as_fragment)
}

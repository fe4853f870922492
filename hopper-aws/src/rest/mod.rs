//! The end of the day, and the next morning: what costs by the hour is stopped, and started again.
//!
//! What is at rest says so in a tag, so that a check knows it, and whoever starts it finds how it
//! was.

#[cfg(feature = "autoscaling")]
mod resting_group;
mod resting_instance;
#[cfg(feature = "autoscaling")]
mod woken_group;
mod woken_instance;

#[cfg(feature = "autoscaling")]
pub use resting_group::RestingGroup;
pub use resting_instance::RestingInstance;
#[cfg(feature = "autoscaling")]
pub use woken_group::WokenGroup;
pub use woken_instance::WokenInstance;

/// The tag of what was stopped for the night: of an instance `stopped`, and `woken` once it runs
/// again; of a group how many it had, as `MIN DESIRED`.
pub const REST: &str = "hopper:rest";
/// An instance that was stopped.
pub(crate) const STOPPED: &str = "stopped";
/// An instance that was started again: its public address is another one.
pub(crate) const WOKEN: &str = "woken";

/// How many a group had at least and was to have, as its tag says.
#[cfg(feature = "autoscaling")]
pub(crate) fn counts(tag: &str) -> Option<(i32, i32)> {
    let (min, desired) = tag.split_once(' ')?;
    Some((min.parse().ok()?, desired.parse().ok()?))
}

/// Tags an instance.
async fn tag(
    aws: &crate::Aws,
    cx: &hopper_core::Cx,
    id: &str,
    value: &str,
) -> Result<(), hopper_core::StepError> {
    let tag = aws_sdk_ec2::types::Tag::builder().key(REST).value(value).build();
    let call = aws.ec2().create_tags().resources(id).tags(tag);
    crate::call::act(aws, cx, "CreateTags", || call.clone().send()).await.map(drop)
}

#[cfg(all(test, feature = "autoscaling"))]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_as_they_are_written() {
        assert_eq!(counts("1 3"), Some((1, 3)));
        assert_eq!(counts("1"), None);
        assert_eq!(counts("many more"), None);
    }
}

//! [`Event`]: what happens to a group by itself.

use serde::{Deserialize, Serialize};

use super::{activity, group, instance_refresh, scaling};
use crate::world::World;

/// A stage of a launch, of a termination or of a refresh, when its time has come.
///
/// Groups are named by their ARNs, since a new group may have the name of an old one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Event {
    /// A launch begins: of this group, for this activity.
    Launch(String, String),
    /// A group may launch again after a failure.
    Retry(String),
    /// A launched instance of this group may be in service.
    InService(String, String),
    /// A group looks after this instance of its own.
    HealthCheck(String, String),
    /// An instance of this group is told to go.
    Terminate(String, String),
    /// An instance of this group may be gone.
    Gone(String, String),
    /// An instance of this group is its own master.
    Detached(String, String),
    /// A refresh goes on.
    Refresh(String),
    /// A refresh is cancelled.
    RefreshCancelled(String),
    /// The activities of a deleted group are not listed any more.
    Forgotten(String),
}

impl Event {
    /// Lets it happen. What it concerns may be gone by then.
    pub(crate) fn happen(self, world: &mut World) {
        match self {
            Self::Launch(arn, activity) => scaling::launch(world, &arn, &activity),
            Self::Retry(arn) => scaling::settle(world, &arn, ""),
            Self::InService(arn, id) => scaling::in_service(world, &arn, &id),
            Self::HealthCheck(arn, id) => scaling::check(world, &arn, &id),
            Self::Terminate(arn, id) => scaling::terminate(world, &arn, &id),
            Self::Gone(arn, id) => scaling::gone(world, &arn, &id),
            Self::Detached(arn, id) => group::detached(world, &arn, &id),
            Self::Refresh(id) => instance_refresh::step(world, &id),
            Self::RefreshCancelled(id) => instance_refresh::cancelled(world, &id),
            Self::Forgotten(arn) => activity::forgotten(world, &arn),
        }
    }
}

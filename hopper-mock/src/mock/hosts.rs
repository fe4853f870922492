//! What hosts have to do with the mock.

use std::time::Duration;

use super::Mock;
use super::handle::State;
use crate::Time;
use crate::ec2::InstanceState;
use crate::host;
use crate::world::World;

impl Mock {
    /// Looks at the world as it is now, or changes it, without a call.
    pub(crate) fn with_world<R>(&self, work: impl FnOnce(&mut World) -> R) -> R {
        let mut state = self.lock();
        let now = self.now();
        state.world.advance(now);
        state.is_unsaved = true;
        work(&mut state.world)
    }

    /// The same, for what others may wait for.
    pub(crate) fn change_hosts<R>(&self, work: impl FnOnce(&mut World) -> R) -> R {
        let result = self.with_world(work);
        self.hosts_changed().notify_waiters();
        result
    }

    /// Sleeps for a duration of the world's time.
    pub(crate) async fn sleep(&self, duration: Duration) {
        self.clock().sleep(duration).await;
    }

    /// Starts every host with user data, or of a control plane, that is on and has not been started,
    /// and tells those who wait that something may have changed. Without a runtime nothing starts.
    pub(super) fn wake_hosts(&self, state: &mut State) {
        self.hosts_changed().notify_waiters();
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        for instance in state.world.ec2.instances.values() {
            let is_on = matches!(instance.state, InstanceState::Pending | InstanceState::Running);
            let (id, boot_time) = (&instance.id, instance.boot_time);
            let acts =
                instance.user_data.is_some() || state.world.machinery.hosts.is_control_plane(id);
            if is_on && acts && state.awake.get(id) != Some(&boot_time) {
                state.awake.insert(id.clone(), boot_time);
                runtime.spawn(host::start_by_itself(self.clone(), id.clone(), boot_time));
            }
        }
    }

    /// A start that did not come to its end is tried again by the next call.
    pub(crate) fn forget_start(&self, instance_id: &str, boot_time: Time) {
        if let Some(mut state) = self.try_lock()
            && state.awake.get(instance_id) == Some(&boot_time)
        {
            state.awake.remove(instance_id);
        }
    }
}

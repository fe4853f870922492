//! [`Moment`]: the moments of a call, at which it can be watched and the process stopped.

use std::fmt;
use std::ops::ControlFlow;

use super::Mock;
use super::handle::State;
use crate::world::World;

/// A moment of a call over the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// It has arrived, and has had no effect yet.
    BeforeEffect,
    /// It has had its effect, and the reply is not on its way yet.
    AfterEffect,
    /// The caller has the reply.
    AfterReply,
}

impl Moment {
    /// All of them, in the order in which a call goes through them.
    pub const ALL: [Self; 3] = [Self::BeforeEffect, Self::AfterEffect, Self::AfterReply];
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BeforeEffect => "not applied",
            Self::AfterEffect => "applied and its reply lost",
            Self::AfterReply => "applied, replied, not recorded",
        })
    }
}

/// Is told which call it is, at which moment, and what the world looks like.
type Watcher = Box<dyn FnMut(usize, Moment, &World) -> ControlFlow<()> + Send>;

/// Who watches the calls, and what came of it.
#[derive(Default)]
pub(super) struct Watch {
    watcher: Option<Watcher>,
    n_calls: usize,
    is_stopped: bool,
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch")
            .field("n_calls", &self.n_calls)
            .field("is_stopped", &self.is_stopped)
            .finish_non_exhaustive()
    }
}

impl Mock {
    /// Has every call over the wire watched, at each of its [moments](Moment): which call it is,
    /// from 1, and what the world looks like then. Calls are counted as they arrive.
    ///
    /// What the watcher breaks off stops for good: from then on nothing has an effect and nobody
    /// gets a reply, but for the call that is [replied](Moment::AfterReply) to at that moment, as
    /// when the caller dies right then. [`stopped`](Self::stopped) tells a waiting test.
    ///
    /// The watcher is called inside the mock, so it must not ask the mock anything.
    ///
    /// ```
    /// # use hopper_mock::{Mock, Moment};
    /// # use std::ops::ControlFlow;
    /// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?
    /// # .block_on(async {
    /// let mock = Mock::builder().build();
    /// mock.watch(|call, moment, _| match (call, moment) {
    ///     (2, Moment::AfterEffect) => ControlFlow::Break(()),
    ///     _ => ControlFlow::Continue(()),
    /// });
    /// let vpc = [("CidrBlock", "10.0.0.0/16")];
    /// assert!(mock.send("CreateVpc", &vpc).await.is_ok());
    /// tokio::select! {
    ///     _ = mock.send("CreateVpc", &vpc) => unreachable!("nobody replies"),
    ///     () = mock.stopped() => (),
    /// }
    /// assert_eq!(mock.world().ec2.vpcs.len(), 2);
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn watch(
        &self,
        watcher: impl FnMut(usize, Moment, &World) -> ControlFlow<()> + Send + 'static,
    ) {
        let watcher = Some(Box::new(watcher) as Box<_>);
        self.lock().watch = Watch { watcher, n_calls: 0, is_stopped: false };
    }

    /// Nobody watches any more, and calls are answered again.
    pub fn unwatch(&self) {
        self.lock().watch = Watch::default();
    }

    /// Whether a watcher broke a call off.
    pub fn is_stopped(&self) -> bool {
        self.lock().watch.is_stopped
    }

    /// Returns once a watcher has broken a call off.
    pub async fn stopped(&self) {
        let stopped = self.stop_notice();
        loop {
            let notified = stopped.notified();
            if self.is_stopped() {
                return;
            }
            notified.await;
        }
    }

    /// Counts a call that has arrived.
    pub(super) fn arrived(&self) -> usize {
        let mut state = self.lock();
        state.watch.n_calls += 1;
        state.watch.n_calls
    }

    /// Returns when a call may go on at this moment: never, once all is stopped.
    pub(super) async fn pass(&self, call: usize, moment: Moment) {
        let goes_on = {
            let mut state = self.lock();
            self.may_pass(&mut state, call, moment)
        };
        if !goes_on {
            std::future::pending::<()>().await;
        }
    }

    fn may_pass(&self, state: &mut State, call: usize, moment: Moment) -> bool {
        if state.watch.is_stopped {
            return false;
        }
        let Some(watcher) = &mut state.watch.watcher else { return true };
        state.world.advance(self.now());
        if watcher(call, moment, &state.world).is_continue() {
            return true;
        }
        state.watch.is_stopped = true;
        self.stop_notice().notify_waiters();
        moment == Moment::AfterReply
    }
}

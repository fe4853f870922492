//! [`Mock`]: the handle to a simulated AWS.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::Broken;
use super::clock::Clock;
use super::fault::Armed;
use super::file::{Stamp, WorldFile};
use super::watch::Watch;
use super::{Builder, Calls, Doom, Fault};
use crate::Time;
use crate::wire::{AwsError, HttpParts, Reply, Request, Unreadable};
use crate::world::World;

/// A simulated AWS: one account in one region. Clones are handles to the same one.
#[derive(Clone, Debug)]
pub struct Mock {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    clock: Clock,
    file: Option<WorldFile>,
    /// Told when a watcher stops everything.
    stopped: Notify,
    /// Told when something may have changed that hosts look at.
    #[cfg(feature = "hosts")]
    hosts_changed: Notify,
    state: Mutex<State>,
}

/// The label of what visibility strikes.
const NOT_VISIBLE: &str = "not visible yet";

/// What changes under the lock.
#[derive(Debug)]
pub(super) struct State {
    pub(super) world: World,
    pub(super) faults: Vec<Armed>,
    pub(super) calls: Calls,
    /// How often faults have struck, by their labels.
    pub(super) struck: BTreeMap<String, u64>,
    pub(super) watch: Watch,
    /// The instances whose hosts start by themselves, with when they were last started.
    #[cfg(feature = "hosts")]
    pub(super) awake: BTreeMap<String, Time>,
    /// Whether the file is behind the world.
    pub(super) is_unsaved: bool,
    /// The file as this mock has read or written it.
    pub(super) saved: Option<Stamp>,
}

impl Mock {
    /// A mock with settings of its own.
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(super) fn new(world: World, clock: Clock, file: Option<WorldFile>) -> Self {
        let state = State {
            world,
            faults: Vec::new(),
            calls: Calls::default(),
            struck: BTreeMap::new(),
            watch: Watch::default(),
            #[cfg(feature = "hosts")]
            awake: BTreeMap::new(),
            is_unsaved: false,
            saved: file.as_ref().and_then(WorldFile::stamp),
        };
        let (state, stopped) = (Mutex::new(state), Notify::new());
        let shared = Shared {
            clock,
            file,
            stopped,
            #[cfg(feature = "hosts")]
            hosts_changed: Notify::new(),
            state,
        };
        Self { shared: Arc::new(shared) }
    }

    /// The time in the world.
    pub fn now(&self) -> Time {
        self.clock().now()
    }

    /// Lets time pass, for tests without a runtime. Inside one, time passes by itself.
    pub fn advance(&self, duration: Duration) {
        self.clock().advance(duration);
    }

    /// A copy of the world as it is now.
    pub fn world(&self) -> World {
        let mut state = self.lock();
        let now = self.now();
        state.is_unsaved |= state.world.advance(now);
        state.world.clone()
    }

    /// Changes the world behind everyone's back: what a person in the console, another program
    /// or Kubernetes would do.
    pub fn edit<R>(&self, change: impl FnOnce(&mut World) -> R) -> R {
        let mut state = self.lock();
        let now = self.now();
        state.world.advance(now);
        let result = change(&mut state.world);
        state.is_unsaved = true;
        #[cfg(feature = "hosts")]
        self.wake_hosts(&mut state);
        if let Err(error) = self.save(&mut state) {
            tracing::warn!(%error, "an edit is not in the file yet, the next call tries again");
        }
        result
    }

    /// Every call so far.
    pub fn calls(&self) -> Calls {
        self.lock().calls.clone()
    }

    /// One call without an SDK, without latency and past all faults.
    ///
    /// The operation is one of EC2, or written as in a policy: `sts:GetCallerIdentity`.
    pub fn call(&self, operation: &str, params: &[(&str, &str)]) -> Reply {
        match Request::named(operation, params) {
            Ok(request) => self.answer(&mut self.lock(), &request),
            Err(error) => self.refuse(&mut self.lock(), error.into()),
        }
    }

    /// One call as it came over HTTP, without latency and past all faults: what a server of one's
    /// own, or a fuzzer, has in its hands.
    pub fn call_http(&self, parts: &HttpParts<'_>) -> Reply {
        match Request::from_http(parts) {
            Ok(request) => self.answer(&mut self.lock(), &request),
            Err(unreadable) => self.refuse(&mut self.lock(), unreadable),
        }
    }

    /// One call without an SDK over the wire: with latency and faults. The operation is written
    /// as for [`call`](Self::call).
    ///
    /// # Errors
    /// A connection that broke.
    pub async fn send(&self, operation: &str, params: &[(&str, &str)]) -> Result<Reply, Broken> {
        self.exchange(Request::named(operation, params).map_err(Unreadable::from)).await
    }

    /// Makes calls of an operation go wrong: see [`Fault`].
    ///
    /// `CreateVpc` is the operation of any service, `iam:CreateRole` of one, and `Describe*` or
    /// `*` stand for many.
    pub fn fail(&self, operation: &str) -> Fault<'_> {
        Fault::new(self, operation)
    }

    /// Takes back every fault.
    pub fn heal(&self) {
        self.lock().faults.clear();
    }

    /// Lets calls of an operation be accepted and come to nothing later: see [`Doom`].
    pub fn doom(&self, operation: &str) -> Doom<'_> {
        Doom::new(self, operation)
    }

    /// How often each fault and each doom has struck, by its label: see [`Fault::label`]. Refusals
    /// because something is not visible yet are counted as `not visible yet`.
    pub fn struck(&self) -> BTreeMap<String, u64> {
        let state = self.lock();
        let mut struck = state.struck.clone();
        for (label, n) in &state.world.machinery.struck {
            *struck.entry(label.clone()).or_default() += n;
        }
        struck
    }

    pub(super) fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    pub(super) fn stop_notice(&self) -> &Notify {
        &self.shared.stopped
    }

    #[cfg(feature = "hosts")]
    pub(crate) fn hosts_changed(&self) -> &Notify {
        &self.shared.hosts_changed
    }

    /// The state, unless somebody has it at the moment.
    #[cfg(feature = "hosts")]
    pub(super) fn try_lock(&self) -> Option<MutexGuard<'_, State>> {
        self.shared.state.try_lock().ok()
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Handles a request in the world and records it. With a file, what changed is durable before
    /// the answer is out; if it cannot be, the call has not happened.
    pub(super) fn answer(&self, state: &mut State, request: &Request) -> Reply {
        let now = self.now();
        let before = self.shared.file.as_ref().map(|_| state.world.clone());
        state.is_unsaved |= state.world.advance(now) || !request.is_read();
        let mut reply = state.world.reply(now, request);
        if let Err(error) = self.save(state) {
            if let Some(before) = before {
                state.world = before;
            }
            reply =
                state.world.write(request, Err(AwsError::new("InternalError", error.to_string())));
        }
        state.calls.record(now, request, &reply, None);
        #[cfg(feature = "hosts")]
        self.wake_hosts(state);
        if reply.code().is_some() && state.world.hides_from(request) {
            *state.struck.entry(NOT_VISIBLE.to_owned()).or_default() += 1;
        }
        reply
    }

    /// Answers what is not even a request.
    pub(super) fn refuse(&self, state: &mut State, unreadable: Unreadable) -> Reply {
        let nothing = Request {
            service: unreadable.service,
            operation: "(none)".to_owned(),
            params: crate::wire::Params::default(),
            signer: None,
        };
        self.refuse_request(state, &nothing, unreadable.error, None)
    }

    /// Answers a request with a refusal, past the world.
    pub(super) fn refuse_request(
        &self,
        state: &mut State,
        request: &Request,
        error: AwsError,
        note: Option<&'static str>,
    ) -> Reply {
        let now = self.now();
        state.is_unsaved |= state.world.advance(now);
        let reply = state.world.write(request, Err(error));
        state.calls.record(now, request, &reply, note);
        reply
    }

    fn save(&self, state: &mut State) -> Result<(), super::WorldFileError> {
        if let (Some(file), true) = (&self.shared.file, state.is_unsaved) {
            file.save(&state.world)?;
            state.saved = file.stamp();
        }
        state.is_unsaved = false;
        Ok(())
    }
}

/// What went on in hosts since the last call is in the file too, unless another process has written
/// it meanwhile.
impl Drop for Shared {
    fn drop(&mut self) {
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        let Some(file) = self.file.as_ref().filter(|_| state.is_unsaved) else { return };
        if file.stamp() != state.saved {
            return;
        }
        if let Err(error) = file.save(&state.world) {
            tracing::warn!(%error, "what went on in hosts since the last call is not in the file");
        }
    }
}

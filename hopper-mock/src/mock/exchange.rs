//! One exchange over the wire: latency, faults, and the world in between.

use std::time::Duration;

use super::fault::Effect;
use super::{Mock, Moment};
use crate::wire::{Reply, Request, Unreadable};

/// A connection that broke before a reply came through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// The request did not arrive.
    #[error("connection reset before the request was handled")]
    Reset,
    /// The reply did not arrive.
    #[error("connection closed before the reply was complete")]
    ReplyLost,
}

impl Mock {
    /// Sends a request through the wire: half the latency, the effect, the other half.
    ///
    /// A caller that gives up in the first half has changed nothing; one that gives up in the
    /// second has, and does not know.
    pub(crate) async fn exchange(
        &self,
        request: Result<Request, Unreadable>,
    ) -> Result<Reply, Broken> {
        let operation = request.as_ref().map_or("", |request| request.operation.as_str());
        let latency = self.lock().world.settings().latencies.of_call(operation);
        self.clock().sleep(latency / 2).await;
        let call = self.arrived();
        self.pass(call, Moment::BeforeEffect).await;
        let (reply, effect) = match request {
            Err(unreadable) => (Some(self.refuse(&mut self.lock(), unreadable)), None),
            Ok(request) => self.arrive(&request),
        };
        self.pass(call, Moment::AfterEffect).await;
        match effect {
            Some(Effect::Hang) => std::future::pending::<()>().await,
            Some(Effect::Slow(by)) => self.clock().sleep(by).await,
            _ => {}
        }
        self.clock().sleep(latency.saturating_sub(latency / 2)).await;
        self.pass(call, Moment::AfterReply).await;
        match (reply, effect) {
            (_, Some(Effect::LoseReply)) => Err(Broken::ReplyLost),
            (Some(reply), _) => Ok(reply),
            (None, _) => Err(Broken::Reset),
        }
    }

    /// What happens at the moment a request reaches the world.
    fn arrive(&self, request: &Request) -> (Option<Reply>, Option<Effect>) {
        let mut state = self.lock();
        let effect = state.strike(request);
        let reply = match &effect {
            None => Some(self.answer(&mut state, request)),
            Some(Effect::Refuse(refusal)) => {
                let error = refusal.clone().of(request.service);
                Some(self.refuse_request(&mut state, request, error, Some("fault")))
            }
            Some(Effect::LoseReply) => {
                let reply = self.answer(&mut state, request);
                state.calls.note("reply lost");
                Some(reply)
            }
            Some(Effect::Slow(by)) => {
                let reply = self.answer(&mut state, request);
                if *by != Duration::ZERO {
                    state.calls.note("slow");
                }
                Some(reply)
            }
            Some(Effect::Reset) => {
                state.calls.record_broken(self.now(), request, "reset");
                None
            }
            Some(Effect::Hang) => {
                state.calls.record_broken(self.now(), request, "hang");
                None
            }
        };
        (reply, effect)
    }
}

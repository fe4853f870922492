//! [`Outbox`]: the way from running steps to the driver.

use crate::{Record, StepError};
use tokio::sync::{mpsc, oneshot};

/// A record that a running step wants to be durable before it goes on; without one, that any
/// append succeed.
pub(crate) struct Letter {
    pub(crate) record: Option<Record>,
    pub(crate) ack: oneshot::Sender<bool>,
}

/// Where steps post their records.
#[derive(Clone)]
pub(crate) struct Outbox(mpsc::UnboundedSender<Letter>);

impl Outbox {
    pub(crate) fn new() -> (Self, mpsc::UnboundedReceiver<Letter>) {
        let (tx, rx) = mpsc::unbounded_channel();
        (Self(tx), rx)
    }

    /// Returns when the record is durable.
    pub(crate) async fn append(&self, record: Record) -> Result<(), StepError> {
        self.post(Some(record)).await
    }

    /// Returns when an append has shown that the lease is still held.
    pub(crate) async fn confirm(&self) -> Result<(), StepError> {
        self.post(None).await
    }

    async fn post(&self, record: Option<Record>) -> Result<(), StepError> {
        let (ack, durable) = oneshot::channel();
        let posted = self.0.send(Letter { record, ack });
        match (posted, durable.await) {
            (Ok(()), Ok(true)) => Ok(()),
            _ => Err(StepError::permanent("the journal could not be written, so the step stopped")),
        }
    }
}

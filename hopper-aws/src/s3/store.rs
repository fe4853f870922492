//! [`Store`]: numbered batches under a prefix, each written once.

use super::S3Location;
use crate::error;
use aws_sdk_s3::{Client, primitives::ByteStream};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use backon::{ExponentialBuilder, Retryable as _};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use hopper_core::{Class, JournalError, Lease, StepError};
use std::{
    error::Error,
    future::Future,
    hash::{BuildHasher as _, RandomState},
    io,
    time::Duration,
};

/// How long an answer is waited for. S3 answers such small requests in 0.1 to 0.2 s
/// (user guide, "Performance design patterns", which advises to repeat the slowest ones).
const CALL: Duration = Duration::from_secs(10);
/// How many batches are read at once.
const AT_ONCE: usize = 16;
/// The entry of an object's metadata that says who wrote it.
const WRITER: &str = "hopper-writer";

/// Numbered batches of lines under a prefix, each an object that is written once.
#[derive(Debug)]
pub(super) struct Store {
    client: Client,
    pub(super) location: S3Location,
    /// Tells what this handle wrote from what others did, even if it is the same.
    writer: String,
}

/// A batch as it was found.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) lines: Vec<u8>,
    /// Whether this handle wrote it.
    pub(super) is_ours: bool,
}

/// What became of writing a batch.
#[derive(Debug)]
pub(super) enum Put {
    /// It is there, durable, and ours.
    Written,
    /// Something else is there.
    Taken(Batch),
}

impl Store {
    pub(super) fn new(client: Client, location: S3Location) -> Self {
        let random = || RandomState::new().hash_one("hopper");
        Self { client, location, writer: format!("{:016x}{:016x}", random(), random()) }
    }

    /// All lines, and how many batches they came in.
    pub(super) async fn read(&self) -> Result<(Vec<u8>, u64), JournalError> {
        let n = self.count().await?;
        let batches = stream::iter((1..=n).map(|batch| self.get("read", batch)));
        let lines = batches.buffered(AT_ONCE).try_fold(Vec::new(), async |mut lines, batch| {
            lines.extend_from_slice(&batch.lines);
            Ok(lines)
        });
        Ok((lines.await?, n))
    }

    /// How many batches there are. One that is missing before the last was deleted by somebody.
    async fn count(&self) -> Result<u64, JournalError> {
        let (mut n, mut token) = (0, None);
        loop {
            let list = self.client.list_objects_v2().bucket(self.location.bucket());
            let list = list.prefix(format!("{}/", self.location.prefix())).delimiter("/");
            let list = list.set_continuation_token(token);
            let page = repeat("ListObjectsV2", || list.clone().send());
            let page = page.await.map_err(|e| self.failed("read", e))?;
            for key in page.contents().iter().filter_map(|object| object.key()) {
                n += 1;
                if self.location.batch(key) != Some(n) {
                    return Err(self.gap(n, key));
                }
            }
            token = page.next_continuation_token;
            if token.is_none() {
                return Ok(n);
            }
        }
    }

    fn gap(&self, n: u64, found: &str) -> JournalError {
        let why = match self.location.batch(found) {
            Some(_) => format!("{} was deleted; restore it", self.location.key(n)),
            None => format!("{found} is no part of a journal; remove it, or use another prefix"),
        };
        self.failed_with("read", io::ErrorKind::InvalidData, why)
    }

    async fn get(&self, action: &'static str, batch: u64) -> Result<Batch, JournalError> {
        let get = self.client.get_object().bucket(self.location.bucket());
        let get = get.key(self.location.key(batch));
        let got = repeat_whole("GetObject", async || {
            let got = get.clone().send().await.map_err(|e| error::of("GetObject", &e))?;
            let is_ours = got.metadata().and_then(|entries| entries.get(WRITER));
            let is_ours = is_ours == Some(&self.writer);
            let lines = got.body.collect().await.map_err(|e| {
                StepError::transient(format_args!("the answer broke off: {e}"))
                    .with_operation("GetObject")
            })?;
            Ok(Batch { lines: lines.to_vec(), is_ours })
        });
        got.await.map_err(|e| self.failed(action, e))
    }

    /// Writes a batch, if there is none of that number yet.
    ///
    /// Of several writers one wins (user guide, "How to prevent object overwrites with conditional
    /// writes"). A try whose answer was lost is repeated: if it had been written, the next try is
    /// refused, and what is there turns out to be ours.
    pub(super) async fn put(&self, batch: u64, lines: &[u8]) -> Result<Put, JournalError> {
        let put = || {
            let put = self.client.put_object().bucket(self.location.bucket());
            let put = put.key(self.location.key(batch)).if_none_match("*");
            let put = put.content_type("application/jsonl").metadata(WRITER, &self.writer);
            put.body(ByteStream::from(lines.to_vec())).send()
        };
        match repeat("PutObject", put).await {
            Ok(_) => return Ok(Put::Written),
            Err(e) if e.code() == Some("PreconditionFailed") => {}
            Err(e) => return Err(self.failed("append", e)),
        }
        let there = self.get("append", batch).await?;
        match there.is_ours && there.lines == lines {
            true => Ok(Put::Written),
            false => Ok(Put::Taken(there)),
        }
    }

    fn failed(&self, action: &'static str, error: StepError) -> JournalError {
        let kind = match error.code() {
            Some("AccessDenied") => io::ErrorKind::PermissionDenied,
            Some("NoSuchBucket" | "NoSuchKey") => io::ErrorKind::NotFound,
            _ => io::ErrorKind::Other,
        };
        self.failed_with(action, kind, error)
    }

    /// Says which journal an error is about, and what was tried.
    pub(super) fn failed_with(
        &self,
        action: &'static str,
        kind: io::ErrorKind,
        why: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> JournalError {
        let (path, source) = (self.location.to_string().into(), io::Error::new(kind, why));
        JournalError::Io { path, action, source }
    }
}

/// Makes a call, and makes it again for as long as that may help.
async fn repeat<T, E, Fut>(
    operation: &'static str,
    mut call: impl FnMut() -> Fut,
) -> Result<T, StepError>
where
    Fut: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    E: ProvideErrorMetadata + Error + 'static,
{
    let call = || {
        let sent = call();
        async move { sent.await.map_err(|failed| error::of(operation, &failed)) }
    };
    repeat_whole(operation, call).await
}

/// As [`repeat`], for what is more than one call. After a lease's time somebody else may have
/// taken over, and there is nothing more to be won.
async fn repeat_whole<T, Fut>(
    operation: &'static str,
    mut call: impl FnMut() -> Fut,
) -> Result<T, StepError>
where
    Fut: Future<Output = Result<T, StepError>>,
{
    let call = || {
        let answer = tokio::time::timeout(CALL, call());
        async move {
            answer.await.unwrap_or_else(|_| {
                let why = format_args!("no answer within {} s", CALL.as_secs());
                Err(StepError::transient(why).with_operation(operation))
            })
        }
    };
    let backoff = ExponentialBuilder::new()
        .with_min_delay(Duration::from_millis(100))
        .with_factor(2.0)
        .with_max_delay(Duration::from_secs(5))
        .with_total_delay(Some(Lease::DURATION))
        .without_max_times();
    call.retry(backoff)
        .sleep(tokio::time::sleep)
        .when(|error| matches!(error.class(), Class::Transient | Class::Throttled))
        .notify(|error, wait| tracing::debug!(%error, ?wait, "trying again"))
        .await
}

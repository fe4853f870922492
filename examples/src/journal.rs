//! Opening a journal, in a file or in S3, and reading it before anything else is done.

use crate::{
    args::Of,
    failure::Failure,
    runtime,
    site::{Backend, Site},
};
use hopper_aws::{Aws, Connect, S3Journal, s3::S3Location};
use hopper_core::{FileJournal, Journal, Ledger};
use std::{path::Path, sync::Arc};

/// The journal that `--journal` names.
///
/// # Errors
///
/// When it is to be in S3, and is no place there, or there is no way to AWS.
pub async fn open(of: &Of) -> Result<Arc<dyn Journal>, Failure> {
    let Some(location) = in_s3(&of.journal)? else {
        return Ok(Arc::new(FileJournal::new(&of.journal)));
    };
    let connect = of.endpoint_url.iter().fold(Connect::default(), Connect::endpoint_url);
    let config = connect.config().await.map_err(Failure::usage)?;
    Ok(Arc::new(S3Journal::new(Aws::new(&config).s3().clone(), location)))
}

/// The place in S3, if the journal is there.
///
/// # Errors
///
/// When it is no place.
pub fn in_s3(journal: &Path) -> Result<Option<S3Location>, Failure> {
    match journal.to_str().filter(|text| text.starts_with("s3://")) {
        Some(text) => text.parse().map(Some).map_err(Failure::usage),
        None => Ok(None),
    }
}

/// What a journal says; one that does not exist says nothing.
///
/// # Errors
///
/// When it cannot be read, or is no journal.
pub fn ledger(of: &Of) -> Result<Ledger, Failure> {
    // Reading a file waits for nothing, so any clock will do.
    let backend = if in_s3(&of.journal)?.is_some() { Backend::Aws } else { Backend::Mock };
    runtime::run(backend, async { Ok(Ledger::of(&open(of).await?.read().await?)) })
}

/// What the journal of a run says, and where the run acts.
///
/// # Errors
///
/// As [`ledger`]; and when there is no run in it.
pub fn run(of: &Of) -> Result<(Ledger, Site), Failure> {
    let (ledger, path) = (ledger(of)?, &of.journal);
    match Site::of(&ledger)? {
        Some(site) => Ok((ledger, site)),
        None if path.exists() || in_s3(path)?.is_some() => Err(Failure::usage(format_args!(
            "there is no run in {}: nothing was begun",
            path.display()
        ))),
        None => Err(Failure::usage(format_args!(
            "there is no journal {}: name the one that `hopper up` wrote with --journal",
            path.display()
        ))),
    }
}

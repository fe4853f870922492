//! What a step has made: noted as soon as it exists, and found again by its note or its mark.

use crate::{
    Aws,
    fresh::PATIENCE,
    mark,
    resource::{Polled, Resource, look, marked},
};
use aws_sdk_ec2::types::Filter;
use hopper_core::{Cx, Found, StepError, Value};
use std::{collections::BTreeSet, future::Future, time::Duration};
use tokio::time::Instant;

/// The note that holds the id of what was made.
const ID: &str = "id";
/// The wait between two looks for something that may not be visible yet.
const AGAIN: Duration = Duration::from_secs(2);

/// Makes one thing with one call, unless this generation of the step has made it already, and has the journal
/// remember its id before anything else happens to it.
pub async fn once<I, Fut>(
    aws: &Aws,
    cx: &Cx,
    create: impl FnOnce() -> Fut + Send,
) -> Result<I, StepError>
where
    I: Value + AsRef<str>,
    Fut: Future<Output = Result<I, StepError>> + Send,
{
    if let Some(id) = cx.noted::<I>(ID) {
        return Ok(id);
    }
    aws.fresh().set_refused(cx.token(), false);
    let created = create().await;
    let refused = created.as_ref().is_err_and(StepError::is_refused);
    aws.fresh().set_refused(cx.token(), refused);
    let id = created?;
    aws.fresh().add(id.as_ref());
    cx.note(ID, &id).await?;
    Ok(id)
}

/// What was found of what a step has made.
#[derive(Debug)]
pub enum Sought<R, O> {
    /// This.
    One(R),
    /// Nothing that can be adopted.
    Not(Found<O>),
}

/// Looks for what this generation of the step has made, with patience: what was made a moment
/// ago may not be visible yet.
pub async fn sought<R: Resource, O>(aws: &Aws, cx: &Cx) -> Result<Sought<R, O>, StepError> {
    let noted = cx.noted::<String>(ID);
    if noted.is_none() && aws.fresh().is_refused(cx.token()) {
        return Ok(Sought::Not(Found::Absent));
    }
    let mut things = match &noted {
        Some(id) => patiently::<R>(aws, cx, vec![mark::filter(R::ID_FILTER, id)]).await?,
        None => marked_patiently::<R>(aws, cx).await?,
    };
    Ok(match (things.pop(), things.is_empty(), noted) {
        (Some(thing), true, _) if !thing.is_husk() => Sought::One(thing),
        (None, _, None) => Sought::Not(Found::Absent),
        // Gone, or dead, or there are two of them: to be cleared away.
        _ => Sought::Not(Found::Partly),
    })
}

/// Looks for what has a name that this generation of the step would give, with patience: it may
/// be somebody else's.
pub async fn sought_by_key<P: Polled>(
    aws: &Aws,
    cx: &Cx,
    key: &str,
) -> Result<Option<P>, StepError> {
    if noted::<String>(cx).is_none() && aws.fresh().is_refused(cx.token()) {
        return Ok(None);
    }
    until_some(cx, || look(aws, cx, key)).await
}

/// What was found is not finished: its id is noted, so that running again goes on with it.
pub async fn underway<O>(cx: &Cx, id: &str) -> Result<Found<O>, StepError> {
    if cx.noted::<String>(ID).as_deref() != Some(id) {
        cx.note(ID, id).await?;
    }
    Ok(Found::Underway)
}

/// The id that this generation of the step has noted.
pub fn noted<I: Value>(cx: &Cx) -> Option<I> {
    cx.noted(ID)
}

/// The ids of everything this generation of the step has made: what its output says, or its note
/// and its mark.
pub async fn ids<R: Resource>(
    aws: &Aws,
    cx: &Cx,
    done: Option<&str>,
) -> Result<BTreeSet<String>, StepError> {
    if let Some(id) = done {
        return Ok([id.to_owned()].into());
    }
    let marked = marked::<R>(aws, cx).await?;
    let marked = marked.iter().filter(|thing| !thing.is_husk()).map(|thing| thing.id().to_owned());
    Ok(marked.chain(cx.noted(ID)).collect())
}

/// Reads what passes the filters, with patience while nothing does.
pub async fn patiently<R: Resource>(
    aws: &Aws,
    cx: &Cx,
    filters: Vec<Filter>,
) -> Result<Vec<R>, StepError> {
    until_any(cx, || R::describe(aws, cx, filters.clone())).await
}

/// Reads what carries the mark of the step at hand, with patience while nothing does.
pub async fn marked_patiently<R: Resource>(aws: &Aws, cx: &Cx) -> Result<Vec<R>, StepError> {
    until_any(cx, || marked(aws, cx)).await
}

async fn until_any<R, Fut>(
    cx: &Cx,
    mut look: impl FnMut() -> Fut + Send,
) -> Result<Vec<R>, StepError>
where
    R: Send,
    Fut: Future<Output = Result<Vec<R>, StepError>> + Send,
{
    let found = until_some(cx, || {
        let looked = look();
        async { Ok(Some(looked.await?).filter(|things| !things.is_empty())) }
    });
    Ok(found.await?.unwrap_or_default())
}

/// Looks once; or with patience, if this process has made the thing so lately that it may not be
/// visible yet.
pub async fn existing<T, Fut>(
    aws: &Aws,
    cx: &Cx,
    name: &str,
    mut look: impl FnMut() -> Fut + Send,
) -> Result<Option<T>, StepError>
where
    Fut: Future<Output = Result<Option<T>, StepError>> + Send,
{
    match aws.fresh().age(name) {
        Some(age) if age < PATIENCE => until_some(cx, look).await,
        _ => look().await,
    }
}

/// Looks again and again, until something is there or it has to be believed that nothing is.
pub async fn until_some<T, Fut>(
    cx: &Cx,
    mut look: impl FnMut() -> Fut + Send,
) -> Result<Option<T>, StepError>
where
    Fut: Future<Output = Result<Option<T>, StepError>> + Send,
{
    let began = Instant::now();
    loop {
        let found = look().await?;
        if found.is_some() || PATIENCE <= began.elapsed() {
            return Ok(found);
        }
        cx.progress("looking for what was made");
        cx.sleep(AGAIN).await?;
    }
}

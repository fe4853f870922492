//! [`Polled`]: a kind of thing that is waited for; [`Resource`]: one of EC2's.

use crate::{
    Aws,
    claim::{is_of_run, is_own},
    mark,
};
use aws_sdk_ec2::types::{Filter, Tag};
use hopper_core::{Cx, StepError};
use std::future::Future;

/// A kind of thing that is waited for: many are looked up at once, by what AWS knows them by.
pub trait Polled: Clone + Send + Sync + 'static {
    /// Most things that are looked up at once.
    const MOST: usize;

    /// Reads those of them that are visible.
    fn look_up(
        aws: &Aws,
        cx: &Cx,
        keys: Vec<String>,
    ) -> impl Future<Output = Result<Vec<Self>, StepError>> + Send;

    /// What AWS knows it by: an id, or a name.
    fn key(&self) -> &str;
}

impl<R: Resource> Polled for R {
    /// "Filtering resources" (EC2 API reference).
    const MOST: usize = 200;

    async fn look_up(aws: &Aws, cx: &Cx, keys: Vec<String>) -> Result<Vec<Self>, StepError> {
        let filter = Filter::builder().name(R::ID_FILTER).set_values(Some(keys)).build();
        R::describe(aws, cx, vec![filter]).await
    }

    fn key(&self) -> &str {
        self.id()
    }
}

/// A kind of thing in EC2, as a describe shows it: what finding, waiting and comparing rest on.
///
/// Things are always looked for with filters, never by id: a describe by id fails as a whole for
/// one id that is not visible yet, a filter leaves it out.
pub trait Resource: Clone + Send + Sync + 'static {
    /// The filter that takes ids, e.g. `vpc-id`.
    const ID_FILTER: &'static str;

    /// Reads what passes the filters.
    fn describe(
        aws: &Aws,
        cx: &Cx,
        filters: Vec<Filter>,
    ) -> impl Future<Output = Result<Vec<Self>, StepError>> + Send;

    /// Its id.
    fn id(&self) -> &str;

    /// Its tags.
    fn tags(&self) -> &[Tag];

    /// Whether it is only listed still, after its end.
    fn is_husk(&self) -> bool {
        false
    }
}

/// The thing with this id, if it is visible and not a husk.
pub async fn get<R: Resource>(aws: &Aws, cx: &Cx, id: &str) -> Result<Option<R>, StepError> {
    let things = R::describe(aws, cx, vec![mark::filter(R::ID_FILTER, id)]).await?;
    Ok(things.into_iter().find(|thing| thing.id() == id && !thing.is_husk()))
}

/// What carries the mark of the step at hand.
///
/// The tags are looked at here again: a filter that somebody forgets to apply would have the
/// things of others adopted, or deleted.
pub async fn marked<R: Resource>(aws: &Aws, cx: &Cx) -> Result<Vec<R>, StepError> {
    let things = R::describe(aws, cx, mark::filters(cx)).await?;
    let is_own = |thing: &R| is_own(cx, thing.tags()) && is_of_run(cx, thing.tags());
    Ok(things.into_iter().filter(is_own).collect())
}

/// The thing that AWS knows by this, if it is visible.
pub async fn look<P: Polled>(aws: &Aws, cx: &Cx, key: &str) -> Result<Option<P>, StepError> {
    let things = P::look_up(aws, cx, vec![key.to_owned()]).await?;
    Ok(things.into_iter().find(|thing| thing.key() == key))
}

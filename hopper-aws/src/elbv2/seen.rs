//! [`Seen`]: a thing with its tags, and whose it is.

use super::tags::tags;
use crate::{
    Aws,
    claim::{is_own, maker},
    made::{self, existing, sought_by_key},
    resource::{Polled, look},
};
use aws_sdk_elasticloadbalancingv2::types::Tag;
use hopper_core::{Cx, Found, StepError};
use std::future::Future;

/// A kind of thing of which only one can have a name, or a place.
pub(crate) trait Thing: Clone + Send + Sync + 'static {
    /// What it is called: `load balancer`.
    const NOUN: &'static str;

    /// The one of that name, if it is visible.
    fn get(
        aws: &Aws,
        cx: &Cx,
        name: &str,
    ) -> impl Future<Output = Result<Option<Self>, StepError>> + Send;

    /// Its ARN.
    fn arn(&self) -> &str;
}

/// A thing with its tags.
#[derive(Clone, Debug)]
pub(crate) struct Seen<T> {
    name: String,
    pub(crate) thing: T,
    pub(crate) tags: Vec<Tag>,
}

impl<T: Thing> Polled for Seen<T> {
    /// One that is missing has the whole describe fail.
    const MOST: usize = 1;

    async fn look_up(aws: &Aws, cx: &Cx, names: Vec<String>) -> Result<Vec<Self>, StepError> {
        let mut found = Vec::new();
        for name in names {
            let Some(thing) = T::get(aws, cx, &name).await? else { continue };
            let Some(tags) = tags(aws, cx, thing.arn()).await? else { continue };
            found.push(Self { name, thing, tags });
        }
        Ok(found)
    }

    fn key(&self) -> &str {
        &self.name
    }
}

impl<T: Thing> Seen<T> {
    /// Whose it is, and what to do.
    pub(super) fn taken(&self) -> String {
        let (noun, arn, maker) = (T::NOUN, self.thing.arn(), maker(&self.tags));
        format!("{noun} {arn} was {maker}: delete it, or choose another name")
    }

    /// That it is somebody else's.
    pub(super) fn conflict(&self) -> StepError {
        let error = format_args!("there is a {} of that name or place already", T::NOUN);
        StepError::permanent(error).with_hint(self.taken())
    }
}

/// The ARN of what the step at hand has made under this name, in a try whose reply was lost.
///
/// # Errors
///
/// That the name is somebody else's.
pub(super) async fn claim<T: Thing>(
    aws: &Aws,
    cx: &Cx,
    name: &str,
) -> Result<Option<String>, StepError> {
    match look::<Seen<T>>(aws, cx, name).await? {
        Some(seen) if is_own(cx, &seen.tags) => Ok(Some(seen.thing.arn().to_owned())),
        Some(seen) => Err(seen.conflict().refused()),
        None => Ok(None),
    }
}

/// What the step at hand has made under this name, or what is to be said instead.
pub(super) async fn find<T: Thing, O>(
    aws: &Aws,
    cx: &Cx,
    name: &str,
) -> Result<Result<Seen<T>, Found<O>>, StepError> {
    let Some(seen) = sought_by_key::<Seen<T>>(aws, cx, name).await? else {
        let noted = made::noted::<String>(cx);
        return Ok(Err(noted.map_or(Found::Absent, |_| Found::Partly)));
    };
    Ok(match is_own(cx, &seen.tags) {
        true => Ok(seen),
        false => Err(Found::Conflict(seen.taken())),
    })
}

/// The ARN of what the step at hand has made and is there still, for it to be deleted.
pub(super) async fn left<T: Thing>(
    aws: &Aws,
    cx: &Cx,
    name: &str,
    done: Option<&str>,
) -> Result<Option<String>, StepError> {
    let seen = existing(aws, cx, name, || look::<Seen<T>>(aws, cx, name)).await?;
    let own = |seen: &Seen<T>| is_own(cx, &seen.tags) || done == Some(seen.thing.arn());
    Ok(seen.filter(own).map(|seen| seen.thing.arn().to_owned()))
}

/// What has this ARN still, under this name.
pub(super) async fn same<T: Thing>(
    aws: &Aws,
    cx: &Cx,
    name: &str,
    arn: &str,
) -> Result<Option<Seen<T>>, StepError> {
    let seen = look::<Seen<T>>(aws, cx, name).await?;
    Ok(seen.filter(|seen| seen.thing.arn() == arn))
}

//! [`pages`]: everything that a describe shows a page at a time; [`tagged`]: its tags.

use crate::{Tags, sdk_tag::SdkTag};
use hopper_core::StepError;
use std::{collections::BTreeMap, future::Future};

/// Most load balancers or target groups whose tags are told at once ("DescribeTags", Elastic Load
/// Balancing API references of both versions).
const MOST: usize = 20;

/// What all pages hold.
pub(super) async fn pages<T, Fut>(
    mut page: impl FnMut(Option<String>) -> Fut + Send,
) -> Result<Vec<T>, StepError>
where
    T: Send,
    Fut: Future<Output = Result<(Option<Vec<T>>, Option<String>), StepError>> + Send,
{
    let (mut all, mut marker) = (Vec::new(), None);
    loop {
        let (some, next) = page(marker).await?;
        all.extend(some.unwrap_or_default());
        marker = next.filter(|next| !next.is_empty());
        if marker.is_none() {
            return Ok(all);
        }
    }
}

/// The tags of things, by what they are known by; twenty things at a time.
pub(super) async fn tagged<Fut>(
    keys: Vec<String>,
    mut read: impl FnMut(Vec<String>) -> Fut + Send,
) -> Result<BTreeMap<String, Tags>, StepError>
where
    Fut: Future<Output = Result<Vec<(String, Tags)>, StepError>> + Send,
{
    let mut all = BTreeMap::new();
    for some in keys.chunks(MOST) {
        all.extend(read(some.to_vec()).await?);
    }
    Ok(all)
}

/// An SDK's tags as ours.
pub(super) fn tags(tags: &[impl SdkTag]) -> Tags {
    let pairs = tags.iter().filter_map(|tag| {
        Some((tag.key()?.to_owned(), tag.value().unwrap_or_default().to_owned()))
    });
    pairs.collect()
}

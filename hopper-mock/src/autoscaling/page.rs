//! [`cut`]: describing page by page.

use super::error::constraint;
use crate::ec2::page;
use crate::wire::{AwsError, Xml};

/// How many records a page has if the request does not say, and how many it may have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    pub(super) usual: usize,
    pub(super) most: usize,
}

/// What most describes have.
pub(super) const USUAL: Size = Size { usual: 50, most: 100 };

/// A page of things ordered by their keys, and the token of the next page.
///
/// # Errors
/// More records than a page may have, or a token that is none.
pub(super) fn cut<T>(
    things: Vec<(String, T)>,
    size: Size,
    max_records: Option<usize>,
    next_token: Option<&str>,
) -> Result<(Vec<T>, Option<String>), AwsError> {
    let wanted = max_records.unwrap_or(size.usual);
    let sizes = 1..=size.most;
    if !sizes.contains(&wanted) {
        let must = format!("Member must have value between 1 and {}", size.most);
        return Err(constraint(wanted, "maxRecords", &must));
    }
    let (things, next) = page(things, |(key, _)| key, &sizes, Some(wanted), next_token)?;
    Ok((things.into_iter().map(|(_, thing)| thing).collect(), next))
}

/// An answer with a list and the token of its next page.
pub(super) fn listed(
    name: &'static str,
    items: impl IntoIterator<Item = Xml>,
    next_token: Option<String>,
) -> Xml {
    Xml::new().list(name, items).opt("NextToken", next_token)
}

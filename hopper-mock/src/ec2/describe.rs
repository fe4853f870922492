//! [`Describe`]: describing things by ids, by filters, and page by page.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::filter::{self, Attribute, Filter};
use crate::wire::{Answer, AwsError, Params, Xml, from_params};
use crate::world::{Resource, World};

/// A resource with a describe operation of the usual shape.
pub(crate) trait Describe: Resource {
    /// The parameter that lists ids: `VpcId`.
    const IDS: &'static str;
    /// The element of the answer: `vpcSet`.
    const SET: &'static str;
    /// What one can filter by, apart from tags.
    const FILTERS: &'static [Attribute<Self>];
    /// How many results a page may have.
    const PAGE: RangeInclusive<usize> = 5..=1000;
    /// Whether ids and `MaxResults` exclude each other.
    const IDS_OR_PAGES: bool = false;
    /// Flags that make no difference here.
    const IGNORED: &'static [&'static str] = &[];

    /// How a describe shows it.
    fn show(&self, world: &World) -> Xml;
}

/// Which things a describe is about.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Selection {
    #[serde(default)]
    pub(crate) ids: Vec<String>,
    #[serde(default, rename = "Filter")]
    pub(crate) filters: Vec<Filter>,
    pub(crate) max_results: Option<usize>,
    pub(crate) next_token: Option<String>,
}

impl Selection {
    /// Reads a selection of things of a kind.
    pub(crate) fn read<D: Describe>(mut params: Params) -> Result<Self, AwsError> {
        if params.has("Ids") {
            return Err(AwsError::new("UnknownParameter", "The parameter Ids is not recognized"));
        }
        let _: BTreeMap<String, bool> = from_params(&params.split(D::IGNORED))?;
        params.rename(D::IDS, "Ids");
        Ok(from_params(&params)?)
    }
}

/// Answers a describe.
pub(crate) fn describe<D: Describe>(world: &World, selection: &Selection) -> Answer {
    let (page, next_token) = select::<D>(world, selection)?;
    Ok(Xml::new()
        .list(D::SET, page.into_iter().map(|thing| thing.show(world)))
        .opt("nextToken", next_token))
}

/// The things a describe is about, one page of them, and the token of the next page.
///
/// Things named by id must exist; others are left out where they do not fit or are not visible.
pub(crate) fn select<'a, D: Describe>(
    world: &'a World,
    selection: &Selection,
) -> Result<(Vec<&'a D>, Option<String>), AwsError> {
    let Selection { ids, filters, max_results, next_token } = selection;
    if D::IDS_OR_PAGES && !ids.is_empty() && max_results.is_some() {
        return Err(AwsError::new(
            "InvalidParameterCombination",
            format!("The parameter {} cannot be used with the parameter maxResults", D::IDS),
        ));
    }
    filter::check(filters, D::FILTERS, true)?;
    let mut things: Vec<&D> = if ids.is_empty() {
        D::table(world).values().filter(|thing| world.sees(thing.id())).collect()
    } else {
        ids.iter().map(|id| world.find(id)).collect::<Result<_, _>>()?
    };
    things.sort_by_key(|thing| thing.id());
    things.dedup_by_key(|thing| thing.id());
    things.retain(|thing| filter::passes(world, *thing, Some(thing.tags()), filters, D::FILTERS));
    page(things, |thing| thing.id(), &D::PAGE, *max_results, next_token.as_deref())
}

/// Cuts one page out of a list ordered by key. The token names the last key of the page before,
/// so things that come and go between pages neither repeat nor hide others.
pub(crate) fn page<T>(
    mut things: Vec<T>,
    key: impl Fn(&T) -> &str,
    sizes: &RangeInclusive<usize>,
    max_results: Option<usize>,
    next_token: Option<&str>,
) -> Result<(Vec<T>, Option<String>), AwsError> {
    if let Some(size) = max_results
        && !sizes.contains(&size)
    {
        let range = format!("Expecting a value between {} and {}.", sizes.start(), sizes.end());
        return Err(AwsError::invalid_value("maxResults", size, &range));
    }
    if let Some(token) = next_token.filter(|token| !token.is_empty()) {
        let last = BASE64_URL_SAFE_NO_PAD
            .decode(token)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .ok_or_else(|| AwsError::new("InvalidNextToken", "The token is not valid"))?;
        things.retain(|thing| key(thing) > last.as_str());
    }
    let size = max_results.unwrap_or(*sizes.end());
    let more = size < things.len();
    things.truncate(size);
    let next = things.last().filter(|_| more).map(|last| BASE64_URL_SAFE_NO_PAD.encode(key(last)));
    Ok((things, next))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may")]
    use super::*;

    fn turn(
        things: &[&'static str],
        size: usize,
        token: Option<&str>,
    ) -> Result<(Vec<&'static str>, Option<String>), AwsError> {
        page(things.to_vec(), |thing| thing, &(2..=1000), Some(size), token)
    }

    #[test]
    fn pages_follow_each_other_without_a_gap() {
        let (first, token) = turn(&["a", "b", "c", "d"], 2, None).unwrap();
        assert_eq!(first, ["a", "b"]);
        // b goes and bb comes between the pages.
        let (second, token) = turn(&["a", "bb", "c", "d"], 3, token.as_deref()).unwrap();
        assert_eq!((second, token), (vec!["bb", "c", "d"], None));
    }

    #[test]
    fn sizes_and_tokens_are_checked() {
        assert_eq!(turn(&[], 1, None).unwrap_err().code, "InvalidParameterValue");
        assert_eq!(turn(&[], 1001, None).unwrap_err().code, "InvalidParameterValue");
        assert_eq!(turn(&[], 5, Some("%")).unwrap_err().code, "InvalidNextToken");
    }
}

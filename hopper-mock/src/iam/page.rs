//! [`page`]: lists in pages, with `MaxItems` and `Marker`.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use super::name::invalid;
use crate::wire::{AwsError, Xml};

/// One page of a list.
#[derive(Debug)]
pub(super) struct Page<T> {
    /// What is on it.
    pub(super) items: Vec<T>,
    marker: Option<String>,
}

impl<T> Page<T> {
    /// The page under a name, with what tells whether there is more.
    pub(super) fn list(&self, name: &'static str, show: impl Fn(&T) -> Xml) -> Xml {
        self.end().and(Xml::new().list(name, self.items.iter().map(show)))
    }

    /// What tells whether there is more: `IsTruncated`, and the marker of the next page.
    pub(super) fn end(&self) -> Xml {
        Xml::new().text("IsTruncated", self.marker.is_some()).opt("Marker", self.marker.as_ref())
    }
}

/// Cuts a page out of a list in the order of its keys. A page has 100 items unless the request
/// asks for another number up to 1000. The marker names the last key of the page before.
///
/// # Errors
/// `ValidationError` for a size out of range, or a marker that is none.
pub(super) fn page<T>(
    mut items: Vec<T>,
    key: impl Fn(&T) -> &str,
    marker: Option<&str>,
    max_items: Option<usize>,
) -> Result<Page<T>, AwsError> {
    let size = max_items.unwrap_or(100);
    if !(1..=1000).contains(&size) {
        let why = "Member must have value between 1 and 1000";
        return Err(invalid("maxItems", &size.to_string(), why));
    }
    if let Some(marker) = marker {
        let last = BASE64_URL_SAFE_NO_PAD
            .decode(marker)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .ok_or_else(|| AwsError::new("ValidationError", format!("Invalid Marker: {marker}")))?;
        items.retain(|item| last.as_str() < key(item));
    }
    items.sort_by(|one, other| key(one).cmp(key(other)));
    let more = size < items.len();
    items.truncate(size);
    let last = items.last().filter(|_| more);
    let marker = last.map(|last| BASE64_URL_SAFE_NO_PAD.encode(key(last)));
    Ok(Page { items, marker })
}

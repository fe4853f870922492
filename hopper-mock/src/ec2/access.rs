//! What a request is about, for those who judge whether it may be made.

use super::REGISTRY;
use crate::wire::Request;
use crate::world::{Tags, World};

/// The things whose ids a request names: kind, id and tags.
pub(crate) fn named<'a>(
    world: &'a World,
    request: &Request,
) -> Vec<(&'static str, &'a str, &'a Tags)> {
    let values: Vec<String> = request.params.pairs().into_iter().map(|(_, value)| value).collect();
    let entries = REGISTRY.iter().flat_map(|registered| (registered.entries)(world));
    entries
        .filter(|entry| values.iter().any(|value| value == entry.id))
        .map(|entry| (entry.kind, entry.id, entry.tags))
        .collect()
}

/// The tags a request gives to what it makes.
pub(crate) fn requested_tags(request: &Request) -> Tags {
    let pairs = request.params.pairs();
    let keys = pairs.iter().filter_map(|(name, key)| Some((name.strip_suffix(".Key")?, key)));
    let is_tag = |place: &str| {
        let mut parts = place.rsplit('.');
        parts.next().is_some_and(|n| n.parse::<u32>().is_ok()) && parts.next() == Some("Tag")
    };
    keys.filter(|(place, _)| is_tag(place))
        .map(|(place, key)| {
            let name = format!("{place}.Value");
            let value = pairs.iter().find(|(found, _)| *found == name).map(|(_, value)| value);
            (key.clone(), value.cloned().unwrap_or_default())
        })
        .collect()
}

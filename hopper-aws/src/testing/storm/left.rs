//! What a report says is left, held against what the world holds.

use super::timeline::Timeline;
use crate::{mark, testing::Stage};
use hopper_core::{Left, Report};
use hopper_mock::{Leftover, Mock};
use regex::Regex;
use std::{collections::BTreeSet, sync::LazyLock};

static ID: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\b[a-z]+(?:-[a-z]+)*-[0-9a-f]{17}\b").ok());

/// How the report's list differs from what is left in the world, if it does: every thing belongs to
/// a step of the list, and every step of the list has something that is there.
pub(super) fn difference(
    stage: &Stage,
    mock: &Mock,
    timeline: &Timeline,
    report: &Report,
) -> Option<String> {
    let world = mock.world();
    let there: Vec<_> =
        stage.leftovers_of(mock).into_iter().filter(|thing| !timeline.made(&thing.id)).collect();
    let is_of = |thing: &Leftover, left: &Left| {
        let step = world.tags_of(&thing.id).and_then(|tags| tags.get(mark::STEP));
        let output = left.output.as_ref().map_or("", |output| output.text());
        step == Some(&left.name) || output.contains(&format!("\"{}\"", thing.id))
    };
    let unlisted = there.iter().filter(|thing| !report.left.iter().any(|left| is_of(thing, left)));
    let unlisted: Vec<_> = unlisted.map(ToString::to_string).collect();

    let parts = world.to_string();
    let living = parts.lines().filter(|line| {
        !line.contains(r#""state":"terminated""#) && !line.contains(r#""state":"deleted""#)
    });
    let ids = living.flat_map(ids).collect::<BTreeSet<_>>();
    let is_gone = |left: &&Left| {
        let output = left.output.as_ref().map_or("", |output| output.text());
        let of_output = self::ids(output);
        !there.iter().any(|thing| is_of(thing, left))
            && !of_output.is_empty()
            && !of_output.iter().any(|id| ids.contains(id))
    };
    let gone: Vec<_> = report.left.iter().filter(is_gone).map(|left| left.name.as_str()).collect();
    match unlisted.is_empty() && gone.is_empty() {
        true => None,
        false => Some(format!("left and not listed: {unlisted:?}; listed and gone: {gone:?}")),
    }
}

fn ids(text: &str) -> Vec<&str> {
    ID.as_ref()
        .map(|id| id.find_iter(text).map(|found| found.as_str()).collect())
        .unwrap_or_default()
}

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
    let parts = world.to_string();
    let is_listed = |thing: &Leftover| report.left.iter().any(|left| is_of(thing, left));
    // The snapshots of an image that failed bear no mark of their own.
    let is_of_listed_image = |thing: &Leftover| {
        let images = there.iter().filter(|other| other.kind == "image" && is_listed(other));
        let ids: Vec<&str> = images.map(|image| image.id.as_str()).collect();
        let mut with = parts.lines().filter(|line| line.contains(&thing.id));
        thing.kind == "snapshot" && with.any(|line| ids.iter().any(|id| line.contains(id)))
    };
    let unlisted = there.iter().filter(|thing| !is_listed(thing) && !is_of_listed_image(thing));
    let unlisted: Vec<_> = unlisted.map(ToString::to_string).collect();

    let living = parts.lines().filter(|line| {
        !line.contains(r#""state":"terminated""#) && !line.contains(r#""state":"deleted""#)
    });
    let ids = living.flat_map(ids).collect::<BTreeSet<_>>();
    let is_gone = |left: &&Left| {
        let output = left.output.as_ref().map_or("", |output| output.text());
        let of_output = self::ids(output);
        // Whom somebody else killed may have died after it was looked at.
        let may_have_died = timeline.has_killed() && left.kind == "aws.ec2.instance";
        !may_have_died
            && !there.iter().any(|thing| is_of(thing, left))
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

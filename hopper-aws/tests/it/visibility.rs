//! The whole chapter while everything new stays unseen for a while.

use hopper_aws::{recipes, settings::ChapterSettings, testing::Stage};
use hopper_core::testing::{fail_at_every_step, run_every_step_twice, undo_every_step_twice};
use hopper_mock::Visibility;
use std::time::Duration;

/// Crashes in such a world are tried step by step, by the tests of the steps.
#[test]
fn the_chapter_endures_what_is_not_visible_yet() {
    let recipe = |w: &_| drop(recipes::chapter_machines(w, &ChapterSettings::default()).unwrap());
    let visibility = Visibility::Seeded { max: Duration::from_secs(9) };
    let stage = Stage::new(recipe).visibility(visibility);
    fail_at_every_step(&stage);
    run_every_step_twice(&stage);
    undo_every_step_twice(&stage);
}

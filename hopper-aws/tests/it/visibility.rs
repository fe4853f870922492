//! The whole chapter while everything new stays unseen for a while.

use hopper_aws::{recipes, settings::ChapterSettings, testing::Stage};
use hopper_mock::Visibility;
use std::time::Duration;

#[test]
fn the_chapter_endures_what_is_not_visible_yet() {
    let visibility = Visibility::Seeded { max: Duration::from_secs(9) };
    let recipe = |w: &_| drop(recipes::chapter(w, &ChapterSettings::default()).unwrap());
    Stage::new(recipe).visibility(visibility).endure();
}

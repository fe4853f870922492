//! The process dies at any call of the recipe `chapter`, up and down.

use hopper_aws::{
    recipes,
    settings::ChapterSettings,
    testing::{Stage, crash_everywhere, crash_somewhere, crash_twice},
};
use hopper_mock::Visibility;
use std::time::Duration;

fn stage() -> Stage {
    Stage::new(|w| drop(recipes::chapter_machines(w, &ChapterSettings::default()).unwrap()))
}

#[test]
fn a_crash_at_any_call_leaves_no_duplicate_and_no_orphan() {
    let crashes = crash_everywhere(&stage());
    println!("{crashes}");
    let [up, down] = crashes.calls;
    // Two worlds for each moment of each call; before the first there is no run to undo.
    assert!(6 * (up + down) - 3 <= crashes.worlds, "{crashes}");
}

#[test]
fn two_crashes_in_a_row_leave_nothing() {
    let crashes = crash_twice(&stage(), 6, 1);
    println!("twice in a row: {crashes}");
    assert!(50 < crashes.worlds, "{crashes}");
}

#[test]
fn a_crash_where_what_is_new_is_seen_late_leaves_nothing() {
    let stage = stage().visibility(Visibility::Fixed(Duration::from_secs(8)));
    let crashes = crash_somewhere(&stage, 16, 2);
    println!("seen late: {crashes}");
    assert!(50 < crashes.worlds, "{crashes}");
}

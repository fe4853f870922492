//! What every step promises, of all steps of the chapter together.

use super::whole;
use hopper_core::testing::{fail_at_every_step, run_every_step_twice, undo_every_step_twice};

/// Whatever step fails, before it acts or after, all of it is taken back.
#[test]
fn whatever_fails_nothing_is_left() {
    assert_eq!(fail_at_every_step(&whole()), 2 * 63);
}

#[test]
fn twice_is_as_good_as_once() {
    run_every_step_twice(&whole());
    undo_every_step_twice(&whole());
}

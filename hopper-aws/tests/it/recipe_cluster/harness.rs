//! What every step promises, of all steps of a cluster together.

use super::whole;
use hopper_core::testing::{run_every_step_twice, undo_every_step_twice};

#[test]
fn twice_is_as_good_as_once() {
    run_every_step_twice(&whole());
    undo_every_step_twice(&whole());
}

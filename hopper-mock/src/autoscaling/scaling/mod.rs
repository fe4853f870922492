//! How groups grow and shrink: [`settle`] compares what a group has with what it shall have, and
//! begins launches and terminations, which then go their way by the world's schedule.

mod health;
mod launch;
mod rebalance;
mod settle;
mod terminate;

use std::time::Duration;

pub(crate) use health::instance_left;
pub(super) use health::{check, check_all};
pub(super) use launch::{in_service, launch};
pub(super) use settle::settle;
pub(super) use terminate::{begin as begin_termination, gone, terminate};

use crate::world::{Transition, World};

/// The tag by which an instance of a group is known.
pub(super) const GROUP_TAG: &str = "aws:autoscaling:groupName";

/// Lets an event happen after some time.
fn schedule(world: &mut World, after: Duration, event: super::Event) {
    world.schedule(after, Transition::AutoScaling(event));
}

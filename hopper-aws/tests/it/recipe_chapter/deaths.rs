//! The process dies, and faults strike.

use super::whole;
use crate::{recipe_cluster::gone_on_with_and_undone, storm::seeds};
use hopper_aws::testing::{crash_somewhere, storm};

#[test]
fn at_a_call() {
    let crashes = crash_somewhere(&whole(), 20, 1);
    println!("{crashes}");
    assert_eq!((crashes.duplicates, crashes.orphans, crashes.wrong.len()), (0, 0, 0), "{crashes}");
}

/// While it waits for machines, scripts, kubeadm, nodes, the load balancer and the page, of which
/// AWS knows nothing; then it is gone on with, or undone.
#[test]
fn inside_the_machines() {
    gone_on_with_and_undone(&whole(), &[30, 130, 160, 200, 240, 400, 460, 500, 535, 550, 590, 650]);
}

#[test]
fn it_weathers_storms() {
    println!("{}", storm(&whole(), seeds("HOPPER_CHAPTER_STORM", 40)));
}

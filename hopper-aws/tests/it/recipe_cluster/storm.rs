//! Storms: every kind of fault, seeded, over the whole cluster.

use super::whole;
use crate::storm::seeds;
use hopper_aws::testing::{StormEnd, storm};
use std::time::Instant;

#[test]
fn the_cluster_weathers_storms() {
    let (began, seeds) = (Instant::now(), seeds("HOPPER_CLUSTER_STORM", 200));
    let storm = storm(&whole(), seeds.clone());
    println!("{storm}\n{:?}", began.elapsed());
    if 200 <= seeds.count() {
        for end in [StormEnd::Complete, StormEnd::Undone, StormEnd::Left] {
            assert!(storm.seeds.iter().any(|seed| seed.end == Ok(end)), "{end:?}\n{storm}");
        }
    }
}

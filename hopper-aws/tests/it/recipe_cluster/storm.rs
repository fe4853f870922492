//! Storms: every kind of fault, seeded, over the whole cluster.

use super::whole;
use hopper_aws::testing::{StormEnd, storm};
use std::time::Instant;

#[test]
fn the_cluster_weathers_storms() {
    let began = Instant::now();
    let seeds: u64 = std::env::var("HOPPER_CLUSTER_STORM").map_or(24, |text| text.parse().unwrap());
    let storm = storm(&whole(), 0..seeds);
    println!("{storm}\n{:?}", began.elapsed());
    assert!(storm.seeds.iter().all(|seed| seed.end.is_ok()), "{storm}");
    if 200 <= seeds {
        for end in [StormEnd::Complete, StormEnd::Undone, StormEnd::Left] {
            assert!(storm.seeds.iter().any(|seed| seed.end == Ok(end)), "{end:?}\n{storm}");
        }
    }
}

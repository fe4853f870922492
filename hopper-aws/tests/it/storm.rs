//! Storms: every kind of fault, seeded, over the whole chapter.

use hopper_aws::{
    Cidr, Tags,
    ec2::Vpc,
    recipes,
    settings::ChapterSettings,
    testing::{FaultKind, Stage, StormEnd, storm},
};
use hopper_core::Workflow;
use std::panic::{AssertUnwindSafe, catch_unwind};

fn chapter() -> Stage {
    Stage::new(|w| drop(recipes::chapter(w, &ChapterSettings::default()).unwrap()))
}

fn vpc(w: &Workflow) {
    let cidr = "10.0.0.0/16".parse::<Cidr>().unwrap().into();
    w.step("vpc").does(Vpc { cidr, dns_support: true, dns_hostnames: true, tags: Tags::new() });
}

/// The seeds: `HOPPER_STORM` is one of them (`17`), or how many (`..10000`).
fn seeds() -> std::ops::Range<u64> {
    let asked = std::env::var("HOPPER_STORM").unwrap_or_else(|_| "..2000".to_owned());
    match asked.strip_prefix("..") {
        Some(n) => 0..n.parse().unwrap(),
        None => {
            let seed = asked.parse().unwrap();
            seed..seed + 1
        }
    }
}

/// Every run ends complete or undone, every kind of fault strikes.
#[test]
fn the_chapter_weathers_every_storm() {
    let seeds = seeds();
    let storm = storm(&chapter(), seeds.clone());
    println!("{storm}");
    if 500 <= seeds.end - seeds.start {
        assert_eq!(storm.never_struck(), []);
        for end in [StormEnd::Complete, StormEnd::Undone, StormEnd::Left] {
            assert!(storm.seeds.iter().any(|seed| seed.end == Ok(end)), "{end:?}\n{storm}");
        }
    } else {
        storm.seeds.iter().for_each(|seed| println!("{seed}"));
    }
}

#[test]
fn a_seed_comes_out_the_same_each_time() {
    let some = [3, 17, 40];
    assert_eq!(storm(&chapter(), some), storm(&chapter(), some));
}

/// Only what a recipe gives an occasion strikes.
#[test]
fn a_small_recipe_has_small_storms() {
    let storm = storm(&Stage::new(vpc), 0..300);
    let never = storm.never_struck();
    assert!(never.contains(&FaultKind::FailedNatGateway), "{storm}");
    assert!(!never.contains(&FaultKind::LostReply), "{storm}");
    assert!(storm.to_string().contains("300 seeds"), "{storm}");
}

/// What is wrong is told, with the seed that shows it.
#[test]
fn what_a_recipe_leaves_is_found() {
    let leaky = Stage::new(vpc).with_engine(|engine| engine.skip("vpc"));
    let failed = catch_unwind(AssertUnwindSafe(|| storm(&leaky, 0..3))).unwrap_err();
    let text = failed.downcast_ref::<String>().unwrap();
    assert!(text.contains("in calm weather"), "{text}");
}

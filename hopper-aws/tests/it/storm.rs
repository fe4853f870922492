//! Storms: every kind of fault, seeded, over the whole chapter.

use hopper_aws::{
    Cidr, Tags,
    ec2::Vpc,
    recipes,
    settings::ChapterSettings,
    testing::{FaultKind, Stage, StormEnd, storm},
};
use hopper_core::{Retry, Workflow};
use std::{
    ops::Range,
    panic::{AssertUnwindSafe, catch_unwind},
};

fn chapter() -> Stage {
    Stage::new(|w| drop(recipes::chapter_machines(w, &ChapterSettings::default()).unwrap()))
}

fn vpc(w: &Workflow) {
    let cidr = "10.0.0.0/16".parse::<Cidr>().unwrap().into();
    w.step("vpc").does(Vpc { cidr, dns_support: true, dns_hostnames: true, tags: Tags::new() });
}

/// The seeds that a variable of the environment asks for, one (`17`) or a range (`2000..10000`), or
/// so many from 0.
pub(crate) fn seeds(variable: &str, unless_asked: u64) -> Range<u64> {
    let asked = std::env::var(variable).unwrap_or_else(|_| format!("0..{unless_asked}"));
    match asked.split_once("..") {
        Some((from, to)) => from.parse().unwrap()..to.parse().unwrap(),
        None => {
            let seed = asked.parse().unwrap();
            seed..seed + 1
        }
    }
}

/// Every run ends complete or undone, every kind of fault strikes.
#[test]
fn the_chapter_weathers_every_storm() {
    let seeds = seeds("HOPPER_STORM", 2000);
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

/// What is not borne is told, with the seeds that show it, and each of them shows it alone.
#[test]
fn a_seed_that_fails_is_told_and_fails_again_alone() {
    let hasty = Stage::new(vpc).with_engine(|engine| engine.undo_retry(Retry::never()));
    let told = |seeds: Range<u64>| {
        let failed = catch_unwind(AssertUnwindSafe(|| storm(&hasty, seeds))).unwrap_err();
        failed.downcast_ref::<String>().unwrap().clone()
    };
    let text = told(0..100);
    let (_, listed) = text.split_once("alone: [").unwrap();
    let seed: u64 = listed.split([',', ']']).next().unwrap().parse().unwrap();
    assert!(text.contains(&format!("seed {seed}: ")), "{text}");
    let alone = told(seed..seed + 1);
    assert!(alone.contains(&format!("alone: [{seed}]")), "{alone}");
    assert!(alone.contains("Stuck in the end"), "{alone}");
}

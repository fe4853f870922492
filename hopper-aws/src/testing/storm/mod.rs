//! [`storm`]: many runs of a recipe, each in the weather of its seed.
//!
//! ```no_run
//! use hopper_aws::{recipes::chapter_machines, settings::ChapterSettings, testing::{Stage, storm}};
//!
//! let recipe = |w: &hopper_core::Workflow| {
//!     chapter_machines(w, &ChapterSettings::default()).expect("right settings");
//! };
//! println!("{}", storm(&Stage::new(recipe), 0..2000)); // panics at a seed that ends otherwise
//! ```
//!
//! - [`FaultKind`]: what can go wrong.
//! - [`Storm`]: what did, how often, and how each run ended.
//!
//! A run is played calm first, so that the faults strike the calls it makes. A seed alone decides
//! which strike: it can be played again, alone, and comes out the same to the letter.

mod climate;
mod kind;
mod left;
mod play;
mod summary;
mod timeline;
mod trouble;
mod weather;

pub use kind::FaultKind;
pub use summary::{Storm, StormEnd, StormSeed};

use super::Stage;
use climate::Climate;
use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// Plays a recipe once for each seed, in a fresh world and in the weather of that seed: throttling,
/// server errors, broken connections before and after the effect, answers that are late or never
/// come, what is seen late, lacking capacity, things that end in `failed`, instances that die,
/// quotas, what lingers, slow deletions, missing permissions, and a process that dies and is
/// followed by another.
///
/// Each run has to end complete, in the same world as in calm weather, and be undone; or end
/// undone. Nothing may be left of it. Only where taking back is not permitted may something be
/// left: the report lists it as the world has it, and once it is permitted one undo leaves nothing.
///
/// It uses as many threads as the machine has cores.
///
/// # Panics
///
/// At the seeds whose runs end otherwise, with their weather and reports, and the table of what
/// struck.
#[expect(clippy::panic, reason = "a test cannot go on")]
pub fn storm(stage: &Stage, seeds: impl IntoIterator<Item = u64>) -> Storm {
    let storm = raging(stage, seeds);
    let failed: Vec<_> = storm.failed().map(|seed| seed.seed).collect();
    if !failed.is_empty() {
        let some: Vec<_> = storm.failed().take(3).map(ToString::to_string).collect();
        panic!(
            "these seeds failed, and each fails again alone: {failed:?}\n\n{}\n{storm}",
            some.join("\n")
        );
    }
    storm
}

fn raging(stage: &Stage, seeds: impl IntoIterator<Item = u64>) -> Storm {
    let climate = Climate::of(stage);
    let seeds: Vec<u64> = seeds.into_iter().collect();
    let n_threads = thread::available_parallelism().map_or(1, usize::from).min(seeds.len());
    let (next, played) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        while let Some(&seed) = seeds.get(next.fetch_add(1, Ordering::Relaxed)) {
            let run = catch_unwind(AssertUnwindSafe(|| play::play(stage, &climate, seed)));
            let run = run.unwrap_or_else(|_| panicked(seed));
            played.lock().unwrap_or_else(PoisonError::into_inner).push(run);
        }
    };
    thread::scope(|scope| {
        for _ in 0..n_threads {
            scope.spawn(work);
        }
    });
    let mut seeds = played.into_inner().unwrap_or_else(PoisonError::into_inner);
    seeds.sort_unstable_by_key(|run: &StormSeed| run.seed);
    Storm { seeds }
}

fn panicked(seed: u64) -> StormSeed {
    StormSeed {
        seed,
        weather: String::new(),
        struck: BTreeMap::new(),
        end: Err("it panicked".to_owned()),
        calls: 0,
        took: std::time::Duration::ZERO,
        reports: String::new(),
    }
}

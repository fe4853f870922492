//! The process dies at any call: [`crash_everywhere`], and its parts.

use super::{
    Stage,
    death::{Crash, Death, Draw, Reference},
};
use std::{
    fmt,
    panic::resume_unwind,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    thread,
};

/// What was tried, and what came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Crashes {
    /// The calls of an uninterrupted run, and of its undo.
    pub calls: [usize; 2],
    /// How many worlds were gone on with after a crash: each was resumed, or undone.
    pub worlds: usize,
    /// Things that were made twice.
    pub duplicates: usize,
    /// Things that were left in the end.
    pub orphans: usize,
    /// What was wrong, world by world, each with how to try it alone.
    pub wrong: Vec<String>,
}

impl fmt::Display for Crashes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { calls: [up, down], worlds, duplicates, orphans, wrong } = self;
        write!(
            f,
            "{worlds} worlds after crashes at {up} calls up and {down} down: {duplicates} \
             duplicates, {orphans} orphans, {} wrong",
            wrong.len()
        )
    }
}

/// Crashes at every call that a run and its undo make, at each of its
/// [moments](hopper_mock::Moment): not applied; applied and its reply lost; applied, replied, not
/// recorded. What a crash in the run leaves is resumed, which has to lead to the same world as an
/// uninterrupted run, with nothing made twice; and it is undone, which has to lead to the world as
/// it was before. What a crash in the undo leaves is undone; and it is run again, with the same
/// demands. Every eighth resumed world is also [checked](hopper_core::Engine::check) and undone.
///
/// While a script runs on a simulated machine, what a crash leaves is undone only: in a copy of the
/// world it does not run on. Let the process die in a world that goes on for that, e.g. by a
/// timeout around the engine.
///
/// Worlds are the same when they have the same [picture](hopper_mock::World::picture).
/// It takes all cores, and half a second of one for each call of a recipe of 50 steps; a
/// [sample](crash_somewhere) takes less.
///
/// ```
/// use hopper_aws::{Tags, ec2::Vpc, testing::{Stage, crash_everywhere}};
///
/// let stage = Stage::new(|w| {
///     w.step("vpc").does(Vpc {
///         cidr: "10.0.0.0/16".parse().map(hopper_aws::Cidr::into).expect("a CIDR"),
///         dns_support: true,
///         dns_hostnames: true,
///         tags: Tags::named("lab"),
///     });
/// });
/// println!("{}", crash_everywhere(&stage)); // .. 0 duplicates, 0 orphans, 0 wrong
/// ```
///
/// # Panics
///
/// If a world is wrong: with the story of the first, and how to try it alone.
pub fn crash_everywhere(stage: &Stage) -> Crashes {
    crash(stage, Draw { of: 1, seed: 0 }).assured()
}

/// Like [`crash_everywhere`], at about one moment in `of`, drawn by the seed.
///
/// # Panics
///
/// As [`crash_everywhere`].
pub fn crash_somewhere(stage: &Stage, of: u64, seed: u64) -> Crashes {
    crash(stage, Draw { of, seed }).assured()
}

/// Crashes twice in a row, at about one moment in `of`, drawn by the seed: what the first crash
/// leaves is gone on with, resumed or undone, until that crashes at a drawn call and moment as
/// well; what is left then is undone, which has to lead to the world as it was before.
///
/// # Panics
///
/// As [`crash_everywhere`].
pub fn crash_twice(stage: &Stage, of: u64, seed: u64) -> Crashes {
    let reference = Reference::new(stage, Draw { of, seed });
    trials(&reference, |death, crashes| reference.crash_again(stage, death, seed, crashes))
        .assured()
}

/// Tries one crash of [`crash_everywhere`] alone, and this time the run is really broken off
/// there.
///
/// # Panics
///
/// As [`crash_everywhere`]; and if there is no such call.
pub fn crash_at(stage: &Stage, crash: Crash) -> Crashes {
    let reference = Reference::new(stage, Draw { of: 0, seed: 0 });
    let mut crashes = Crashes { calls: reference.calls, ..Crashes::default() };
    let death = reference.die(stage, crash);
    reference.go_on(stage, &death, true, &mut crashes);
    crashes.assured()
}

/// Runs one recipe, goes on with another one on the same journal, and crashes at about one moment
/// in `of` of the calls that the change takes, drawn by the seed; 1 is all of them. What each
/// leaves is gone on with and undone, as in [`crash_everywhere`]: the world that it leads to is
/// that of an uninterrupted change.
///
/// The world and the engine are those of `to`. What cannot be changed in place is refused, unless
/// that engine may replace it.
///
/// # Panics
///
/// As [`crash_everywhere`]; but how to try a crash alone it does not tell.
pub fn crash_in_change(from: &Stage, to: &Stage, of: u64, seed: u64) -> Crashes {
    go_on_from(to, &Reference::of_change(from, to, Draw { of, seed }), seed).assured()
}

fn crash(stage: &Stage, draw: Draw) -> Crashes {
    go_on_from(stage, &Reference::new(stage, draw), draw.seed)
}

fn go_on_from(stage: &Stage, reference: &Reference, seed: u64) -> Crashes {
    let thorough = Draw { of: 8, seed };
    trials(reference, |death, crashes| {
        reference.go_on(stage, death, thorough.has(&death.crash), crashes);
    })
}

/// Tries what every chosen crash leaves, on all cores.
fn trials(reference: &Reference, trial: impl Fn(&Death, &mut Crashes) + Sync) -> Crashes {
    let all = Crashes { calls: reference.calls, ..Crashes::default() };
    let (all, next) = (Mutex::new(all), AtomicUsize::new(0));
    let work = || {
        let mut crashes = Crashes::default();
        while let Some(death) = reference.deaths.get(next.fetch_add(1, Relaxed)) {
            trial(death, &mut crashes);
        }
        all.lock().unwrap_or_else(PoisonError::into_inner).add(crashes);
    };
    thread::scope(|scope| {
        let n = thread::available_parallelism().map_or(1, usize::from);
        let threads: Vec<_> = (0..n).map(|_| scope.spawn(work)).collect();
        for thread in threads {
            if let Err(panic) = thread.join() {
                resume_unwind(panic);
            }
        }
    });
    all.into_inner().unwrap_or_else(PoisonError::into_inner)
}

impl Crashes {
    fn add(&mut self, other: Self) {
        self.worlds += other.worlds;
        self.duplicates += other.duplicates;
        self.orphans += other.orphans;
        self.wrong.extend(other.wrong);
    }

    #[expect(clippy::panic, reason = "a harness asserts")]
    fn assured(self) -> Self {
        match self.wrong.first() {
            None => self,
            Some(story) => {
                let heads = self.wrong.iter().skip(1).filter_map(|story| story.lines().next());
                let heads: Vec<_> = heads.take(40).collect();
                panic!("{self}; the first:\n{story}\nand more:\n{}", heads.join("\n"))
            }
        }
    }
}

//! [`measure`]: one subject, one workload, one process.

use crate::{
    floor, hopper, machine, peer,
    workload::{Shape, Workload},
};
use anyhow::Context as _;
use clap::ValueEnum;
use hopper_core::{FileJournal, MemoryJournal};
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};

/// Whose cost it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Subject {
    /// hopper with its journal in memory.
    Memory,
    /// hopper with its journal in memory, on a runtime of two threads.
    Threads,
    /// hopper with its journal in a file.
    File,
    /// The same records by hand, not flushed.
    Unflushed,
    /// The same records by hand, flushed in as many groups.
    Floor,
    /// steno 0.5 in memory.
    Steno,
}

impl Subject {
    /// Whether it can do this in seconds rather than minutes. steno's cost a step grows with the
    /// number of steps, and of stages it doubles with each; flushing each of 100,000 steps on its
    /// own says no more than flushing 1,000.
    pub(crate) fn bears(self, Workload { shape, size }: Workload) -> bool {
        match (self, shape) {
            (Self::Steno, Shape::Chain | Shape::Undo) => size <= 1_000,
            (Self::Steno, Shape::FanOut) => size <= 10_000,
            (Self::File | Self::Floor, Shape::Chain) => size <= 1_000,
            (Self::Threads, _) => {
                matches!((shape, size), (Shape::Chain, 0..=1_000) | (Shape::FanOut, 0..=10_000))
            }
            _ => true,
        }
    }
}

/// What was measured.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Sample {
    /// The median time of a whole run.
    pub(crate) run: Duration,
    /// The most memory the process ever had, in KiB; none where the system does not tell.
    pub(crate) peak_kib: Option<u64>,
    /// How many times a run flushes the file.
    pub(crate) flushes: Option<usize>,
}

/// Runs go on for about this long, once the first is over.
const LONG_ENOUGH: Duration = Duration::from_millis(300);

/// Measures in this process: a first run, after which the peak of memory is read, and then a few
/// more, whose median counts. A first run that takes long is not repeated.
pub(crate) fn measure(subject: Subject, workload: Workload) -> anyhow::Result<Sample> {
    let runtime = match subject {
        Subject::Threads => Builder::new_multi_thread().worker_threads(2).enable_all().build(),
        _ => Builder::new_current_thread().enable_all().build(),
    }?;
    let mut one = once(&runtime, subject, workload)?;
    let first = one.run()?;
    let peak_kib = machine::peak_kib();
    let mut runs = Vec::new();
    let began = Instant::now();
    while first < LONG_ENOUGH && runs.len() < 9 && (runs.len() < 2 || began.elapsed() < LONG_ENOUGH)
    {
        runs.push(one.run()?);
    }
    let run = median(runs).unwrap_or(first);
    Ok(Sample { run, peak_kib, flushes: one.flushes })
}

/// The middle one.
pub(crate) fn median<T: Ord>(mut all: Vec<T>) -> Option<T> {
    all.sort_unstable();
    let middle = all.len() / 2;
    all.into_iter().nth(middle)
}

/// A run that can be repeated.
struct Once<'a> {
    run: Box<dyn FnMut() -> anyhow::Result<Duration> + 'a>,
    flushes: Option<usize>,
}

impl Once<'_> {
    fn run(&mut self) -> anyhow::Result<Duration> {
        (self.run)()
    }
}

/// Prepares all that is not counted.
fn once<'a>(
    runtime: &'a Runtime,
    subject: Subject,
    workload: Workload,
) -> anyhow::Result<Once<'a>> {
    if subject == Subject::Steno {
        let run = Box::new(move || runtime.block_on(peer::run(workload)));
        return Ok(Once { run, flushes: None });
    }
    let plan = workload.plan()?;
    let folder = machine::folder().context("cannot make a folder for the journals")?;
    let mut n = 0;
    let mut next = move || {
        n += 1;
        folder.path().join(format!("{n}.journal"))
    };
    let mut flushes = None;
    let run: Box<dyn FnMut() -> anyhow::Result<Duration>> = match subject {
        Subject::File => Box::new(move || {
            runtime.block_on(hopper::run(workload, &plan, FileJournal::new(next())))
        }),
        Subject::Floor | Subject::Unflushed => {
            let batches = runtime.block_on(floor::record(workload, &plan))?;
            let flush = subject == Subject::Floor;
            flushes = flush.then_some(batches.len());
            Box::new(move || Ok(floor::write(&next(), &batches, flush)?))
        }
        Subject::Memory | Subject::Threads | Subject::Steno => Box::new(move || {
            runtime.block_on(hopper::run(workload, &plan, MemoryJournal::default()))
        }),
    };
    Ok(Once { run, flushes })
}

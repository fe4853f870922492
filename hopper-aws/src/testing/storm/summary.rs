//! [`Storm`]: what a storm did, and how it ended.

use super::FaultKind;
use std::{collections::BTreeMap, fmt, time::Duration};

/// How a run in a storm ended, as it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StormEnd {
    /// The run was complete; its undo left nothing.
    Complete,
    /// The run was undone, and nothing was left.
    Undone,
    /// Taking back was not permitted; what was left was listed, and was gone after one more undo
    /// when it was permitted again.
    Left,
}

/// What happened in the weather of one seed. The same seed gives the same, to the letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StormSeed {
    /// The seed.
    pub seed: u64,
    /// What was to go wrong.
    pub weather: String,
    /// What went wrong, and how often.
    pub struck: BTreeMap<FaultKind, u64>,
    /// How it ended, or what is wrong with how it did.
    pub end: Result<StormEnd, String>,
    /// How many calls were made.
    pub calls: usize,
    /// How long it took, in the world's time.
    pub took: Duration,
    /// The reports of its processes, one after the other.
    pub reports: String,
}

/// What a storm did, and how it ended. `Display` prints the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Storm {
    /// Every seed's run, in their order.
    pub seeds: Vec<StormSeed>,
}

impl Storm {
    /// The runs that did not end as they should.
    pub fn failed(&self) -> impl Iterator<Item = &StormSeed> {
        self.seeds.iter().filter(|seed| seed.end.is_err())
    }

    /// How often each kind of fault struck, and in how many runs.
    #[must_use]
    pub fn struck(&self) -> BTreeMap<FaultKind, (u64, usize)> {
        let none = FaultKind::ALL.iter().map(|kind| (*kind, (0, 0)));
        let mut struck: BTreeMap<_, _> = none.collect();
        for (kind, n) in self.seeds.iter().flat_map(|seed| &seed.struck) {
            let (times, runs) = struck.entry(*kind).or_default();
            (*times, *runs) = (*times + n, *runs + 1);
        }
        struck
    }

    /// The kinds that never struck: those a recipe gives no occasion, or too few seeds were tried.
    #[must_use]
    pub fn never_struck(&self) -> Vec<FaultKind> {
        self.struck().into_iter().filter(|(_, (n, _))| *n == 0).map(|(kind, _)| kind).collect()
    }

    fn ended(&self, end: StormEnd) -> usize {
        self.seeds.iter().filter(|seed| seed.end == Ok(end)).count()
    }
}

impl fmt::Display for StormSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, weather, calls, .. } = self;
        let took = self.took.as_secs_f64();
        writeln!(f, "seed {seed}: {weather}")?;
        match &self.end {
            Ok(end) => writeln!(f, "{end:?} after {calls} calls and {took:.1} s"),
            Err(why) => {
                writeln!(f, "{why}\nafter {calls} calls and {took:.1} s:\n{}", self.reports)
            }
        }
    }
}

impl fmt::Display for Storm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let calls: usize = self.seeds.iter().map(|seed| seed.calls).sum();
        writeln!(f, "{:>7} seeds, {calls} calls", self.seeds.len())?;
        writeln!(f, "{:>7} complete, and undone later", self.ended(StormEnd::Complete))?;
        writeln!(f, "{:>7} undone", self.ended(StormEnd::Undone))?;
        writeln!(f, "{:>7} left something until it was permitted", self.ended(StormEnd::Left))?;
        writeln!(f, "{:>7} failed", self.failed().count())?;
        writeln!(f, "{:<24} {:>7} {:>7}", "fault", "struck", "seeds")?;
        for (kind, (times, runs)) in self.struck() {
            writeln!(f, "{kind:<24} {times:>7} {runs:>7}")?;
        }
        Ok(())
    }
}

//! [`Death`]: what a crash leaves, and what has to come of it.

use super::{Crashes, Stage};
use hopper_core::{
    Engine, EngineError, MemoryJournal, Outcome, Plan, Record, Report,
    testing::{Lab, MortalJournal, on_paused_time},
};
use hopper_mock::{Mock, Moment, Picture, World};
use std::{
    collections::BTreeMap,
    fmt::{self, Write as _},
    ops::ControlFlow,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// Which way the engine was going.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// It ran the recipe.
    Up,
    /// It undid the run.
    Down,
}

/// When the process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Crash {
    /// While it was going this way.
    pub phase: Phase,
    /// At this call, from 1.
    pub call: usize,
    /// At this moment of the call.
    pub moment: Moment,
}

impl Crash {
    /// A number drawn for this crash.
    fn drawn(&self, seed: u64) -> u64 {
        let place = (self.call as u64) << 3 | (self.moment as u64) << 1 | self.phase as u64;
        // SplitMix64.
        let mut z = (place ^ seed.rotate_left(32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }
}

/// Which crashes are tried: one in so many, by a seed; none at 0.
#[derive(Clone, Copy, Debug)]
pub(super) struct Draw {
    pub(super) of: u64,
    pub(super) seed: u64,
}

impl Draw {
    pub(super) fn has(self, crash: &Crash) -> bool {
        self.of != 0 && crash.drawn(self.seed).is_multiple_of(self.of)
    }
}

impl fmt::Display for Crash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { phase, call, moment } = self;
        let way = match phase {
            Phase::Up => "up",
            Phase::Down => "down",
        };
        write!(f, "crash at call {call} of {way}, {moment}")
    }
}

/// What a crash leaves: the world and the journal.
#[derive(Debug)]
pub(super) struct Death {
    pub(super) crash: Crash,
    operation: String,
    world: World,
    journal: MemoryJournal,
}

/// An uninterrupted run and its undo, and what crashes on the way would have left.
///
/// The run is photographed at each moment of each call: a process that dies then leaves the
/// world and the records of just then, and nothing else.
#[derive(Debug)]
pub(super) struct Reference {
    /// What was run before, if the run is that of a recipe which has changed.
    from: Option<Plan>,
    plan: Plan,
    before: World,
    up: Picture,
    given_out: BTreeMap<String, u64>,
    pub(super) calls: [usize; 2],
    pub(super) deaths: Vec<Death>,
}

type Shots = Arc<Mutex<Vec<(Crash, World, usize)>>>;

impl Reference {
    pub(super) fn new(stage: &Stage, draw: Draw) -> Self {
        Self::after(None, stage, draw, draw)
    }

    /// The run is that of a recipe which has changed. What an undo leaves half-way is not gone on
    /// with: the new recipe alone makes another world than the change of the old one.
    pub(super) fn of_change(from: &Stage, to: &Stage, draw: Draw) -> Self {
        Self::after(Some(Lab::plan(from)), to, draw, Draw { of: 0, ..draw })
    }

    fn after(from: Option<Plan>, stage: &Stage, up: Draw, down: Draw) -> Self {
        let (mock, journal) = (Lab::world(stage), MemoryJournal::default());
        let mut reference = Self {
            from,
            plan: Lab::plan(stage),
            before: stage.settled(&mock),
            up: Picture::default(),
            given_out: BTreeMap::new(),
            calls: [0; 2],
            deaths: Vec::new(),
        };
        reference.prepare(stage, &mock, &journal);
        reference.photograph(stage, &mock, &journal, Phase::Up, up);
        reference.up = stage.settled(&mock).picture();
        reference.given_out = mock.world().given_out();
        reference.photograph(stage, &mock, &journal, Phase::Down, down);
        let left = stage.settled(&mock).diff(&reference.before);
        assert!(left.is_empty(), "an uninterrupted undo leaves\n{left}");
        reference
    }

    /// Runs what was run before.
    fn prepare(&self, stage: &Stage, mock: &Mock, journal: &MemoryJournal) {
        let Some(from) = &self.from else { return };
        let report = on_paused_time(async { stage.play(mock, journal.clone()).run(from).await });
        if let Some(wrong) = is_wrong(&report, Phase::Up) {
            self.give_up(&format!("before the change: {wrong}"));
        }
    }

    fn photograph(
        &mut self,
        stage: &Stage,
        mock: &Mock,
        journal: &MemoryJournal,
        phase: Phase,
        draw: Draw,
    ) {
        let n_before = mock.calls().len();
        let shots = Shots::default();
        let (taken, records) = (shots.clone(), journal.clone());
        mock.watch(move |call, moment, world| {
            let crash = Crash { phase, call, moment };
            if draw.has(&crash) {
                let mut taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
                taken.push((crash, world.clone(), records.len()));
            }
            ControlFlow::Continue(())
        });
        let report = self.go(stage, mock, journal, phase);
        mock.unwatch();
        if let Some(wrong) = is_wrong(&report, phase) {
            self.give_up(&format!("uninterrupted: {wrong}"));
        }
        let calls = mock.calls();
        self.calls[phase as usize] = calls.len() - n_before;
        let mut shots = shots.lock().unwrap_or_else(PoisonError::into_inner);
        self.deaths.extend(shots.drain(..).map(|(crash, world, n)| Death {
            crash,
            operation: calls[n_before + crash.call - 1].operation.clone(),
            world,
            journal: journal.fork(n),
        }));
    }

    /// Breaks a run, or an undo, off for good, and gives what it leaves.
    pub(super) fn die(&self, stage: &Stage, crash: Crash) -> Death {
        let (mock, journal) = (Lab::world(stage), MemoryJournal::default());
        self.prepare(stage, &mock, &journal);
        if crash.phase == Phase::Down {
            _ = self.go(stage, &mock, &journal, Phase::Up);
        }
        let journal = self.break_off(stage, &mock, &journal, crash);
        if !mock.is_stopped() {
            self.give_up(&format!("{crash}: there is no such call"));
        }
        mock.unwatch();
        let operation = mock.calls().last().map(|call| call.operation.clone()).unwrap_or_default();
        Death { crash, operation, world: mock.world(), journal }
    }

    /// Runs or undoes until the crash, if it gets that far; gives what is left of the journal.
    fn break_off(
        &self,
        stage: &Stage,
        mock: &Mock,
        journal: &MemoryJournal,
        crash: Crash,
    ) -> MemoryJournal {
        mock.watch(move |call, moment, _| match (call, moment) == (crash.call, crash.moment) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        });
        let dead = mock.clone();
        let mortal = MortalJournal::new(journal.clone(), move || dead.is_stopped());
        on_paused_time(async {
            let engine = stage.play(mock, journal.clone()).with_journal(mortal);
            let dies = async {
                mock.stopped().await;
                // Whoever has a reply goes on with it, as far as that leads.
                tokio::time::sleep(Duration::from_secs(1)).await;
            };
            tokio::select! {
                () = dies => (),
                _ = self.act(&engine, crash.phase) => (),
            }
        });
        journal.fork(journal.len())
    }

    /// Goes on from what a crash has left: resumes it, and in another world undoes it.
    pub(super) fn go_on(&self, stage: &Stage, death: &Death, thorough: bool, all: &mut Crashes) {
        for way in [Phase::Up, Phase::Down] {
            // A script of a machine does not run on in a copy of the world, as it would when a
            // process dies: what is tried of such a moment is that all of it goes.
            let is_possible = match way {
                Phase::Up => !death.world.is_at_work(),
                Phase::Down => death.has_begun(),
            };
            if !is_possible {
                continue;
            }
            let (mock, journal) = death.revive();
            let report = self.go(stage, &mock, &journal, way);
            let mut wrong = self.judge(stage, &mock, &report, death.crash.phase, way, all);
            if way == Phase::Up && thorough && wrong.is_empty() {
                let drift =
                    on_paused_time(async { stage.play(&mock, journal.clone()).check().await });
                match drift {
                    Ok(drift) if drift.is_empty() => (),
                    other => _ = writeln!(wrong, "it differs from its record: {other:#?}"),
                }
                let report = self.go(stage, &mock, &journal, Phase::Down);
                wrong += &self.judge(stage, &mock, &report, death.crash.phase, Phase::Down, all);
            }
            all.worlds += 1;
            if !wrong.is_empty() {
                let gone = if way == Phase::Up { "resumed" } else { "undone" };
                all.wrong.push(death.story(gone, &wrong, &mock));
            }
        }
    }

    /// Goes on from what a crash has left, crashes again, and undoes what that has left.
    pub(super) fn crash_again(&self, stage: &Stage, death: &Death, seed: u64, all: &mut Crashes) {
        let drawn = death.crash.drawn(!seed);
        let phase = match death.has_begun() && drawn.is_multiple_of(3) {
            true => Phase::Down,
            false => Phase::Up,
        };
        let moment = Moment::ALL[(drawn >> 8) as usize % Moment::ALL.len()];
        let call = 1 + (drawn >> 16) as usize % 40;
        let crash = Crash { phase, call, moment };
        let (mock, journal) = death.revive();
        let journal = self.break_off(stage, &mock, &journal, crash);
        mock.unwatch();
        let again = Death { crash, operation: String::new(), world: mock.world(), journal };
        if !again.has_begun() {
            return;
        }
        let (mock, journal) = again.revive();
        let report = self.go(stage, &mock, &journal, Phase::Down);
        let wrong = self.judge(stage, &mock, &report, phase, Phase::Down, all);
        all.worlds += 1;
        if !wrong.is_empty() {
            all.wrong.push(death.story(
                &format!("gone on with: {crash}; then undone"),
                &wrong,
                &mock,
            ));
        }
    }

    /// Runs or undoes to the end.
    fn go(
        &self,
        stage: &Stage,
        mock: &Mock,
        journal: &MemoryJournal,
        way: Phase,
    ) -> Result<Report, EngineError> {
        on_paused_time(async {
            let engine = stage.play(mock, journal.clone());
            self.act(&engine, way).await
        })
    }

    async fn act(&self, engine: &Engine, way: Phase) -> Result<Report, EngineError> {
        match way {
            Phase::Up => engine.run(&self.plan).await,
            Phase::Down => engine.clone().registry(self.plan.registry()).undo().await,
        }
    }

    /// What is wrong with the world.
    fn judge(
        &self,
        stage: &Stage,
        mock: &Mock,
        report: &Result<Report, EngineError>,
        crashed: Phase,
        way: Phase,
        all: &mut Crashes,
    ) -> String {
        let mut wrong = is_wrong(report, way).unwrap_or_default();
        let world = stage.settled(mock);
        let (now, before) = (world.leftovers(), self.before.leftovers());
        if way == Phase::Down {
            all.orphans += now.iter().filter(|left| !before.contains(left)).count();
            let diff = world.diff(&self.before);
            if !diff.is_empty() {
                _ = writeln!(wrong, "the world is not as it was before:\n{diff}");
            }
            return wrong;
        }
        let picture = world.picture();
        if picture != self.up {
            _ = writeln!(wrong, "another world was made:\n{}", picture.against(&self.up));
        }
        // After an undo was begun, things are rightly made again.
        let given_out = match crashed {
            Phase::Up => world.given_out(),
            Phase::Down => self.given_out.clone(),
        };
        for (what, n) in given_out {
            let meant = self.given_out.get(&what).copied().unwrap_or_default();
            if meant < n {
                all.duplicates += (n - meant) as usize;
                _ = writeln!(wrong, "{n} times {what} was made, and not {meant} times");
            }
        }
        wrong
    }

    #[expect(clippy::panic, reason = "a harness asserts")]
    fn give_up(&self, why: &str) -> ! {
        panic!("{}: {why}", self.plan.workflow())
    }
}

impl Death {
    /// The world and the journal as the next process finds them.
    fn revive(&self) -> (Mock, MemoryJournal) {
        let mock = Mock::builder().world(self.world.clone()).build();
        (mock, self.journal.fork(self.journal.len()))
    }

    /// Whether there is a run to undo.
    fn has_begun(&self) -> bool {
        self.journal.entries().iter().any(|e| matches!(e.record, Record::Run(_)))
    }

    fn story(&self, gone_on: &str, wrong: &str, mock: &Mock) -> String {
        let Self { crash, operation, journal, .. } = self;
        let Crash { phase, call, moment } = crash;
        format!(
            "{crash} ({operation}), then {gone_on}:\n{wrong}\nthe journal that was left:\n\
             {journal}\nthe calls since:\n{}\nalone: crash_at(&stage, Crash {{ phase: \
             Phase::{phase:?}, call: {call}, moment: Moment::{moment:?} }})",
            mock.calls()
        )
    }
}

/// What is wrong with a report.
fn is_wrong(report: &Result<Report, EngineError>, way: Phase) -> Option<String> {
    let meant = match way {
        Phase::Up => Outcome::Done,
        Phase::Down => Outcome::Undone,
    };
    match report {
        Ok(report) if report.outcome == meant => None,
        Ok(report) => Some(format!("{report}\n")),
        Err(error) => Some(format!("the engine refuses: {error}\n")),
    }
}

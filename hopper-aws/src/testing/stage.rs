//! [`Stage`]: a recipe, and a simulated AWS to play it in.

use super::{Run, hosts};
use crate::{Aws, Tags, registry};
use hopper_core::{
    Clock, Engine, MemoryJournal, Outcome, Plan, Registry, Report, Workflow,
    testing::{
        Lab, crash_after_every_record, fail_at_every_step, on_paused_time, run_every_step_twice,
        undo_every_step_twice,
    },
};
use hopper_mock::{Builder, Fault, Leftover, Mock, Visibility, World};
use std::{fmt, sync::Arc, time::Duration};

/// After this, nothing is under way any more, and AWS lists nothing that is gone.
const SETTLED: Duration = Duration::from_secs(2 * 3600);

/// Decides what goes wrong.
type Arm = fn(Fault<'_>);
/// Puts something into a fresh world.
type Given = Arc<dyn Fn(&Mock) + Send + Sync>;

/// The kinds of bad weather: what goes wrong on the way to AWS and back, and passes.
const WEATHER: [(&str, Arm); 6] = [
    ("lost reply", |fault| fault.lose_reply()),
    ("no reply", |fault| fault.hang()),
    ("reset", |fault| fault.reset()),
    ("503", |fault| fault.unavailable()),
    ("throttled", |fault| fault.times(3).throttle()),
    ("late", |fault| fault.slow(Duration::from_secs(40))),
];

/// A recipe, and a simulated AWS to play it in: a fresh one for every play, the same every time.
///
/// It is a [`Lab`], so `hopper_core::testing`'s harness takes it too. See the
/// [module](super) for an example.
#[derive(Clone)]
pub struct Stage {
    name: String,
    recipe: Arc<dyn Fn(&Workflow) + Send + Sync>,
    world: Arc<dyn Fn(Builder) -> Builder + Send + Sync>,
    given: Vec<Given>,
    engine: Arc<dyn Fn(Engine) -> Engine + Send + Sync>,
    registry: Registry,
    tags: Tags,
}

impl Stage {
    /// A stage for a recipe, in a fresh account of seed 7.
    pub fn new(recipe: impl Fn(&Workflow) + Send + Sync + 'static) -> Self {
        Self {
            name: "test".to_owned(),
            recipe: Arc::new(recipe),
            world: Arc::new(|world| world),
            given: Vec::new(),
            engine: Arc::new(|engine| engine),
            registry: hopper_kubernetes::steps::registered(registry()),
            tags: Tags::new(),
        }
    }

    /// With this name for the workflow; it is `test` otherwise.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// In another world: its seed, latencies, quotas, throttling and switches.
    #[must_use]
    pub fn in_world(mut self, world: impl Fn(Builder) -> Builder + Send + Sync + 'static) -> Self {
        let so_far = self.world;
        self.world = Arc::new(move |builder| world(so_far(builder)));
        self
    }

    /// In a world where what is new is not seen everywhere at once.
    #[must_use]
    pub fn visibility(self, visibility: Visibility) -> Self {
        self.in_world(move |world| world.visibility(visibility))
    }

    /// With something in the world before the recipe is played: things that exist, made by
    /// [`Mock::call`] or [`Mock::edit`], faults, dooms. What exists then is not the recipe's, and
    /// has to be there when it is undone.
    #[must_use]
    pub fn given(mut self, given: impl Fn(&Mock) + Send + Sync + 'static) -> Self {
        self.given.push(Arc::new(given));
        self
    }

    /// With these tags on everything.
    #[must_use]
    pub fn tags(mut self, tags: Tags) -> Self {
        self.tags = tags;
        self
    }

    /// With a registry that knows steps of one's own as well, so that they can be undone from the
    /// journal.
    #[must_use]
    pub fn registry(mut self, registry: Registry) -> Self {
        self.registry = registry;
        self
    }

    /// With an engine made another way: an environment for steps of one's own, limits, retries.
    #[must_use]
    pub fn with_engine(
        mut self,
        engine: impl Fn(Engine) -> Engine + Send + Sync + 'static,
    ) -> Self {
        self.engine = Arc::new(engine);
        self
    }

    /// The recipe's plan: what would be done, and in which order. Nothing acts.
    ///
    /// # Panics
    ///
    /// With everything that is wrong with the recipe.
    #[must_use]
    pub fn plan(&self) -> Plan {
        Lab::plan(self)
    }

    /// Plays the recipe in a fresh world.
    ///
    /// # Panics
    ///
    /// As [`plan`](Self::plan). A run that fails is no panic: its
    /// [report](Run::report) tells.
    #[must_use]
    pub fn up(&self) -> Run {
        Run::new(self.clone(), Lab::world(self))
    }

    /// Everything a recipe has to bear: every step fails, before and after it acted; every step
    /// and every undo is done twice; the process dies after every record of the journal, of the
    /// run and of its undo. Nothing may be left, and whatever is gone on with has to come out the
    /// same.
    ///
    /// # Panics
    ///
    /// At whatever it does not bear.
    pub fn endure(&self) {
        fail_at_every_step(self);
        run_every_step_twice(self);
        undo_every_step_twice(self);
        crash_after_every_record(self);
    }

    /// Lets each of these operations go wrong in every way that passes, one at a time: the reply
    /// is lost, or never comes, or the connection breaks, or the service is unavailable, or
    /// throttles, or is slow. The run has to lead to the same world as in good weather, and its
    /// undo must leave nothing.
    ///
    /// # Panics
    ///
    /// At the operation and the weather that it does not bear.
    pub fn in_bad_weather(&self, operations: &[&str]) {
        let calm = self.bad_day(None);
        for operation in operations {
            for (weather, arm) in WEATHER {
                let picture = self.bad_day(Some((operation, arm)));
                assert_eq!(picture, calm, "{operation}: {weather}");
            }
        }
    }

    /// Plays the recipe, hands over the world while everything is there, and undoes it.
    ///
    /// # Panics
    ///
    /// If the run does not come to its end, or anything is left.
    pub fn up_and_down(&self, then: impl AsyncFnOnce(&Mock, &Engine, &Report)) {
        let mock = Lab::world(self);
        on_paused_time(async {
            let engine = Lab::engine(self, &mock, MemoryJournal::default());
            let report = played(engine.run(&Lab::plan(self)).await, Outcome::Done);
            then(&mock, &engine, &report).await;
            played(engine.undo().await, Outcome::Undone);
        });
        assert_eq!(self.left(&mock), [""; 0]);
    }

    /// One run and its undo while an operation goes wrong; the picture in between.
    fn bad_day(&self, fault: Option<(&str, Arm)>) -> String {
        let mock = Lab::world(self);
        let picture = on_paused_time(async {
            let engine = Lab::engine(self, &mock, MemoryJournal::default());
            if let Some((operation, arm)) = fault {
                arm(mock.fail(operation));
            }
            played(engine.run(&Lab::plan(self)).await, Outcome::Done);
            let picture = self.picture(&mock);
            played(engine.undo().await, Outcome::Undone);
            picture
        });
        assert_eq!(self.left(&mock), [""; 0], "{:?}", fault.map(|(operation, _)| operation));
        picture
    }

    /// What the world holds that it did not hold in the beginning.
    pub(super) fn left(&self, mock: &Mock) -> Vec<String> {
        self.leftovers_of(mock).iter().map(ToString::to_string).collect()
    }

    /// The same, as data.
    pub(super) fn leftovers_of(&self, mock: &Mock) -> Vec<Leftover> {
        let before = match self.given.is_empty() {
            true => Vec::new(),
            false => Lab::world(self).world().leftovers(),
        };
        mock.world().leftovers().into_iter().filter(|left| !before.contains(left)).collect()
    }

    /// The world once everything that is under way has come to its end, and what is gone is not
    /// listed any more.
    pub(super) fn settled(&self, mock: &Mock) -> World {
        let mut world = mock.world();
        world.advance(world.now + SETTLED);
        world
    }

    /// An engine on a world, whose records are dated by the world's clock.
    pub(super) fn play(&self, mock: &Mock, journal: MemoryJournal) -> Engine {
        let now = mock.clone();
        Lab::engine(self, mock, journal).clock(Clock::new(move || now.now().into()))
    }
}

/// The report of what has to come out so.
#[expect(clippy::panic, reason = "a test cannot go on")]
fn played<E: fmt::Debug>(report: Result<Report, E>, outcome: Outcome) -> Report {
    match report {
        Ok(report) => {
            assert_eq!(report.outcome, outcome, "{report}");
            report
        }
        Err(error) => panic!("a fresh journal can be run on: {error:?}"),
    }
}

impl Lab for Stage {
    type World = Mock;

    fn world(&self) -> Mock {
        let mock = (self.world)(Mock::builder().seed(7)).build();
        for given in &self.given {
            given(&mock);
        }
        mock
    }

    #[expect(clippy::panic, reason = "a test cannot go on")]
    fn plan(&self) -> Plan {
        let w = Workflow::new(&*self.name);
        (self.recipe)(&w);
        match w.plan() {
            Ok(plan) => plan,
            Err(wrong) => panic!("the recipe is wrong: {wrong}"),
        }
    }

    fn engine(&self, mock: &Mock, journal: MemoryJournal) -> Engine {
        let aws = Aws::new(&mock.sdk_config()).with_tags(self.tags.clone());
        let engine = Engine::new(journal)
            .env(aws)
            .env(hosts(mock))
            .registry(self.registry.clone())
            .seed(1)
            .clock(Clock::fixed());
        (self.engine)(engine)
    }

    fn leftovers(&self, mock: &Mock) -> Vec<String> {
        self.left(mock)
    }

    fn picture(&self, mock: &Mock) -> String {
        self.settled(mock).picture().to_string()
    }
}

impl fmt::Debug for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stage")
            .field("name", &self.name)
            .field("tags", &self.tags)
            .finish_non_exhaustive()
    }
}

//! Change a recipe, and crash after every record of the change.

use super::{
    crash::{assert_done, crash, expect, has_begun, up},
    harness::assert_undone,
    lab::{Lab, on_paused_time},
};
use crate::{Engine, EngineError, MemoryJournal, Plan, Registry, Replace, Report};

/// Runs one recipe and then goes on with another one on the same journal, allowing whatever needs
/// it to be replaced, and crashes after every record of the change. Then, in a world each, it
///
/// - goes on with the new recipe and undoes,
/// - undoes at once,
/// - goes back to the old recipe and undoes,
/// - crashes again while going on, and undoes,
/// - crashes again while going back, goes on with the new recipe after all, and undoes.
///
/// Asserts that the change leads to the same [picture](Lab::picture) as the new recipe alone does,
/// and going back to that of the old one, and that in the end nothing is left. Returns the number
/// of records after which it crashed.
///
/// The worlds and engines are those of `to`.
///
/// # Panics
///
/// If any of that does not hold.
pub fn change_everywhere<L: Lab>(from: &L, to: &L) -> usize {
    let trial = Trial { lab: to, registry: from.plan().registry().and(to.plan().registry()) };
    let (old, new) = (from.plan(), to.plan());
    let alone = |plan: &Plan| {
        let world = to.world();
        assert_done(&up(to, &world, &MemoryJournal::default(), plan), "a recipe alone");
        to.picture(&world)
    };
    let (had, wanted) = (alone(&old), alone(&new));
    let before = || {
        let (world, journal) = (to.world(), MemoryJournal::default());
        assert_done(&up(to, &world, &journal, &old), "the old recipe");
        (world, journal)
    };

    let (world, journal) = before();
    let n_old = journal.len();
    trial.leads_to(&world, &journal, &new, &wanted, "uninterrupted");
    let n_new = journal.len();
    trial.leaves_nothing(&world, &journal, "uninterrupted");

    for n in n_old..n_new {
        let what = format!("crash after {n} of {n_new} records");
        let crashed = || {
            let (world, journal) = before();
            let journal = trial.crash(&world, &journal, n, &new);
            (world, journal)
        };
        let (world, journal) = crashed();
        trial.leads_to(&world, &journal, &new, &wanted, &what);
        trial.leaves_nothing(&world, &journal, &what);

        let (world, journal) = crashed();
        trial.leaves_nothing(&world, &journal, &what);

        let (world, journal) = crashed();
        trial.leads_to(&world, &journal, &old, &had, &format!("{what}, and back"));
        trial.leaves_nothing(&world, &journal, &format!("{what}, and back"));

        let again = n + 1 + 7 * n % 13;
        let (world, journal) = crashed();
        let journal = trial.crash(&world, &journal, again, &new);
        trial.leaves_nothing(&world, &journal, &format!("{what}, and again after {again}"));

        let (world, journal) = crashed();
        let journal = trial.crash(&world, &journal, again, &old);
        let what = format!("{what}, and again after {again} on the way back");
        trial.leads_to(&world, &journal, &new, &wanted, &what);
        trial.leaves_nothing(&world, &journal, &what);
    }
    n_new - n_old
}

struct Trial<'l, L: Lab> {
    lab: &'l L,
    registry: Registry,
}

impl<L: Lab> Trial<'_, L> {
    fn engine(&self, engine: Engine) -> Engine {
        engine.registry(self.registry.clone()).replace(Replace::Any)
    }

    fn crash(
        &self,
        world: &L::World,
        journal: &MemoryJournal,
        n: usize,
        plan: &Plan,
    ) -> MemoryJournal {
        crash(self.lab, world, journal, n, async |e: &Engine| {
            self.engine(e.clone()).run(plan).await
        })
    }

    fn go_on(
        &self,
        world: &L::World,
        journal: &MemoryJournal,
        act: impl AsyncFnOnce(Engine) -> Result<Report, EngineError>,
    ) -> Report {
        let report = on_paused_time(async {
            act(self.engine(self.lab.engine(world, journal.clone()))).await
        });
        expect(report, "it could not begin")
    }

    /// Brings a plan to its end.
    fn leads_to(
        &self,
        world: &L::World,
        journal: &MemoryJournal,
        plan: &Plan,
        picture: &str,
        what: &str,
    ) {
        let report = self.go_on(world, journal, async |e: Engine| e.run(plan).await);
        assert_done(&report, what);
        let made = self.lab.picture(world);
        assert_eq!(made, picture, "{what}: the change made another world\n{report}");
    }

    /// Undoes whatever there is.
    fn leaves_nothing(&self, world: &L::World, journal: &MemoryJournal, what: &str) {
        if has_begun(journal) {
            let report = self.go_on(world, journal, async |e: Engine| e.undo().await);
            assert_undone(self.lab, world, &report, what);
        }
    }
}

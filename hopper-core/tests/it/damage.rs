//! A journal in a file under attack: torn, flipped, full, taken away. A run that meets it leaves
//! what it made recorded and usable, or gone.

use crate::tricks::{Crew, Key, Lock, Thing, World, thing};
use async_trait::async_trait;
use hopper_core::{
    Clock, Entry, Event, FileJournal, Journal, JournalError, Lease, Ledger, Outcome, Owner, Record,
    Report, State, prelude::*, testing::on_paused_time,
};
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};
use tempfile::TempDir;

/// In memory, where there is such a folder: these tests write thousands of files.
fn fresh() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let path = folder.path().join("hopper.journal");
    (folder, path)
}

fn engine(journal: impl Journal + 'static, world: &World) -> Engine {
    let steps = Registry::new().with::<Thing<false>>().with::<Key>().with::<Crew>().with::<Lock>();
    Engine::new(journal).env(world.clone()).registry(steps).clock(Clock::fixed()).seed(7)
}

/// Sub-steps, notes, a secret, and what rests on them.
fn plan() -> Plan {
    let w = Workflow::new("damage");
    let crew = w.step("crew").does(Crew { size: 1 });
    let bell = w.step("bell").does(thing(crew.at(1)));
    let key = w.step("key").after(&bell).does(Key {});
    w.step("lock").does(Lock { key });
    w.plan().unwrap()
}

fn run(journal: impl Journal + 'static, world: &World) -> Result<Report, hopper_core::EngineError> {
    on_paused_time(async { engine(journal, world).run(&plan()).await })
}

fn undo(
    journal: impl Journal + 'static,
    world: &World,
) -> Result<Report, hopper_core::EngineError> {
    on_paused_time(async { engine(journal, world).undo().await })
}

fn read(path: &Path) -> Result<Vec<Entry>, JournalError> {
    let journal = FileJournal::new(path);
    on_paused_time(async { journal.read().await })
}

/// A journal in a file that does something before each append.
struct Watched<F>(FileJournal, F);

impl<F> std::fmt::Debug for Watched<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

#[async_trait]
impl<F: Fn(&[Record]) -> io::Result<()> + Send + Sync> Journal for Watched<F> {
    async fn acquire(&self, owner: &Owner, at: u64) -> Result<Lease, JournalError> {
        self.0.acquire(owner, at).await
    }
    async fn read(&self) -> Result<Vec<Entry>, JournalError> {
        self.0.read().await
    }
    async fn append(&self, lease: &Lease, at: u64, batch: &[Record]) -> Result<(), JournalError> {
        (self.1)(batch).map_err(|source| {
            let path = self.0.path().to_owned();
            JournalError::Io { path, action: "append", source }
        })?;
        self.0.append(lease, at, batch).await
    }
    async fn release(&self, lease: Lease, at: u64) -> Result<(), JournalError> {
        self.0.release(lease, at).await
    }
}

/// Where each append of `up` and `down` began, and the world as it was then; and the journal.
fn recorded() -> (Vec<(usize, World)>, Vec<u8>) {
    let (_folder, path) = fresh();
    let (world, began) = (World::default(), Arc::new(Mutex::new(Vec::new())));
    for down in [false, true] {
        let (see, file, now) = (began.clone(), path.clone(), world.clone());
        let watched = Watched(FileJournal::new(&path), move |_: &[Record]| {
            let length = fs::read(&file).unwrap().len();
            see.lock().unwrap().push((length, now.fork()));
            Ok(())
        });
        let report = if down { undo(watched, &world) } else { run(watched, &world) };
        assert!(matches!(report.unwrap().outcome, Outcome::Done | Outcome::Undone));
    }
    let began = std::mem::take(&mut *began.lock().unwrap());
    (began, fs::read(&path).unwrap())
}

/// The process dies with only a part of an append written: every part of every append.
#[test]
fn torn_at_any_byte_of_any_append_it_goes_on_and_leaves_nothing() {
    let (appends, bytes) = recorded();
    let (folder, path) = fresh();
    let mut torn = 0;
    for (i, (begin, world)) in appends.iter().enumerate() {
        let end = appends.get(i + 1).map_or(bytes.len(), |(next, _)| *next);
        for cut in *begin..end {
            let world = world.fork();
            fs::write(&path, &bytes[..cut]).unwrap();
            let told = Arc::new(AtomicUsize::new(0));
            let tell = told.clone();
            let listen = move |_: std::time::Duration, event: &Event| {
                if let Event::Repaired { bytes, .. } = event {
                    tell.store(usize::try_from(*bytes).unwrap(), Ordering::SeqCst);
                }
            };
            let whole = bytes[..cut].iter().rposition(|b| *b == b'\n').map_or(0, |n| n + 1);
            let begun = Ledger::of(&read(&path).unwrap()).run().is_some();
            if cut % 2 == 0 || !begun {
                let journal = FileJournal::new(&path);
                let report = on_paused_time(async {
                    engine(journal, &world).observe(listen).run(&plan()).await
                });
                assert_eq!(report.unwrap().outcome, Outcome::Done, "cut at {cut}");
                assert_eq!(world.things().len(), 6, "cut at {cut}: {:?}", world.things());
                undo(FileJournal::new(&path), &world).unwrap();
            } else {
                let journal = FileJournal::new(&path);
                let report =
                    on_paused_time(async { engine(journal, &world).observe(listen).undo().await });
                assert_eq!(report.unwrap().outcome, Outcome::Undone, "cut at {cut}");
            }
            assert_eq!(told.load(Ordering::SeqCst), cut - whole, "the torn bytes are told");
            torn += usize::from(whole < cut);
            assert_eq!(world.things(), [""; 0], "cut at {cut}");
        }
    }
    drop(folder);
    assert!(1_500 < torn, "only {torn} torn ends");
}

/// One bit of a real journal flips on the disk: it is refused, naming the line, or, in the last
/// line, taken for torn; it is never read as something else.
#[test]
fn a_flipped_bit_is_never_read_as_something_else() {
    let (_, bytes) = recorded();
    let (_folder, path) = fresh();
    fs::write(&path, &bytes).unwrap();
    let world = World::default();
    run(FileJournal::new(&path), &world).unwrap();
    undo(FileJournal::new(&path), &world).unwrap();
    let bytes = fs::read(&path).unwrap();
    let whole = read(&path).unwrap();
    assert!(50 < whole.len(), "a journal of only {} lines", whole.len());
    let last = bytes[..bytes.len() - 1].iter().rposition(|b| *b == b'\n').unwrap() + 1;
    let mut line = 1;
    for at in 0..bytes.len() {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1 << (at % 8);
        fs::write(&path, &flipped).unwrap();
        match read(&path) {
            Err(JournalError::Damaged { line: named, .. }) => assert_eq!(named, line, "byte {at}"),
            Ok(read) if last <= at => assert_eq!(read, whole[..whole.len() - 1], "byte {at}"),
            other => panic!("byte {at} of line {line}: {other:?}"),
        }
        line += u64::from(bytes[at] == b'\n');
    }
    // An engine refuses it as a reader does, and does nothing.
    let (world, mut flipped) = (World::default(), bytes.clone());
    flipped[last / 2] ^= 4;
    fs::write(&path, &flipped).unwrap();
    for error in [run(FileJournal::new(&path), &world), undo(FileJournal::new(&path), &world)] {
        let error = error.unwrap_err().to_string();
        assert!(error.contains("is damaged in line") && error.contains("restore it"), "{error}");
    }
    assert_eq!((world.runs(), fs::read(&path).unwrap() == flipped), (0, true));
}

/// The disk is full at the n-th append of `up`, or of `down`, and from then on: what is in flight
/// ends, nothing new starts, and with room again nothing is lost.
#[test]
fn a_disk_that_is_full_at_any_append_loses_nothing() {
    let appends = recorded().0.len();
    let mut n_full = [0, 0];
    for full_at in 0..appends {
        for (same_process, then_down) in [(false, false), (false, true), (true, true)] {
            let (_folder, path) = fresh();
            let what = format!("{full_at}, same process {same_process}, then down {then_down}");
            let (world, n, room) =
                (World::default(), AtomicUsize::new(0), Arc::new(AtomicUsize::new(0)));
            let (n, has_room, at_full) = (Arc::new(n), room.clone(), Arc::new(Mutex::new(None)));
            let (see, now) = (at_full.clone(), world.clone());
            let journal = Arc::new(Watched(FileJournal::new(&path), move |batch: &[Record]| {
                if n.fetch_add(1, Ordering::SeqCst) < full_at
                    || has_room.load(Ordering::SeqCst) == 1
                {
                    return Ok(());
                }
                let starts = |r: &&Record| matches!(r, Record::Started(_) | Record::Undoing { .. });
                let starts = batch.iter().filter(starts).count();
                see.lock().unwrap().get_or_insert((now.runs(), now.things(), starts));
                Err(io::ErrorKind::StorageFull.into())
            }));
            let mut failed = None;
            for down in [false, true] {
                let journal = Shared(journal.clone());
                let ran = if down { undo(journal, &world) } else { run(journal, &world) };
                if let Err(error) = ran {
                    assert!(error.to_string().contains("hopper.journal: cannot append"), "{error}");
                    failed = Some(down);
                    break;
                }
            }
            let failed = failed.unwrap_or_else(|| panic!("{what}: it did not fail"));
            n_full[usize::from(failed)] += 1;
            let (runs, things, _) = at_full.lock().unwrap().clone().unwrap();
            // Nobody was in flight but those that had been started before, each with one call.
            assert!(world.runs() <= runs + 2, "{what}: {runs}, then {}", world.runs());
            assert!(things.len() <= world.things().len() + 2, "{what}");
            room.store(1, Ordering::SeqCst);
            let again = |down: bool| match (same_process, down) {
                (true, true) => undo(Shared(journal.clone()), &world),
                (true, false) => run(Shared(journal.clone()), &world),
                (false, true) => undo(FileJournal::new(&path), &world),
                (false, false) => run(FileJournal::new(&path), &world),
            };
            if !same_process {
                drop(journal);
                return_to(&path, &world, then_down, &what);
                continue;
            }
            let begun = Ledger::of(&read(&path).unwrap()).run().is_some();
            if !then_down || !begun {
                assert_eq!(again(false).unwrap().outcome, Outcome::Done, "{what}");
            }
            assert_eq!(again(true).unwrap().outcome, Outcome::Undone, "{what}");
            assert_eq!(world.things(), [""; 0], "{what}");
        }
    }
    assert!(n_full.iter().all(|n| 10 < *n), "{n_full:?}");
}

/// Another process finds the journal, and goes on with it.
fn return_to(path: &Path, world: &World, then_down: bool, what: &str) {
    let begun = Ledger::of(&read(path).unwrap()).run().is_some();
    if !then_down || !begun {
        let report = run(FileJournal::new(path), world).unwrap();
        assert_eq!((report.outcome, world.things().len()), (Outcome::Done, 6), "{what}: {report}");
    }
    assert_eq!(undo(FileJournal::new(path), world).unwrap().outcome, Outcome::Undone, "{what}");
    assert_eq!(world.things(), [""; 0], "{what}");
}

/// A handle on a journal that others hold too.
#[derive(Debug)]
struct Shared<J>(Arc<J>);

#[async_trait]
impl<J: Journal> Journal for Shared<J> {
    async fn acquire(&self, owner: &Owner, at: u64) -> Result<Lease, JournalError> {
        self.0.acquire(owner, at).await
    }
    async fn read(&self) -> Result<Vec<Entry>, JournalError> {
        self.0.read().await
    }
    async fn append(&self, lease: &Lease, at: u64, batch: &[Record]) -> Result<(), JournalError> {
        self.0.append(lease, at, batch).await
    }
    async fn release(&self, lease: Lease, at: u64) -> Result<(), JournalError> {
        self.0.release(lease, at).await
    }
}

/// Deleted, moved, replaced or cut short before any append of a run: nothing more starts, the
/// error says what to do, and doing so leads to nothing left.
#[test]
fn a_file_that_is_taken_away_under_a_run_stops_it() {
    type Take = fn(&Path);
    let ways: [(Take, &str); 4] = [
        (|path| fs::remove_file(path).unwrap(), "deleted or moved"),
        (|path| fs::rename(path, path.with_extension("away")).unwrap(), "deleted or moved"),
        (
            |path| {
                let bytes = fs::read(path).unwrap();
                fs::remove_file(path).unwrap();
                fs::write(path.with_extension("new"), bytes).unwrap();
                fs::rename(path.with_extension("new"), path).unwrap();
            },
            "replaced by another",
        ),
        (|path| fs::write(path, "").unwrap(), "restore it from a copy"),
    ];
    let appends = recorded().0;
    let ups = appends.iter().position(|(_, world)| world.things().len() == 6).unwrap();
    for at in 1..ups {
        for (take, why) in &ways {
            let (_folder, path) = fresh();
            let (world, n, file) = (World::default(), AtomicUsize::new(0), path.clone());
            let seen = Arc::new(Mutex::new(None));
            let (see, now, take) = (seen.clone(), world.clone(), *take);
            let copy = path.with_extension("copy");
            let watched = Watched(FileJournal::new(&path), move |_: &[Record]| {
                if n.fetch_add(1, Ordering::SeqCst) == at {
                    fs::copy(&file, file.with_extension("copy")).unwrap();
                    take(&file);
                    *see.lock().unwrap() = Some(now.runs());
                }
                Ok(())
            });
            let error = run(watched, &world).unwrap_err().to_string();
            let runs = seen.lock().unwrap().unwrap();
            assert!(error.contains("cannot append") && error.contains(why), "{at}: {error}");
            assert!(world.runs() <= runs + 2, "{at}: {runs}, then {}", world.runs());
            // As it says.
            let rescued = path.with_extension("journal.rescued");
            match error.contains("move that to where it was") {
                true => fs::rename(&rescued, &path).unwrap(),
                false => fs::rename(&copy, &path).unwrap(),
            }
            assert_eq!(*why != "restore it from a copy", error.contains("rescued"), "{error}");
            return_to(&path, &world, at % 2 == 0, &format!("{why} at {at}"));
        }
    }
}

/// What ended while the journal was away is in what was saved.
#[test]
fn what_ended_after_the_file_was_taken_away_is_saved_too() {
    let (_folder, path) = fresh();
    let (world, file) = (World::default(), path.clone());
    let watched = Watched(FileJournal::new(&path), move |batch: &[Record]| {
        let is_done = |r: &Record| matches!(r, Record::Done { step, .. } if &**step == "bell");
        if batch.iter().any(is_done) {
            let _ = fs::remove_file(&file); // what is refused comes again
        }
        Ok(())
    });
    run(watched, &world).unwrap_err();
    let ledger = Ledger::of(&read(&path.with_extension("journal.rescued")).unwrap());
    assert_eq!(ledger.get("bell").unwrap().state, State::Done);
    assert!(ledger.get("key").is_none_or(|key| key.state == State::Failed), "it never started");
}

/// Where nothing can be written nothing is begun.
#[cfg(target_os = "linux")]
#[test]
fn where_no_journal_can_be_nothing_is_begun() {
    let (folder, path) = fresh();
    fs::create_dir(&path).unwrap();
    for nowhere in [Path::new("/proc/hopper.journal"), &path, &folder.path().join("no/such")] {
        let world = World::default();
        let error = run(FileJournal::new(nowhere), &world).unwrap_err().to_string();
        assert!(error.contains("cannot open for writing"), "{error}");
        assert_eq!(world.runs(), 0);
    }
}

/// All is done, and only the lease cannot be given back: the report is not lost with it.
#[test]
fn a_lease_that_cannot_be_given_back_costs_no_report() {
    #[derive(Debug)]
    struct Keeping(hopper_core::MemoryJournal);
    #[async_trait]
    impl Journal for Keeping {
        async fn acquire(&self, owner: &Owner, at: u64) -> Result<Lease, JournalError> {
            self.0.acquire(owner, at).await
        }
        async fn read(&self) -> Result<Vec<Entry>, JournalError> {
            self.0.read().await
        }
        async fn append(&self, lease: &Lease, at: u64, b: &[Record]) -> Result<(), JournalError> {
            self.0.append(lease, at, b).await
        }
        async fn release(&self, _: Lease, _: u64) -> Result<(), JournalError> {
            let (path, source) = ("x".into(), io::ErrorKind::StorageFull.into());
            Err(JournalError::Io { path, action: "append", source })
        }
    }
    let (world, journal) = (World::default(), hopper_core::MemoryJournal::default());
    let report = run(Keeping(journal.clone()), &world).unwrap();
    assert_eq!(report.outcome, Outcome::Done);
    assert!(report.to_string().contains("warning: the lease could not be given back"), "{report}");
    let report = undo(Keeping(journal.fork(journal.len())), &world).unwrap();
    assert_eq!((report.outcome, report.warnings.len()), (Outcome::Undone, 1));
    assert!(world.things().is_empty());
}

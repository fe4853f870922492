//! A secret in a journal is there for whoever has the key.

use super::vestibule::{MARK, MintOut, Town, Vestibule, engine, plan};
use hopper_core::{
    Engine, EngineError, Entry, Journal as _, Keyring, Ledger, MemoryJournal, Outcome, Owner,
    Record, Report, SealError, SealingKey, Secret, testing::crash_after_every_record,
};
use std::{fs, path::Path};

fn key(n: u8) -> SealingKey {
    SealingKey::new([n; 32])
}

fn sealing(town: &Town, journal: &MemoryJournal, keyring: impl Into<Keyring>) -> Engine {
    engine(town, journal).seal(keyring)
}

async fn ran(engine: &Engine, outcome: Outcome) -> Report {
    let report = engine.run(&plan("1")).await.unwrap();
    assert_eq!(report.outcome, outcome, "{report}");
    report
}

async fn why(engine: &Engine) -> String {
    engine.run(&plan("1")).await.unwrap_err().to_string()
}

/// A town whose run, with this key, was cut off when the key was minted, and not a door made.
async fn cut_off(keyring: impl Into<Keyring>) -> (Town, MemoryJournal) {
    let (town, journal) = (Town::default(), MemoryJournal::default());
    ran(&sealing(&town, &journal, keyring), Outcome::Done).await;
    let is_done = |e: &Entry| matches!(&e.record, Record::Done { step, .. } if &**step == "mint");
    let n = journal.entries().iter().position(is_done).unwrap() + 1;
    // As if the doors had never been.
    engine(&town, &journal).undo().await.unwrap();
    (town, journal.fork(n))
}

/// The journal as text.
fn text(journal: &MemoryJournal) -> String {
    serde_json::to_string(&journal.entries()).unwrap()
}

fn resealed(journal: &MemoryJournal) -> usize {
    journal.entries().iter().filter(|e| matches!(e.record, Record::Resealed { .. })).count()
}

/// The same journal, with some of its text replaced.
async fn forged(journal: &MemoryJournal, change: impl Fn(String) -> String) -> MemoryJournal {
    let forged = MemoryJournal::default();
    let lease = forged.acquire(&Owner::new("mallory"), 0).await.unwrap();
    let is_lease = |r: &Record| matches!(r, Record::Lease { .. } | Record::Release {});
    for entry in journal.entries().into_iter().filter(|e| !is_lease(&e.record)) {
        let record = change(serde_json::to_string(&entry.record).unwrap());
        forged.append(&lease, 0, &[serde_json::from_str(&record).unwrap()]).await.unwrap();
    }
    forged.release(lease, 0).await.unwrap();
    forged
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_gone_on_with_has_its_secrets() {
    let (town, journal) = cut_off(key(1)).await;
    assert_eq!((town.minted(), town.keys().len()), (1, 0));
    let report = ran(&sealing(&town, &journal, key(1)), Outcome::Done).await;
    assert_eq!(town.minted(), 1, "{report}");
    assert_eq!(town.keys(), vec![format!("{MARK} \"key\" 1"); 2]);
    assert!(!text(&journal).contains(MARK));

    // And so it is with one that is done.
    let report = ran(&sealing(&town, &journal.fork(journal.len()), key(1)), Outcome::Done).await;
    assert!(report.steps.iter().all(|step| step.tries == 0), "{report}");
    assert_eq!(resealed(&journal), 0);
}

#[tokio::test(start_paused = true)]
async fn without_the_key_they_are_made_again() {
    let (town, journal) = cut_off(key(1)).await;
    ran(&engine(&town, &journal), Outcome::Done).await;
    assert_eq!(town.minted(), 2);
    assert_eq!(town.keys(), vec![format!("{MARK} \"key\" 2"); 2]);
}

#[tokio::test(start_paused = true)]
async fn another_key_is_refused_by_name_and_an_undo_needs_none() {
    let (town, journal) = cut_off(key(1)).await;
    ran(&sealing(&town, &journal, key(1)), Outcome::Done).await;
    let n = journal.len();

    let why = why(&sealing(&town, &journal, key(2))).await;
    let wanted = format!(
        "a secret of step mint is sealed with key {}, and what was given is {}",
        key(1).id(),
        key(2).id()
    );
    assert!(why.starts_with(&wanted), "{why}");
    let checked = sealing(&town, &journal, key(2)).check().await;
    assert!(matches!(checked, Err(EngineError::Seal(SealError::OtherKey { .. }))), "{checked:?}");
    assert_eq!((town.keys().len(), town.minted()), (2, 1), "nothing has run");

    let with_none = engine(&town, &journal.fork(n)).undo().await.unwrap();
    assert_eq!(with_none.outcome, Outcome::Undone, "{with_none}");
    let with_another = sealing(&town, &journal.fork(n), key(2)).undo().await.unwrap();
    assert_eq!(with_another.outcome, Outcome::Undone, "{with_another}");
    assert!(town.keys().is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_was_tampered_with_is_refused_by_the_step() {
    let (town, journal) = cut_off(key(1)).await;
    ran(&sealing(&town, &journal, key(1)), Outcome::Done).await;
    assert_eq!(sealing(&town, &forged(&journal, |t| t).await, key(1)).check().await.unwrap(), []);

    // A sealed text of another place: the key of one door in the place of the other's PIN.
    let sealed = |text: &str| -> Vec<String> {
        let texts = text.split("{\"$hopper::sealed\":\"").skip(1);
        texts.map(|t| t.split('"').next().unwrap().to_owned()).collect()
    };
    let swapped =
        forged(&journal, |text| match text.starts_with("{\"started\":{\"step\":\"house\"") {
            true => text.replace(&sealed(&text)[1], &sealed(&text)[0]),
            false => text,
        });
    let refused = why(&sealing(&town, &swapped.await, key(1))).await;
    let wanted = format!(
        "a secret of step house is damaged, or was tampered with: what stands at inputs/pin is \
         not what key {} sealed there",
        key(1).id()
    );
    assert_eq!(refused, wanted);

    // The same place of another run.
    let (_, other) = cut_off(key(1)).await;
    let other = forged(&other, |t| t.replace("\"run\":\"", "\"run\":\"f")).await;
    let refused = why(&sealing(&town, &other, key(1))).await;
    assert!(refused.contains("step mint is damaged"), "{refused}");

    // What stands in no sealed form at all.
    let cut = forged(&journal, |text| text.replace("==\"", "\""));
    let refused = why(&sealing(&town, &cut.await, key(1))).await;
    assert!(refused.contains("is damaged, or was tampered with"), "{refused}");
    assert!(!refused.contains(MARK));
}

#[tokio::test(start_paused = true)]
async fn a_new_key_seals_anew_what_the_older_one_did() {
    let old = key(1);
    let rotated = Keyring::new(old.clone()).rotated(key(2));
    assert_eq!(format!("{rotated:?}").matches("SealingKey(").count(), 2);

    // When a run goes on.
    let (town, journal) = cut_off(old.clone()).await;
    ran(&sealing(&town, &journal, rotated.clone()), Outcome::Done).await;
    assert_eq!((resealed(&journal), town.minted()), (1, 1));
    ran(&sealing(&town, &journal, key(2)), Outcome::Done).await;
    let refused = why(&sealing(&town, &journal, old.clone())).await;
    assert!(refused.contains(&format!("is sealed with key {}", key(2).id())), "{refused}");
    assert!(sealing(&town, &journal, key(2)).check().await.unwrap().is_empty());

    // When asked to: three steps have secrets.
    let (town, journal) = (Town::default(), MemoryJournal::default());
    ran(&sealing(&town, &journal, old), Outcome::Done).await;
    let engine = sealing(&town, &journal, rotated.clone());
    assert_eq!(engine.reseal().await.unwrap(), 3);
    assert_eq!(engine.reseal().await.unwrap(), 0);
    assert_eq!(resealed(&journal), 3);
    assert!(journal.to_string().contains("resealed mint\nresealed house\nresealed shed\n"));
    ran(&sealing(&town, &journal, key(2)), Outcome::Done).await;

    // When an undo that does not come to its end begins.
    let (town, journal) = cut_off(key(1)).await;
    ran(&sealing(&town, &journal, key(1)), Outcome::Done).await;
    town.trouble("undo", 1000);
    let stuck = sealing(&town, &journal, rotated).undo().await.unwrap();
    assert_eq!((stuck.outcome, resealed(&journal)), (Outcome::Stuck, 3), "{stuck}");
    let ledger = Ledger::of(&journal.entries()).unsealed(&key(2).into()).unwrap();
    assert!(ledger.get("house").unwrap().output.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_ledger_gives_its_secrets_to_whoever_has_the_key() {
    let (town, journal) = (Town::default(), MemoryJournal::default());
    ran(&sealing(&town, &journal, key(1)), Outcome::Done).await;
    let key_of = |ledger: &Ledger| -> Secret<String> {
        let output = ledger.get("mint").unwrap().output.as_ref().unwrap();
        output.get::<MintOut>().unwrap().key
    };
    let sealed = Ledger::of(&journal.entries());
    let error = key_of(&sealed).expose().unwrap_err().to_string();
    assert!(error.contains("sealed there with a key that was not given"), "{error}");
    let open = sealed.clone().unsealed(&key(1).into()).unwrap();
    assert_eq!(key_of(&open).expose().unwrap(), &format!("{MARK} \"key\" 1"));
    assert!(!format!("{open:?}").contains(MARK));
    assert!(matches!(sealed.unsealed(&key(2).into()), Err(SealError::OtherKey { .. })));
}

#[tokio::test(start_paused = true)]
async fn the_same_run_seals_the_same_and_another_does_not() {
    let mut texts = Vec::new();
    for seed in [1, 1, 2] {
        let (town, journal) = (Town::default(), MemoryJournal::default());
        ran(&sealing(&town, &journal, key(1)).seed(seed), Outcome::Done).await;
        texts.push(text(&journal));
    }
    assert_eq!(texts[0], texts[1]);
    let sealed = |text: &str| -> Vec<String> {
        let texts = text.split("\"$hopper::sealed\":").skip(1);
        texts.map(|t| t.split('}').next().unwrap().to_owned()).collect()
    };
    // Inputs, note and output of two doors hold one key: no two of them look the same.
    let (mut one, other) = (sealed(&texts[0]), sealed(&texts[2]));
    assert_eq!((one.len(), other.len()), (10, 10), "{}", texts[0]);
    assert!(one.iter().all(|text| !other.contains(text)));
    one.sort_unstable();
    one.dedup();
    assert_eq!(one.len(), 10);
}

#[tokio::test(start_paused = true)]
async fn another_secret_is_a_change_for_whoever_has_the_key() {
    let (town, journal) = (Town::default(), MemoryJournal::default());
    ran(&sealing(&town, &journal, key(1)), Outcome::Done).await;
    let other = plan("2");
    let ledger = Ledger::of(&journal.entries());
    assert!(other.diff(&ledger).is_empty());
    let ledger = ledger.unsealed(&key(1).into()).unwrap();
    assert!(plan("1").diff(&ledger).is_empty());
    let diff = other.diff(&ledger);
    let shown = diff.to_string();
    assert!(shown.contains("pin: \"<secret>\" -> \"<secret>\", another secret"), "{shown}");
    assert!(!shown.contains(MARK) && !format!("{diff:?}").contains(MARK));
    assert!(!serde_json::to_string(&diff).unwrap().contains(MARK));

    let refused = sealing(&town, &journal, key(1)).run(&other).await.unwrap_err().to_string();
    assert!(refused.contains("another secret"), "{refused}");
    assert!(!refused.contains(MARK), "{refused}");
    let report = engine(&town, &journal).run(&other).await.unwrap();
    assert_eq!(report.outcome, Outcome::Done, "nobody can tell without the key");
}

#[test]
fn a_crash_after_every_record_is_borne_with_and_without_the_key() {
    let crashes = crash_after_every_record(&Vestibule(|engine: Engine| engine.seal(key(1))));
    assert!(8 < crashes.running && 5 < crashes.undoing, "{crashes:?}");
    crash_after_every_record(&Vestibule(|engine| engine));
}

#[test]
fn a_key_file_is_for_its_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hopper.journal.key");
    let why = |path: &Path| Keyring::from_file(path).unwrap_err().to_string();
    assert!(why(&path).contains("No such file"), "{}", why(&path));

    let made = Keyring::from_file_or_new(&path).unwrap();
    let again = Keyring::from_file_or_new(&path).unwrap();
    assert_eq!(again.current().id(), made.current().id());
    let rotated = made.clone().rotated(key(2));
    rotated.to_file(&path).unwrap();
    let ids = |keyring: &Keyring| keyring.keys().map(|k| k.id().to_owned()).collect::<Vec<_>>();
    assert_eq!(ids(&Keyring::from_file(&path).unwrap()), [key(2).id(), made.current().id()]);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "nothing else stays");
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(ids(&text.parse().unwrap()), ids(&rotated));

    fs::write(&path, &text[1..]).unwrap();
    assert!(why(&path).contains("hopper.journal.key holds no key"), "{}", why(&path));
    assert!(!why(&path).contains(&text[1..20]));
    fs::write(&path, "").unwrap();
    assert!(why(&path).contains("holds no key"), "{}", why(&path));
}

#[cfg(unix)]
#[test]
fn a_key_that_others_may_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    Keyring::new(key(1)).to_file(&path).unwrap();
    let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(), 0o600);
    for open in [0o640, 0o604, 0o620, 0o660] {
        fs::set_permissions(&path, fs::Permissions::from_mode(open)).unwrap();
        let why = Keyring::from_file_or_new(&path).unwrap_err().to_string();
        assert!(why.contains(&format!("(mode {open:04o}): `chmod 600` it")), "{why}");
    }
    Keyring::new(key(2)).to_file(&path).unwrap();
    assert_eq!(mode(), 0o600);
}

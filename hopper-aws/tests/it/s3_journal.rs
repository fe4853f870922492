//! The journal in S3: what every journal promises, one winner, and whatever a network does.

use futures_util::future::join_all;
use hopper_aws::{Aws, S3Journal};
use hopper_core::{
    Entry, Journal, JournalError, Lease, Owner, Record,
    testing::{journal::conformance, on_paused_time},
};
use hopper_mock::{Mock, s3::Object};
use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

const T0: u64 = 1_767_225_600_000;

struct Team {
    mock: Mock,
    aws: Aws,
}

impl Team {
    fn new() -> Self {
        let mock = Mock::builder().seed(7).build();
        let made = mock.call(
            "s3:CreateBucket",
            &[("Bucket", "team-journals"), ("LocationConstraint", "eu-west-1")],
        );
        assert_eq!(made.code(), None, "{}", made.body);
        let aws = Aws::new(&mock.sdk_config());
        Self { mock, aws }
    }

    fn journal(&self) -> S3Journal {
        self.journal_at("hopper/prod")
    }

    fn journal_at(&self, prefix: &str) -> S3Journal {
        let location = format!("s3://team-journals/{prefix}").parse().unwrap();
        S3Journal::new(self.aws.s3().clone(), location)
    }

    fn objects(&self) -> Vec<(String, Object)> {
        self.mock.world().s3.buckets["team-journals"].objects.clone().into_iter().collect()
    }

    fn calls(&self, operation: &str) -> usize {
        self.mock.calls().of(operation).count()
    }
}

fn undone(step: &str) -> Record {
    Record::Undone { step: step.into() }
}

async fn acquired(journal: &S3Journal, name: &str, at: u64) -> Lease {
    journal.acquire(&Owner::new(name), at).await.unwrap()
}

async fn records(journal: &S3Journal) -> Vec<Record> {
    journal.read().await.unwrap().into_iter().map(|entry: Entry| entry.record).collect()
}

fn lease_ms() -> u64 {
    u64::try_from(Lease::DURATION.as_millis()).unwrap()
}

#[test]
fn it_keeps_what_every_journal_promises() {
    on_paused_time(async {
        let (team, n) = (Team::new(), AtomicU32::new(0));
        let make = async || team.journal_at(&n.fetch_add(1, Ordering::Relaxed).to_string());
        let again = |one: &S3Journal| S3Journal::new(team.aws.s3().clone(), one.location().clone());
        conformance(make, again).await;
    });
}

#[test]
fn its_objects_one_after_the_other_are_a_journal_file() {
    on_paused_time(async {
        let (team, other) = (Team::new(), Team::new());
        for team in [&team, &other] {
            let journal = team.journal();
            let lease = acquired(&journal, "alice", T0).await;
            journal.append(&lease, T0, &[undone("a"), undone("b")]).await.unwrap();
            journal.release(lease, T0 + 1).await.unwrap();
        }
        let keys = [1, 2, 3].map(|n| format!("hopper/prod/000000000{n}.jsonl"));
        let objects = team.objects();
        assert_eq!(objects.iter().map(|(key, _)| key).collect::<Vec<_>>(), keys.each_ref());
        let file: String = objects.iter().map(|(_, object)| object.body.as_str()).collect();
        let mut entries = Vec::new();
        let scan = |entry| entries.push(entry);
        hopper_core::journal_kit::scan(&"a file", file.as_bytes(), scan).unwrap();
        assert_eq!(entries, team.journal().read().await.unwrap());
        assert_eq!(entries.len(), 4);
    });
}

/// Whatever becomes of a write on its way, the record is there once, and the append succeeds.
#[test]
fn a_write_that_goes_wrong_is_settled_by_reading() {
    type Arm = fn(&Mock);
    let faults: [(&str, Arm); 8] = [
        ("reply lost", |m| m.fail("s3:PutObject").lose_reply()),
        ("reset", |m| m.fail("s3:PutObject").reset()),
        ("slowed down", |m| m.fail("s3:PutObject").times(3).throttle()),
        ("unavailable", |m| m.fail("s3:PutObject").times(3).unavailable()),
        ("internal error", |m| m.fail("s3:PutObject").error("InternalError")),
        ("conflict", |m| m.fail("s3:PutObject").error("ConditionalRequestConflict")),
        ("hang", |m| m.fail("s3:PutObject").hang()),
        ("slow", |m| m.fail("s3:PutObject").slow(Duration::from_secs(30))),
    ];
    for (what, fault) in faults {
        for at_write in 0..4 {
            on_paused_time(async {
                let (team, mut written) = (Team::new(), Vec::new());
                let journal = team.journal();
                let strike = |n| {
                    if n == at_write {
                        fault(&team.mock)
                    }
                };
                strike(0);
                let lease = acquired(&journal, "alice", T0).await;
                written.push(Record::Lease { owner: Owner::new("alice") });
                for n in 1..3 {
                    strike(n);
                    let batch = [undone(&format!("{n}a")), undone(&format!("{n}b"))];
                    journal.append(&lease, T0, &batch).await.unwrap();
                    written.extend(batch);
                }
                strike(3);
                journal.release(lease, T0).await.unwrap();
                written.push(Record::Release {});
                assert_eq!(records(&team.journal()).await, written, "{what} at write {at_write}");
                assert_eq!(team.objects().len(), 4, "{what} at write {at_write}");
            });
        }
    }
}

#[test]
fn a_read_that_goes_wrong_is_repeated() {
    on_paused_time(async {
        let team = Team::new();
        let _held = acquired(&team.journal(), "alice", T0).await;
        for operation in ["s3:ListObjectsV2", "s3:GetObject"] {
            team.mock.fail(operation).times(2).throttle();
            team.mock.fail(operation).reset();
            team.mock.fail(operation).hang();
        }
        assert_eq!(records(&team.journal()).await.len(), 1);
        assert_eq!((team.calls("ListObjectsV2"), team.calls("GetObject")), (6, 5));
    });
}

/// Two that do the same in the same moment, down to the name, write the same bytes.
#[test]
fn of_owners_that_cannot_be_told_apart_one_wins() {
    on_paused_time(async {
        for _ in 0..10 {
            let team = Team::new();
            // Who loses its reply must not take the other's record for its own.
            team.mock.fail("s3:PutObject").times(4).lose_reply();
            let journals: Vec<_> = (0..8).map(|_| team.journal()).collect();
            let owner = Owner::new("process 1");
            let taken = join_all(journals.iter().map(|journal| journal.acquire(&owner, T0))).await;
            let (won, lost): (Vec<_>, Vec<_>) = taken.into_iter().partition(Result::is_ok);
            assert_eq!((won.len(), lost.len()), (1, 7));
            for lost in lost {
                let Err(JournalError::Busy { owner, .. }) = lost else { panic!("{lost:?}") };
                assert_eq!(owner.name, "process 1");
            }
            assert_eq!(records(&team.journal()).await.len(), 1);
        }
    });
}

/// The append of an owner that was stopped meets its successor's record, though it looked before.
#[test]
fn an_owner_that_was_stopped_is_fenced_by_its_own_write() {
    on_paused_time(async {
        let team = Team::new();
        let (one, two) = (team.journal(), team.journal());
        let former = acquired(&one, "alice", T0).await;
        let successor = acquired(&two, "bob", T0 + lease_ms()).await;
        team.mock.fail("s3:PutObject").lose_reply();
        let late = one.append(&former, T0 + lease_ms(), &[undone("a")]).await.unwrap_err();
        let JournalError::Fenced { ours, theirs } = late else { panic!("{late:?}") };
        assert_eq!((ours, theirs), (former.epoch, successor.epoch));
        assert!(team.objects().iter().all(|(_, object)| !object.body.contains("\"a\"")));
        two.append(&successor, T0 + lease_ms(), &[undone("b")]).await.unwrap();
    });
}

/// An append that was given up, or dropped in flight, may have been written. Tried again it is
/// not written twice, and what comes instead is written after it.
#[test]
fn an_append_that_arrives_late_is_written_once() {
    for again in [vec![undone("a"), undone("b")], vec![undone("c")]] {
        on_paused_time(async {
            let team = Team::new();
            let journal = team.journal();
            let lease = acquired(&journal, "alice", T0).await;
            team.mock.fail("s3:PutObject").lose_reply();
            team.mock.fail("s3:PutObject").always().reset();
            let batch = [undone("a")];
            let given_up = journal.append(&lease, T0, &batch).await.unwrap_err();
            assert!(given_up.to_string().contains("s3://team-journals/hopper/prod: cannot append"));
            team.mock.heal();
            journal.append(&lease, T0 + 5, &again).await.unwrap();
            journal.append(&lease, T0 + 6, &[undone("d")]).await.unwrap();
            let rest = again.iter().filter(|record| **record != batch[0]);
            let steps: Vec<_> = batch.iter().chain(rest).cloned().chain([undone("d")]).collect();
            assert_eq!(records(&journal).await[1..], steps);
        });
    }
}

#[test]
fn what_is_wrong_is_told_in_clear_words() {
    on_paused_time(async {
        let team = Team::new();
        let nowhere = "s3://no-such-journals/a".parse().unwrap();
        let error = S3Journal::new(team.aws.s3().clone(), nowhere).read().await.unwrap_err();
        let (what, to_do) = (
            "s3://no-such-journals/a: cannot read: ListObjectsV2: NoSuchBucket: the specified \
             bucket does not exist",
            "; make the bucket, or mend its name",
        );
        let error = error.to_string();
        assert!(error.starts_with(what) && error.ends_with(to_do), "{error}");
        let journal = team.journal();
        team.mock.fail("s3:PutObject").deny();
        let error = journal.acquire(&Owner::new("alice"), T0).await.unwrap_err().to_string();
        assert!(error.contains("hopper/prod: cannot append: PutObject: AccessDenied: "), "{error}");
        assert!(error.contains("allow the operation in the policy"), "{error}");
        team.mock.fail("s3:ListObjectsV2").error("PermanentRedirect");
        let error = journal.read().await.unwrap_err().to_string();
        assert!(error.contains("the bucket is in another region"), "{error}");
    });
}

#[test]
fn what_was_meddled_with_is_not_believed() {
    on_paused_time(async {
        let team = Team::new();
        let journal = team.journal();
        let lease = acquired(&journal, "alice", T0).await;
        for step in ["a", "b", "c"] {
            journal.append(&lease, T0, &[undone(step)]).await.unwrap();
        }
        let whole = team.mock.world();
        let meddled = async |change: &dyn Fn(&mut BTreeMap<String, Object>)| {
            let changed = |world: &mut hopper_mock::World| {
                world.s3 = whole.s3.clone();
                change(&mut world.s3.buckets.get_mut("team-journals").unwrap().objects);
            };
            team.mock.edit(changed);
            match team.journal().read().await {
                Ok(entries) => panic!("{entries:?}"),
                Err(error) => error.to_string(),
            }
        };
        let key = |n| format!("hopper/prod/000000000{n}.jsonl");
        let gone = meddled(&|objects| drop(objects.remove(&key(2)))).await;
        assert!(gone.contains("hopper/prod/0000000002.jsonl was deleted; restore it"), "{gone}");
        let foreign = |objects: &mut BTreeMap<String, Object>| {
            let letter = objects[&key(1)].clone();
            objects.insert("hopper/prod/letter.txt".to_owned(), letter);
        };
        let foreign = meddled(&foreign).await;
        assert!(foreign.contains("letter.txt is no part of a journal"), "{foreign}");
        for n in [1, 3, 4] {
            let cut = |objects: &mut BTreeMap<String, Object>| {
                let body = &mut objects.get_mut(&key(n)).unwrap().body;
                body.truncate(body.len() - 3);
            };
            let cut = meddled(&cut).await;
            assert!(cut.contains("is damaged in line"), "{n}: {cut}");
        }
    });
}

#[test]
fn a_thousand_batches_are_read_page_by_page() {
    on_paused_time(async {
        let team = Team::new();
        let journal = team.journal();
        let lease = acquired(&journal, "alice", T0).await;
        for n in 0..1_000 {
            journal.append(&lease, T0, &[undone(&n.to_string())]).await.unwrap();
        }
        // Another journal below is none of this one's business.
        acquired(&team.journal_at("hopper/prod/other"), "bob", T0).await;
        let began = team.mock.now();
        let read = records(&team.journal()).await;
        assert_eq!(read.len(), 1_001);
        assert_eq!(read.last(), Some(&undone("999")));
        assert_eq!((team.calls("ListObjectsV2"), team.calls("GetObject")), (4, 1_001));
        // 16 at once, at 0.4 s a call.
        let took = team.mock.now().since(began);
        assert!(took < Duration::from_secs(40), "{took:?}");
    });
}

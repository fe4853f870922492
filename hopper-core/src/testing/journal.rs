//! [`conformance`]: what every [`Journal`] must do.

use crate::journal::{Data, Entry, Journal, JournalError, Lease, Owner, Record, RunRecord};
use std::fmt::Debug;

/// When the checks begin: 2026-01-01T00:00:00Z.
const T0: u64 = 1_767_225_600_000;

/// Checks an implementation against all that [`Journal`] promises.
///
/// `make` gives an empty journal, another one each time; `again` opens another handle on the
/// same journal, as another process would while the first is alive.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// use hopper_core::{MemoryJournal, testing::journal::conformance};
///
/// conformance(async || MemoryJournal::default(), MemoryJournal::clone).await;
/// # }
/// ```
///
/// # Panics
///
/// At the first promise that is broken, naming it.
pub async fn conformance<J: Journal>(make: impl AsyncFn() -> J, again: impl Fn(&J) -> J) {
    an_empty_journal_reads_empty(&make().await).await;
    what_was_appended_is_read(&make().await, &again).await;
    an_append_is_whole_or_nothing(&make().await).await;
    a_second_owner_is_refused(&make().await, &again).await;
    a_lease_given_back_is_free(&make().await, &again).await;
    a_lease_lasts_from_the_last_record(&make().await, &again).await;
    a_former_owner_is_fenced(&make().await, &again).await;
    a_former_owner_releases_nothing(&make().await, &again).await;
    a_newer_format_is_refused(&make().await, &again).await;
}

async fn an_empty_journal_reads_empty(journal: &impl Journal) {
    assert_eq!(entries(journal).await, [], "a journal without records reads empty");
}

async fn what_was_appended_is_read<J: Journal>(one: &J, again: impl Fn(&J) -> J) {
    let lease = acquire(one, "alice", T0).await;
    assert_eq!(lease.torn, None, "nothing of a new journal is torn");
    let mut expected = vec![entry(&lease, T0, taken("alice"))];
    assert_eq!(entries(&again(one)).await, expected, "taking the lease is a record");

    for (at, batch) in [(T0 + 1, 0..1), (T0 + 1, 1..4), (T0 + 9, 4..4), (T0 + 2, 4..99)] {
        let batch: Vec<_> = batch.map(note).collect();
        append(one, &lease, at, &batch).await;
        expected.extend(batch.into_iter().map(|record| entry(&lease, at, record)));
        assert_eq!(
            entries(&again(one)).await,
            expected,
            "another handle reads what was appended, in order, without a lease"
        );
    }
    assert_eq!(entries(one).await, expected, "the owner reads the same");
    release(one, lease, T0 + 10).await;
}

async fn an_append_is_whole_or_nothing(one: &impl Journal) {
    let lease = acquire(one, "alice", T0).await;
    let before = entries(one).await;
    let broken = Record::Done { step: "a".into(), output: Data::from_text("{") };
    let outcome = one.append(&lease, T0, &[note(1), broken, note(2)]).await;
    assert!(outcome.is_err(), "data that is no JSON is refused");
    assert_eq!(entries(one).await, before, "a batch that is refused leaves nothing");
    append(one, &lease, T0, &[note(3)]).await;
    assert_eq!(entries(one).await.len(), before.len() + 1, "what is appended next is read");
}

async fn a_second_owner_is_refused<J: Journal>(one: &J, again: impl Fn(&J) -> J) {
    let two = again(one);
    let lease = acquire(one, "alice", T0).await;
    for (who, journal) in [("another handle", &two), ("the same handle", one)] {
        match journal.acquire(&owner("bob"), T0 + 1).await {
            Err(JournalError::Busy { owner, since }) => {
                assert_eq!(owner.name, "alice", "the refusal names the holder");
                assert_eq!(since, "2026-01-01T00:00:00Z", "the refusal says since when");
            }
            other => broken(&format!("{who} is refused with busy while the lease lasts"), &other),
        }
    }
    append(one, &lease, T0 + 2, &[note(1)]).await;
    assert_eq!(entries(&two).await.len(), 2, "one who was refused has written nothing");
}

async fn a_lease_given_back_is_free<J: Journal>(one: &J, again: impl Fn(&J) -> J) {
    let two = again(one);
    let mut last = 0;
    for (journal, at) in [(one, T0), (&two, T0 + 1), (&two, T0 + 2), (one, T0 + 3)] {
        let lease = acquire(journal, "alice", at).await;
        assert!(last < lease.epoch, "the epoch rises: {} after {last}", lease.epoch);
        last = lease.epoch;
        release(journal, lease, at).await;
    }
    let records: Vec<_> = entries(one).await.into_iter().map(|e| e.record).collect();
    let expected: Vec<_> = (0..4).flat_map(|_| [taken("alice"), Record::Release {}]).collect();
    assert_eq!(records, expected, "taking and giving back are records");
}

async fn a_lease_lasts_from_the_last_record<J: Journal>(one: &J, again: impl Fn(&J) -> J) {
    let two = again(one);
    let lease = acquire(one, "alice", T0).await;
    append(one, &lease, T0 + 50_000, &[note(1)]).await;
    match two.acquire(&owner("bob"), T0 + 50_000 + duration() - 1).await {
        Err(JournalError::Busy { .. }) => {}
        other => broken("a record prolongs the lease", &other),
    }
    let successor = acquire(&two, "bob", T0 + 50_000 + duration()).await;
    assert!(lease.epoch < successor.epoch, "a successor's epoch is higher");
}

async fn a_former_owner_is_fenced<J: Journal>(one: &J, again: impl Fn(&J) -> J) {
    let two = again(one);
    let former = acquire(one, "alice", T0).await;
    append(one, &former, T0, &[note(1)]).await;
    let successor = acquire(&two, "bob", T0 + duration()).await;
    for n in 0..2 {
        let before = entries(&two).await;
        match one.append(&former, T0 + duration(), &[note(2), note(3)]).await {
            Err(JournalError::Fenced { ours, theirs }) => {
                assert_eq!((ours, theirs), (former.epoch, successor.epoch), "both epochs are told");
            }
            other => broken("what a former owner appends is refused as fenced", &other),
        }
        assert_eq!(entries(&two).await, before, "a former owner changes nothing");
        append(&two, &successor, T0 + duration(), &[note(n)]).await;
    }
    match again(one).acquire(&owner("carol"), T0 + duration() + 1).await {
        Err(JournalError::Busy { owner, .. }) => {
            assert_eq!(owner.name, "bob", "after a takeover the successor is the holder");
        }
        other => broken("a successor holds the lease as its first owner did", &other),
    }
}

async fn a_former_owner_releases_nothing<J: Journal>(one: &J, again: impl Fn(&J) -> J) {
    let two = again(one);
    let former = acquire(one, "alice", T0).await;
    let successor = acquire(&two, "bob", T0 + duration()).await;
    let before = entries(&two).await;
    match one.release(former, T0 + duration()).await {
        Err(JournalError::Fenced { .. }) => {}
        other => broken("a former owner's release is refused as fenced", &other),
    }
    assert_eq!(entries(&two).await, before, "a former owner's release is no record");
    match again(one).acquire(&owner("carol"), T0 + duration()).await {
        Err(JournalError::Busy { .. }) => {}
        other => broken("a former owner's release does not free the successor's lease", &other),
    }
    append(&two, &successor, T0 + duration(), &[note(1)]).await;
    release(&two, successor, T0 + duration()).await;
}

async fn a_newer_format_is_refused<J: Journal>(one: &J, again: impl Fn(&J) -> J) {
    let lease = acquire(one, "alice", T0).await;
    let run = |format| {
        let (workflow, run) = ("w".to_owned(), "r".to_owned());
        Record::Run(RunRecord { format, workflow, run, meta: [].into() })
    };
    append(one, &lease, T0, &[run(crate::journal::FORMAT)]).await;
    assert_eq!(entries(&again(one)).await.len(), 2, "today's format is read");
    append(one, &lease, T0, &[run(crate::journal::FORMAT + 1)]).await;
    match again(one).read().await {
        Err(JournalError::Format { .. }) => {}
        other => broken("a newer format is not read", &other),
    }
}

fn duration() -> u64 {
    u64::try_from(Lease::DURATION.as_millis()).unwrap_or(u64::MAX)
}

fn owner(name: &str) -> Owner {
    Owner::new(name)
}

fn taken(name: &str) -> Record {
    Record::Lease { owner: owner(name) }
}

fn entry(lease: &Lease, at: u64, record: Record) -> Entry {
    Entry { epoch: lease.epoch, at, record }
}

/// A note whose value needs some care: quotes, line breaks, more than ASCII.
fn note(n: u64) -> Record {
    let value = format!("{{\"n\":{n},\"text\":\"\\\"a\\nb\\\" ü\u{2028}\",\"more\":[null,1.5]}}");
    Record::Note { step: "net/vpc".into(), key: n.to_string(), value: Data::from_text(value) }
}

async fn entries(journal: &impl Journal) -> Vec<Entry> {
    fine("it can be read", journal.read().await)
}

async fn acquire(journal: &impl Journal, name: &str, at: u64) -> Lease {
    fine("a free lease can be taken", journal.acquire(&owner(name), at).await)
}

async fn append(journal: &impl Journal, lease: &Lease, at: u64, batch: &[Record]) {
    fine("the owner can append", journal.append(lease, at, batch).await);
}

async fn release(journal: &impl Journal, lease: Lease, at: u64) {
    fine("the owner can give the lease back", journal.release(lease, at).await);
}

#[track_caller]
fn fine<T>(promise: &str, outcome: Result<T, JournalError>) -> T {
    match outcome {
        Ok(value) => value,
        Err(e) => broken(promise, &e),
    }
}

#[track_caller]
#[expect(clippy::panic, reason = "as all assertions do")]
fn broken(promise: &str, outcome: &dyn Debug) -> ! {
    panic!("a journal must keep this: {promise}; instead: {outcome:?}")
}

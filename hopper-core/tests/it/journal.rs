//! Journals: the conformance suite on each, and what only a file can suffer.

use hopper_core::{
    Data, Entry, FileJournal, Journal, JournalError, MemoryJournal, Owner, Record, Torn,
    testing::journal::conformance,
};
use std::{
    cell::Cell,
    fs,
    path::{Path, PathBuf},
};
use tempfile::{TempDir, tempdir};

fn owner(name: &str) -> Owner {
    Owner::new(name)
}

fn note(n: usize) -> Record {
    let value = Data::of(&format!("value {n}")).unwrap();
    Record::Note { step: "a".into(), key: n.to_string(), value }
}

fn fresh() -> (TempDir, PathBuf) {
    let folder = tempdir().unwrap();
    let path = folder.path().join("hopper.journal");
    (folder, path)
}

/// A journal of a lease and `n` notes whose owner died; its bytes.
async fn written(path: &Path, n: usize) -> Vec<u8> {
    let journal = FileJournal::new(path);
    let lease = journal.acquire(&owner("alice"), 0).await.unwrap();
    for n in 1..=n {
        journal.append(&lease, 0, &[note(n)]).await.unwrap();
    }
    fs::read(path).unwrap()
}

async fn read(path: &Path) -> Result<Vec<Entry>, JournalError> {
    FileJournal::new(path).read().await
}

#[tokio::test(flavor = "current_thread")]
async fn memory_conforms() {
    conformance(async || MemoryJournal::default(), MemoryJournal::clone).await;
}

async fn file_conforms() {
    let (folder, n) = (tempdir().unwrap(), Cell::new(0));
    let make = async || {
        n.set(n.get() + 1);
        FileJournal::new(folder.path().join(n.get().to_string()))
    };
    conformance(make, |journal| FileJournal::new(journal.path())).await;
}

#[tokio::test(flavor = "current_thread")]
async fn a_file_conforms_on_one_thread() {
    file_conforms().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_conforms_on_several_threads() {
    file_conforms().await;
}

#[test]
fn a_file_conforms_without_a_runtime() {
    futures_util::FutureExt::now_or_never(file_conforms()).unwrap();
}

#[tokio::test]
async fn a_fork_is_what_a_crash_leaves() {
    let journal = MemoryJournal::default();
    let lease = journal.acquire(&owner("alice"), 0).await.unwrap();
    journal.append(&lease, 0, &[note(1), note(2)]).await.unwrap();
    for n in 0..=4 {
        let fork = journal.fork(n);
        assert_eq!(fork.len(), n.min(3));
        assert_eq!(fork.entries(), journal.entries()[..n.min(3)]);
        let next = fork.acquire(&owner("bob"), 0).await.unwrap();
        assert_eq!(next.epoch, if n == 0 { 1 } else { 2 });
    }
    assert_eq!(journal.len(), 3, "a fork is apart");
    journal.append(&lease, 0, &[note(3)]).await.unwrap();
}

#[tokio::test]
async fn a_journal_in_memory_can_be_a_snapshot() {
    let journal = MemoryJournal::default();
    assert!(journal.is_empty());
    let lease = journal.acquire(&owner("alice"), 7).await.unwrap();
    journal.append(&lease, 7, &[note(1)]).await.unwrap();
    journal.release(lease, 8).await.unwrap();
    assert_eq!(journal.to_string(), "lease alice\nnote a 1 \"value 1\"\nrelease\n");
    let list: Vec<Entry> = serde_json::from_value(serde_json::to_value(&journal).unwrap()).unwrap();
    assert_eq!(list, journal.entries());
}

#[tokio::test]
async fn a_tail_torn_at_any_byte_is_cut_off() {
    let (_folder, path) = fresh();
    let bytes = written(&path, 2).await;
    let whole = read(&path).await.unwrap();
    let last = bytes[..bytes.len() - 1].iter().rposition(|b| *b == b'\n').unwrap() + 1;
    for end in last..bytes.len() {
        fs::write(&path, &bytes[..end]).unwrap();
        assert_eq!(read(&path).await.unwrap(), whole[..2], "a reader leaves it out");

        let journal = FileJournal::new(&path);
        let lease = journal.acquire(&owner("bob"), 1).await.unwrap();
        let torn = Torn { line: 3, bytes: (end - last) as u64 };
        assert_eq!(lease.torn, (last < end).then_some(torn));
        journal.append(&lease, 1, &[note(9)]).await.unwrap();
        let records: Vec<_> = read(&path).await.unwrap().into_iter().map(|e| e.record).collect();
        assert_eq!(records[1..], [note(1), Record::Lease { owner: owner("bob") }, note(9)]);
    }
}

#[tokio::test]
async fn the_first_append_torn_at_any_byte_is_cut_off() {
    let (_folder, path) = fresh();
    let bytes = written(&path, 0).await;
    for end in 0..bytes.len() {
        fs::write(&path, &bytes[..end]).unwrap();
        assert_eq!(read(&path).await.unwrap(), []);
        let lease = FileJournal::new(&path).acquire(&owner("bob"), 1).await.unwrap();
        assert_eq!((lease.epoch, lease.torn.map_or(0, |t| t.bytes)), (1, end as u64));
    }
}

#[tokio::test]
async fn a_flipped_bit_is_noticed_wherever_it_is() {
    let (_folder, path) = fresh();
    let bytes = written(&path, 3).await;
    let last = bytes[..bytes.len() - 1].iter().rposition(|b| *b == b'\n').unwrap();
    for at in 0..last {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1 << (at % 8);
        fs::write(&path, &flipped).unwrap();
        let expected = bytes[..at].iter().filter(|b| **b == b'\n').count() as u64 + 1;
        let journal = FileJournal::new(&path);
        for outcome in
            [journal.read().await.map(drop), journal.acquire(&owner("bob"), 1).await.map(drop)]
        {
            match outcome {
                Err(JournalError::Damaged { line, .. }) => assert_eq!(line, expected),
                other => panic!("byte {at}: {other:?}"),
            }
        }
        assert_eq!(fs::read(&path).unwrap(), flipped, "and nothing was changed");
    }
}

#[tokio::test]
async fn a_flipped_bit_in_the_last_line_is_a_torn_append() {
    let (_folder, path) = fresh();
    let mut bytes = written(&path, 2).await;
    let n = bytes.len();
    bytes[n - 20] ^= 1;
    fs::write(&path, &bytes).unwrap();
    assert_eq!(read(&path).await.unwrap().len(), 2);
    let lease = FileJournal::new(&path).acquire(&owner("bob"), 1).await.unwrap();
    assert_eq!(lease.torn.unwrap().line, 3);
}

#[tokio::test]
async fn what_is_no_journal_is_left_alone() {
    let (_folder, path) = fresh();
    for foreign in [&b"dear diary"[..], b"\x7fELF\x02\x01\0\n\0\0", b"\0\0\0\0", b"{\"epoch\":1}\n"]
    {
        fs::write(&path, foreign).unwrap();
        let journal = FileJournal::new(&path);
        let read = journal.read().await.unwrap_err();
        let taken = journal.acquire(&owner("alice"), 0).await.unwrap_err();
        assert_eq!(read.to_string(), taken.to_string());
        assert!(matches!(read, JournalError::Damaged { line: 1, .. }), "{read}");
        assert_eq!(fs::read(&path).unwrap(), foreign);
    }
}

#[tokio::test]
async fn the_lease_of_a_dead_owner_is_free_at_once() {
    let (folder, path) = fresh();
    let dead = FileJournal::new(&path);
    let lease = dead.acquire(&owner("alice"), 0).await.unwrap();
    let next = FileJournal::new(&path);
    next.acquire(&owner("bob"), 0).await.unwrap_err();
    drop(dead);
    let successor = next.acquire(&owner("bob"), 0).await.unwrap();
    assert_eq!((lease.epoch, successor.epoch), (1, 2));
    next.release(successor, 1).await.unwrap();
    let files: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|f| f.unwrap().path()).collect();
    assert_eq!(files, [path], "a lease that is given back leaves nothing but the journal");
}

#[tokio::test]
async fn a_successor_of_a_stopped_owner_counts_as_living_when_that_one_ends() {
    let (_folder, path) = fresh();
    let stopped = FileJournal::new(&path);
    stopped.acquire(&owner("alice"), 0).await.unwrap();
    let successor = FileJournal::new(&path);
    let lease = successor.acquire(&owner("bob"), 60_000).await.unwrap();
    drop(stopped);
    match FileJournal::new(&path).acquire(&owner("carol"), 60_001).await {
        Err(JournalError::Busy { owner, .. }) => assert_eq!(owner.name, "bob"),
        other => panic!("{other:?}"),
    }
    successor.append(&lease, 60_002, &[note(1)]).await.unwrap();
}

#[tokio::test]
async fn a_handle_without_a_lease_cannot_append() {
    let (_folder, path) = fresh();
    let owning = FileJournal::new(&path);
    let lease = owning.acquire(&owner("alice"), 0).await.unwrap();
    let error = FileJournal::new(&path).append(&lease, 0, &[note(1)]).await.unwrap_err();
    assert!(error.to_string().contains("acquire one first"), "{error}");
    assert_eq!(read(&path).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_owners_that_race_one_is_fenced_and_no_line_is_lost() {
    let (_folder, path) = fresh();
    let (one, two) = (FileJournal::new(&path), FileJournal::new(&path));
    let lease = one.acquire(&owner("alice"), 0).await.unwrap();
    let racing = tokio::spawn(async move {
        for n in 0.. {
            match one.append(&lease, 0, &[note(n), note(n)]).await {
                Ok(()) => {}
                Err(JournalError::Fenced { ours: 1, theirs: 2 }) => return n,
                Err(other) => panic!("{other}"),
            }
        }
        0
    });
    while read(&path).await.unwrap().len() < 20 {
        tokio::task::yield_now().await;
    }
    let lease = two.acquire(&owner("bob"), 60_000).await.unwrap();
    for n in 0..10 {
        two.append(&lease, 60_000, &[note(n)]).await.unwrap();
    }
    let n_acknowledged = racing.await.unwrap();
    let epochs: Vec<_> = read(&path).await.unwrap().iter().map(|e| e.epoch).collect();
    let expected = [vec![1; 1 + 2 * n_acknowledged], vec![2; 1 + 10]].concat();
    assert_eq!(epochs, expected);
}

#[tokio::test]
async fn a_file_that_is_taken_away_is_not_written_to() {
    type Tamper = fn(&Path, &[u8]);
    let tampers: [(Tamper, &str); 5] = [
        (|path, _| fs::remove_file(path).unwrap(), "deleted or moved"),
        (|path, _| fs::rename(path, path.with_extension("old")).unwrap(), "deleted or moved"),
        (
            |path, bytes| {
                fs::rename(path, path.with_extension("old")).unwrap();
                fs::write(path, bytes).unwrap();
            },
            "replaced by another",
        ),
        (|path, bytes| fs::write(path, &bytes[..bytes.len() - 1]).unwrap(), "bytes, but had"),
        (|path, bytes| fs::write(path, [bytes, b"hello\n"].concat()).unwrap(), "takes no lease"),
    ];
    for (tamper, why) in tampers {
        let (_folder, path) = fresh();
        let journal = FileJournal::new(&path);
        let lease = journal.acquire(&owner("alice"), 0).await.unwrap();
        tamper(&path, &fs::read(&path).unwrap());
        let tampered = fs::read(&path).ok();
        let error = journal.append(&lease, 0, &[note(1)]).await.unwrap_err().to_string();
        assert!(
            error.contains("hopper.journal: cannot append: ") && error.contains(why),
            "{error}"
        );
        assert_eq!(fs::read(&path).ok(), tampered);
    }
}

#[tokio::test]
async fn a_journal_that_cannot_be_opened_says_so() {
    let (folder, path) = fresh();
    let nowhere = path.join("deeper");
    fs::write(&path, "").unwrap();
    for path in [folder.path(), &nowhere] {
        let journal = FileJournal::new(path);
        let error = journal.acquire(&owner("alice"), 0).await.unwrap_err().to_string();
        assert!(error.contains("cannot open for writing"), "{error}");
        let error = journal.read().await.unwrap_err().to_string();
        assert!(error.contains("cannot read"), "{error}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_read_only_journal_can_be_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_folder, path) = fresh();
    let bytes = written(&path, 1).await;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    assert_eq!(read(&path).await.unwrap().len(), 2);
    // The superuser may write to it all the same.
    let superuser = fs::OpenOptions::new().append(true).open(&path).is_ok();
    match FileJournal::new(&path).acquire(&owner("bob"), 0).await {
        Ok(lease) => assert!(superuser && lease.epoch == 2),
        Err(error) => {
            assert!(!superuser && error.to_string().contains("open for writing"), "{error}");
            assert_eq!(fs::read(&path).unwrap(), bytes);
        }
    }
}

#[cfg(unix)]
#[tokio::test]
async fn its_files_are_readable_by_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, path) = fresh();
    let journal = FileJournal::new(&path);
    journal.acquire(&owner("alice"), 0).await.unwrap();
    let mut n_files = 0;
    for file in fs::read_dir(folder.path()).unwrap() {
        assert_eq!(file.unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o600);
        n_files += 1;
    }
    assert_eq!(n_files, 2);
}

/// Runs itself again as a process that may write no file longer than 8 blocks.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_leaves_nothing_of_a_batch() {
    const CHILD: &str = "HOPPER_TEST_FULL_DISK";
    if let Some(path) = std::env::var_os(CHILD) {
        return fill_up(&FileJournal::new(path)).await;
    }
    let (_folder, path) = fresh();
    let output = std::process::Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 8; exec \"$0\" --nocapture --exact \"$1\""])
        .arg(std::env::current_exe().unwrap())
        .arg("journal::a_full_disk_leaves_nothing_of_a_batch")
        .env(CHILD, &path)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && text.contains("1 passed"), "{text}{errors}");
    let lease = FileJournal::new(&path).acquire(&owner("bob"), 0).await.unwrap();
    assert_eq!(lease.torn, None);
}

#[cfg(target_os = "linux")]
async fn fill_up(journal: &FileJournal) {
    let lease = journal.acquire(&owner("alice"), 0).await.unwrap();
    let batch: Vec<_> = (0..5).map(note).collect();
    let mut n_appended = 1;
    let error = loop {
        match journal.append(&lease, 0, &batch).await {
            Ok(()) => n_appended += batch.len(),
            Err(error) => break error,
        }
    };
    assert!(error.to_string().contains("cannot append: File too large"), "{error}");
    let entries = journal.read().await.unwrap();
    assert_eq!(entries.len(), n_appended, "nothing of the batch counts");
    let bytes = fs::read(journal.path()).unwrap();
    assert!(bytes.ends_with(b"\n"), "and nothing is left of it");

    // What is small enough still fits, and stands on a line of its own.
    journal.release(lease, 0).await.unwrap();
    assert_eq!(journal.read().await.unwrap().last().unwrap().record, Record::Release {});
}

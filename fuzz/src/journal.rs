//! The reader of journals: whatever the file holds, it is read, or refused, and never a panic.
//!
//! Also: what is read can be folded into a ledger and shown; whoever takes the lease sees the
//! same records and his own; and a journal cut off at its end is a beginning of the whole one.

#![no_main]

use hopper_core::{Entry, FileJournal, Journal as _, JournalError, Ledger, Owner, Record};
use libfuzzer_sys::fuzz_target;
use std::{fs, future::Future, path::Path};

fuzz_target!(|bytes: &[u8]| {
    let Some((mode, bytes)) = bytes.split_first() else { return };
    // A checksum in every line lets hardly anything through that was not written by hopper: half
    // of the time they are made right.
    let bytes = if mode % 2 == 0 { bytes.to_vec() } else { with_checksums(bytes) };
    let folder = tempfile::tempdir_in("/dev/shm").expect("memory can be written to");
    let path = folder.path().join("journal");

    let Ok(entries) = read(&path, &bytes) else { return };
    let ledger = Ledger::of(&entries);
    let _ = format!("{ledger:?} {:?}", ledger.left().count());
    for entry in &entries {
        let _ = entry.record.to_string();
    }

    let cut = bytes.len() - bytes.len().min(usize::from(*mode));
    if let Ok(beginning) = read(&path, &bytes[..cut]) {
        assert!(entries.starts_with(&beginning), "cut off at {cut}");
    }

    fs::write(&path, &bytes).expect("memory can be written to");
    let journal = FileJournal::new(&path);
    let owner = Owner::new("fuzzer");
    let Ok(lease) = done(journal.acquire(&owner, u64::MAX)) else { return };
    let after = done(journal.read()).expect("what was acquired can be read");
    assert_eq!(after.split_last().map(|(_, before)| before), Some(&entries[..]));
    assert!(entries.iter().all(|e| e.epoch < lease.epoch));
    done(journal.append(&lease, 0, &[Record::Unwinding { why: "x".to_owned() }]))
        .expect("the owner can append");
    assert_eq!(done(journal.read()).map(|all| all.len()).ok(), Some(entries.len() + 2));
});

fn read(path: &Path, bytes: &[u8]) -> Result<Vec<Entry>, JournalError> {
    fs::write(path, bytes).expect("memory can be written to");
    done(FileJournal::new(path).read())
}

fn done<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime can be made").block_on(future)
}

/// Each line with the checksum that it should have.
fn with_checksums(bytes: &[u8]) -> Vec<u8> {
    const MARK: &[u8] = b",\"crc\":\"";
    let mut mended = Vec::new();
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        let whole = line.strip_suffix(b"\n").unwrap_or(line);
        let end = whole.windows(MARK.len()).rposition(|part| part == MARK);
        let body = &whole[..end.unwrap_or(whole.len())];
        let body = if end.is_none() { body.strip_suffix(b"}").unwrap_or(body) } else { body };
        let crc = crc32fast::hash(&[body, b"}"].concat());
        mended.extend_from_slice(body);
        mended.extend_from_slice(format!(",\"crc\":\"{crc:08x}\"}}").as_bytes());
        mended.extend_from_slice(&line[whole.len()..]);
    }
    mended
}

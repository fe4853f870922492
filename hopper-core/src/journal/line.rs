//! One [`Entry`] as one line of JSON with a checksum.
//!
//! `{"epoch":1,"at":1767225600000,"record":{"release":{}},"crc":"a4fcdcf8"}`
//!
//! The checksum is the CRC-32 (IEEE 802.3, as of gzip) of the line without it, i.e. with `}` in
//! place of `,"crc":"…"}`; being a member of the object it is no hindrance to `jq`.

use super::{Entry, FORMAT, JournalError, Record, Torn};
use serde::Serialize;
use std::fmt::Display;

/// Between an entry and its checksum.
const CRC: &[u8] = b",\"crc\":\"";
/// The checksum with its surroundings: 8 hexadecimal digits and the closing `"}`.
const TAIL: usize = CRC.len() + 8 + 2;

/// Appends each record as a line; `lines` is as it was when one of them cannot be written.
///
/// # Errors
///
/// When a record holds something that is no JSON.
pub fn encode(
    lines: &mut Vec<u8>,
    epoch: u64,
    at: u64,
    batch: &[Record],
) -> Result<(), serde_json::Error> {
    /// As [`Entry`], of a borrowed record.
    #[derive(Serialize)]
    struct Borrowed<'a> {
        epoch: u64,
        at: u64,
        record: &'a Record,
    }
    let before = lines.len();
    for record in batch {
        let start = lines.len();
        if let Err(e) = serde_json::to_writer(&mut *lines, &Borrowed { epoch, at, record }) {
            lines.truncate(before);
            return Err(e);
        }
        // Data that came with line breaks: in JSON they can only stand where a space can.
        if lines[start..].contains(&b'\n') {
            lines[start..].iter_mut().filter(|b| **b == b'\n').for_each(|b| *b = b' ');
        }
        let crc = crc32fast::hash(&lines[start..]);
        lines.pop();
        lines.extend_from_slice(CRC);
        lines.extend_from_slice(&hex(crc));
        lines.extend_from_slice(b"\"}\n");
    }
    Ok(())
}

fn hex(n: u32) -> [u8; 8] {
    std::array::from_fn(|i| b"0123456789abcdef"[(n >> (28 - 4 * i)) as usize & 15])
}

/// Why a line cannot be read.
enum Flaw {
    /// It is not what was written.
    Checksum,
    /// It is what was written, and means nothing here.
    Unknown(serde_json::Error),
}

fn decode(line: &[u8]) -> Result<Entry, Flaw> {
    let (body, tail) =
        line.split_at_checked(line.len().wrapping_sub(TAIL)).ok_or(Flaw::Checksum)?;
    let mut crc = crc32fast::Hasher::new();
    crc.update(body);
    crc.update(b"}");
    let digits = tail.strip_prefix(CRC).and_then(|t| t.strip_suffix(b"\"}"));
    if digits != Some(&hex(crc.finalize())) {
        return Err(Flaw::Checksum);
    }
    serde_json::from_slice(line).map_err(Flaw::Unknown)
}

/// What [`scan`] found besides the entries.
#[derive(Debug)]
pub struct Scan {
    /// Where the last good line ends.
    pub end: u64,
    /// What is behind it.
    pub torn: Option<Torn>,
}

/// Hands over each entry of a journal called `name`.
///
/// What follows the last line break, and a last line with a wrong checksum, are the remains of
/// an append that a crash cut off. But for a journal's very first line that holds only if it
/// looks like one, so that nobody's letters are mistaken for a torn journal.
///
/// # Errors
///
/// [`JournalError::Damaged`] and [`JournalError::Format`].
pub fn scan(
    name: &impl Display,
    bytes: &[u8],
    mut each: impl FnMut(Entry),
) -> Result<Scan, JournalError> {
    let damaged = |line, why| JournalError::Damaged { journal: name.to_string(), line, why };
    let (mut end, mut epoch, mut n) = (0, 0, 0u64);
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        n += 1;
        let entry = match line.strip_suffix(b"\n").ok_or(Flaw::Checksum).and_then(decode) {
            Ok(entry) => entry,
            Err(Flaw::Checksum) if end + line.len() < bytes.len() => {
                return Err(damaged(n, "its checksum is wrong".to_owned()));
            }
            Err(Flaw::Checksum) if n == 1 && !begins(line) => {
                return Err(damaged(n, "this is not a journal".to_owned()));
            }
            Err(Flaw::Checksum) if is_joined(line) => {
                return Err(damaged(
                    n,
                    "the line break behind its first record is gone".to_owned(),
                ));
            }
            Err(Flaw::Checksum) => {
                let torn = Some(Torn { line: n, bytes: line.len() as u64 });
                return Ok(Scan { end: end as u64, torn });
            }
            Err(Flaw::Unknown(e)) => return Err(damaged(n, format!("unknown record: {e}"))),
        };
        if entry.epoch < epoch {
            let why =
                format!("epoch {} after epoch {epoch}: two owners wrote at once", entry.epoch);
            return Err(damaged(n, why));
        }
        if let Record::Run(run) = &entry.record
            && FORMAT < run.format
        {
            let (journal, found) = (name.to_string(), run.format);
            return Err(JournalError::Format { journal, found, known: FORMAT });
        }
        epoch = entry.epoch;
        end += line.len();
        each(entry);
    }
    Ok(Scan { end: end as u64, torn: None })
}

/// Whether a line that cannot be read begins with a whole entry, and something follows: no append
/// that a crash cut off leaves that, only a line break that turned into something else.
fn is_joined(line: &[u8]) -> bool {
    let ends = line.windows(CRC.len()).enumerate().filter(|(_, part)| *part == CRC);
    ends.map(|(at, _)| line.split_at_checked(at + TAIL)).any(|parts| {
        let Some((first, rest)) = parts else { return false };
        // Some file systems leave zeros of what was not written yet.
        rest.iter().any(|b| !matches!(b, 0 | b'\n')) && decode(first).is_ok()
    })
}

/// Whether a line, cut off anywhere, looks like the beginning of an entry.
fn begins(line: &[u8]) -> bool {
    let mut rest = line;
    for part in [&b"{\"epoch\":"[..], b",\"at\":", b",\"record\":{\""] {
        let n = part.len().min(rest.len());
        if rest[..n] != part[..n] {
            return false;
        }
        let digits = rest[n..].iter().take_while(|b| b.is_ascii_digit()).count();
        rest = &rest[n + digits..];
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::{Data, RunRecord};

    fn note(text: &str) -> Record {
        let value = Data::from_text(text.to_owned());
        Record::Note { step: "a".into(), key: "id".to_owned(), value }
    }

    fn all(bytes: &[u8]) -> Result<(Vec<Entry>, Scan), JournalError> {
        let mut entries = Vec::new();
        let scan = scan(&"x.journal", bytes, |e| entries.push(e))?;
        Ok((entries, scan))
    }

    fn why(bytes: &[u8]) -> String {
        all(bytes).unwrap_err().to_string()
    }

    /// A line as an entry of this text would be written.
    fn line(body: &str) -> Vec<u8> {
        let crc = crc32fast::hash(body.as_bytes());
        format!("{},\"crc\":\"{crc:08x}\"}}\n", body.strip_suffix('}').unwrap()).into()
    }

    #[test]
    fn a_line_is_json_with_its_checksum_in_it() {
        let mut lines = Vec::new();
        encode(&mut lines, 1, 1_767_225_600_000, &[Record::Release {}]).unwrap();
        let text = "{\"epoch\":1,\"at\":1767225600000,\"record\":{\"release\":{}}}";
        assert_eq!(lines, line(text));
        let json: serde_json::Value = serde_json::from_slice(&lines).unwrap();
        assert_eq!(json["crc"], format!("{:08x}", crc32fast::hash(text.as_bytes())));
    }

    #[test]
    fn what_is_written_is_read() {
        let batch = [note("{\"a\":[1,\"\\n\u{2028}ü\"]}"), note("null"), Record::Release {}];
        let mut lines = Vec::new();
        encode(&mut lines, 7, 9, &batch).unwrap();
        let (entries, scan) = all(&lines).unwrap();
        assert_eq!(entries, batch.map(|record| Entry { epoch: 7, at: 9, record }));
        assert_eq!((scan.end, scan.torn), (lines.len() as u64, None));
    }

    #[test]
    fn data_with_line_breaks_stays_on_its_line() {
        let mut lines = Vec::new();
        encode(&mut lines, 1, 1, &[note("{\n  \"a\": 1\n}")]).unwrap();
        assert_eq!(lines.iter().filter(|b| **b == b'\n').count(), 1);
        let (entries, _) = all(&lines).unwrap();
        assert_eq!(entries[0].record, note("{   \"a\": 1 }"));
    }

    #[test]
    fn data_that_is_no_json_leaves_nothing() {
        let mut lines = b"before".to_vec();
        encode(&mut lines, 1, 1, &[note("1"), note("{")]).unwrap_err();
        assert_eq!(lines, b"before");
    }

    #[test]
    fn an_unknown_record_is_never_skipped() {
        let bytes = line("{\"epoch\":1,\"at\":1,\"record\":{\"danced\":{}}}");
        let why = why(&bytes);
        assert!(why.contains("line 1: unknown record: unknown variant `danced`"), "{why}");
    }

    #[test]
    fn a_newer_format_is_named_before_what_it_brings() {
        let run = RunRecord {
            format: FORMAT + 1,
            workflow: "w".to_owned(),
            run: "r".to_owned(),
            meta: [].into(),
        };
        let mut bytes = Vec::new();
        encode(&mut bytes, 1, 1, &[Record::Run(run)]).unwrap();
        bytes.extend(line("{\"epoch\":1,\"at\":1,\"record\":{\"danced\":{}}}"));
        let (found, known) = (FORMAT + 1, FORMAT);
        assert_eq!(
            why(&bytes),
            format!("x.journal has format {found}, and this version reads up to format {known}")
        );
    }

    #[test]
    fn an_epoch_never_falls() {
        let mut bytes = Vec::new();
        encode(&mut bytes, 2, 1, &[note("1")]).unwrap();
        encode(&mut bytes, 1, 1, &[note("1")]).unwrap();
        assert!(why(&bytes).contains("line 2: epoch 1 after epoch 2"), "{}", why(&bytes));
    }

    #[test]
    fn a_line_break_that_turned_into_something_else_is_damage() {
        let mut bytes = Vec::new();
        encode(&mut bytes, 1, 1, &[note("1"), note("2"), note("3")]).unwrap();
        let breaks: Vec<_> = (0..bytes.len()).filter(|at| bytes[*at] == b'\n').collect();
        for other in [b'\0', b' ', b'J'] {
            let mut joined = bytes.clone();
            joined[breaks[1]] = other;
            assert!(why(&joined).contains("line 2: the line break"), "{}", why(&joined));
            joined.truncate(breaks[1] + 9);
            assert!(why(&joined).contains("line 2: the line break"), "{}", why(&joined));
        }
        bytes.truncate(breaks[1]);
        bytes.extend([0; 20]);
        assert_eq!(all(&bytes).unwrap().0.len(), 1, "zeros are what a crash may leave");
    }

    #[test]
    fn what_is_no_journal_is_not_torn() {
        for foreign in ["hello", "hello\n", "\0\0\0", "{\"epochs\":1", "{\"epoch\":1,\"loss\":0.5}"]
        {
            assert!(why(foreign.as_bytes()).contains("line 1: this is not a journal"), "{foreign}");
        }
    }

    #[test]
    fn a_first_line_cut_off_anywhere_is_torn() {
        let mut line = Vec::new();
        encode(&mut line, 12, 34, &[note("{\"a\":1}")]).unwrap();
        for n in 1..line.len() {
            let (entries, scan) = all(&line[..n]).unwrap();
            assert!(entries.is_empty());
            assert_eq!((scan.end, scan.torn), (0, Some(Torn { line: 1, bytes: n as u64 })));
        }
    }
}

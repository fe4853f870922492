//! [`Lines`]: bytes in chunks, made into lines.

/// Longer lines are cut into several: what a machine prints without end would fill our memory.
const LONGEST: usize = 16 * 1024;

/// Bytes that come in chunks, made into lines.
///
/// What is not UTF-8 is replaced. A line ends with a line feed; a carriage return before it, and
/// what earlier ones have overwritten (progress bars), is left out.
#[derive(Debug, Default)]
pub struct Lines {
    rest: Vec<u8>,
}

impl Lines {
    /// Takes a chunk, and hands over the lines that it completes.
    pub fn push(&mut self, chunk: &[u8], mut line: impl FnMut(&str)) {
        for &byte in chunk {
            if byte == b'\n' || self.rest.len() == LONGEST {
                line(&text(&self.rest));
                self.rest.clear();
            }
            if byte != b'\n' {
                self.rest.push(byte);
            }
        }
    }

    /// Hands over what is left when nothing more comes.
    pub fn finish(&mut self, mut line: impl FnMut(&str)) {
        if !self.rest.is_empty() {
            line(&text(&self.rest));
            self.rest.clear();
        }
    }
}

fn text(line: &[u8]) -> String {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let shown = line.rsplit(|byte| *byte == b'\r').next().unwrap_or_default();
    String::from_utf8_lossy(shown).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(chunks: &[&[u8]]) -> Vec<String> {
        let (mut lines, mut all) = (Lines::default(), Vec::new());
        chunks.iter().for_each(|chunk| lines.push(chunk, |line| all.push(line.to_owned())));
        lines.finish(|line| all.push(line.to_owned()));
        all
    }

    #[test]
    fn chunks_become_lines() {
        assert_eq!(lines(&[b"on", b"e\ntwo\r\n", b"\nlast"]), ["one", "two", "", "last"]);
        assert_eq!(lines(&[b"10%\r20%\r30%\n"]), ["30%"]);
        assert_eq!(lines(&["ü".as_bytes().split_at(1).0, &[0xbc, b'\n', 0xff]]), ["ü", "\u{fffd}"]);
        let long = vec![b'x'; LONGEST + 1];
        assert_eq!(lines(&[&long]).iter().map(String::len).collect::<Vec<_>>(), [LONGEST, 1]);
    }
}

//! Files of configuration (`-K`).

/// The options of a file with their values, a line each.
///
/// Source: `-K, --config` in curl(1).
pub(super) fn read(text: &str) -> Vec<(String, Option<String>)> {
    let lines =
        text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(line).collect()
}

fn line(line: &str) -> (String, Option<String>) {
    let end = line.find([' ', '\t', '=', ':']).unwrap_or(line.len());
    let (name, rest) = line.split_at(end);
    let rest = rest.trim_start();
    let rest = rest.strip_prefix(['=', ':']).unwrap_or(rest).trim_start();
    let value = match rest.strip_prefix('"') {
        Some(quoted) => unquoted(quoted),
        None => rest.split_whitespace().next().unwrap_or_default().to_owned(),
    };
    let is_quoted = rest.starts_with('"');
    (name.to_owned(), (is_quoted || !value.is_empty()).then_some(value))
}

fn unquoted(text: &str) -> String {
    let (mut plain, mut letters) = (String::new(), text.chars());
    while let Some(letter) = letters.next() {
        match letter {
            '"' => break,
            '\\' => match letters.next() {
                Some('n') => plain.push('\n'),
                Some('r') => plain.push('\r'),
                Some('t') => plain.push('\t'),
                Some(other) => plain.push(other),
                None => {}
            },
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_an_option() {
        let text = "# secret\nuser = \"AKID:a/b+c\\\"d\"\nsilent\n-X PUT\nurl: https://x/?a=b\nheader \"A: b c\" # no\n";
        let found = read(text);
        let found: Vec<_> =
            found.iter().map(|(name, value)| (name.as_str(), value.as_deref())).collect();
        assert_eq!(
            found,
            [
                ("user", Some("AKID:a/b+c\"d")),
                ("silent", None),
                ("-X", Some("PUT")),
                ("url", Some("https://x/?a=b")),
                ("header", Some("A: b c")),
            ]
        );
    }
}

//! Patterns: in `case`, in expansions, and for paths.

use regex::Regex;

use super::Shell;
use crate::host::path;

/// A part of a word: text, and whether it was quoted.
pub(super) type Part = (String, bool);

/// The pattern as a regular expression for a whole text. What was quoted stands for itself.
pub(super) fn regex(parts: &[Part], is_path: bool) -> Option<Regex> {
    Regex::new(&format!("(?s)^(?:{})$", source(parts, is_path))).ok()
}

/// The same without its ends.
pub(super) fn source(parts: &[Part], is_path: bool) -> String {
    let mut source = String::new();
    for (text, is_quoted) in parts {
        if *is_quoted {
            source.push_str(&regex::escape(text));
            continue;
        }
        let mut letters = text.chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                '*' => source.push_str(if is_path { "[^/]*" } else { ".*" }),
                '?' => source.push_str(if is_path { "[^/]" } else { "." }),
                '[' if text.contains(']') => {
                    source.push('[');
                    if letters.next_if(|next| matches!(next, '!' | '^')).is_some() {
                        source.push('^');
                    }
                    for inner in letters.by_ref() {
                        source.push(inner);
                        if inner == ']' {
                            break;
                        }
                    }
                }
                '\\' => {
                    let next = letters.next().unwrap_or('\\');
                    source.push_str(&regex::escape(&next.to_string()));
                }
                other => source.push_str(&regex::escape(&other.to_string())),
            }
        }
    }
    source
}

/// Whether a name fits a pattern, as `find -name` has it.
pub(in crate::host) fn glob(pattern: &str, name: &str) -> bool {
    regex(&[(pattern.to_owned(), false)], false).is_some_and(|regex| regex.is_match(name))
}

/// Whether there is anything in it to match.
pub(super) fn is_pattern(parts: &[Part]) -> bool {
    parts.iter().any(|(text, is_quoted)| !is_quoted && text.contains(['*', '?', '[']))
}

impl Shell {
    /// The paths a word stands for, or none.
    pub(super) fn paths(&self, parts: &[Part]) -> Vec<String> {
        let word: String = parts.iter().map(|(text, _)| text.as_str()).collect();
        let Some(regex) = regex(parts, true) else { return Vec::new() };
        let depth = word.matches('/').count();
        let fixed = word.find(['*', '?', '[']).unwrap_or(word.len());
        let top = &word[..word[..fixed].rfind('/').map_or(0, |end| end + 1)];
        let all = self.guest.disk(|disk| disk.below(&self.path(top)));
        let real = self.guest.disk(|disk| disk.resolve(&self.path(top)));
        let shown = all.into_iter().filter_map(|(found, _)| {
            let rest = found.strip_prefix(&real)?.trim_start_matches('/');
            let is_hidden =
                path::name(rest).starts_with('.') && !path::name(&word).starts_with('.');
            (!is_hidden).then(|| format!("{top}{rest}"))
        });
        shown.filter(|path| path.matches('/').count() == depth && regex.is_match(path)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_in_a_shell() {
        for (pattern, name, expected) in [
            ("*.conf", "a.conf", true),
            ("*.conf", "a.config", false),
            ("[!a]?", "bc", true),
            ("[a-c]x", "dx", false),
            ("a\\*", "a*", true),
            ("1.5", "145", false),
        ] {
            assert_eq!(glob(pattern, name), expected, "{pattern} {name}");
        }
    }
}

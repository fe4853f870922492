//! [`Fields`]: the words that come of expanding one.

use super::pattern::Part;

/// Words in the making.
#[derive(Debug, Default)]
pub(super) struct Fields {
    done: Vec<Vec<Part>>,
    current: Option<Vec<Part>>,
}

impl Fields {
    /// Adds text to the word at hand.
    pub(super) fn push(&mut self, text: impl Into<String>, is_quoted: bool) {
        self.current.get_or_insert_default().push((text.into(), is_quoted));
    }

    /// Ends the word at hand.
    pub(super) fn end(&mut self) {
        self.done.extend(self.current.take());
    }

    /// Adds what came of an expansion outside quotes: white space ends words.
    pub(super) fn split(&mut self, text: &str) {
        let is_blank = |letter: char| matches!(letter, ' ' | '\t' | '\n');
        if text.starts_with(is_blank) {
            self.end();
        }
        let mut words = text.split(is_blank).filter(|word| !word.is_empty()).peekable();
        let is_ended = text.ends_with(is_blank);
        while let Some(word) = words.next() {
            self.push(word, false);
            if words.peek().is_some() || is_ended {
                self.end();
            }
        }
    }

    /// Every word.
    pub(super) fn finish(mut self) -> Vec<Vec<Part>> {
        self.end();
        self.done
    }
}

/// The text of a word.
pub(super) fn text(parts: &[Part]) -> String {
    parts.iter().map(|(text, _)| text.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_ends_words() {
        let mut fields = Fields::default();
        fields.push("a", false);
        fields.split("b  c ");
        fields.push("d", true);
        fields.split(" ");
        fields.split("");
        fields.push("", true);
        let words: Vec<_> = fields.finish().iter().map(|parts| text(parts)).collect();
        assert_eq!(words, ["ab", "c", "d", ""]);
    }
}

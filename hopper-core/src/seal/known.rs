//! [`Known`]: the secrets that steps of this process have had in hand.

use crate::{Drift, Event, Record, StepError, dsl, journal::Data};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// How long a secret has to be to be looked for in texts: shorter ones stand there by chance.
const LEAST: usize = 8;
/// How long a line of a secret has to be, which is less of one.
const LEAST_LINE: usize = 16;

/// The secrets that steps of this process have had in hand, to be blotted out of what steps say:
/// errors, progress, drift.
///
/// A last guard, for what a step does not say on purpose: the service's error that repeats what
/// it was sent, a panic that shows its argument.
#[derive(Debug, Default)]
pub(crate) struct Known(Mutex<HashMap<[u8; LEAST], Vec<Box<str>>>>);

impl Known {
    /// Remembers the secrets in what a step is given, or gives.
    pub(crate) fn learn(&self, data: &Data) {
        let mut texts = Vec::new();
        dsl::each_secret_text(data.text(), |text| texts.push(text.to_owned()));
        for text in texts {
            self.add(&BASE64_STANDARD.encode(&text));
            self.add(&text.escape_debug().to_string());
            let lines = text.lines().map(str::trim).filter(|line| LEAST_LINE <= line.len());
            lines.for_each(|line| self.add(line));
            self.add(text.trim());
        }
    }

    fn add(&self, text: &str) {
        let Some(start) = text.as_bytes().first_chunk::<LEAST>() else { return };
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let alike = known.entry(*start).or_default();
        // The longest first: one secret may be the beginning of another.
        let at = alike.partition_point(|other| text.len() < other.len());
        if !alike.iter().any(|other| **other == *text) {
            alike.insert(at, text.into());
        }
    }

    /// Blots the secrets out of a text.
    pub(crate) fn blot(&self, text: &mut String) {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.is_empty() {
            return;
        }
        let (mut blotted, mut kept, mut at) = (String::new(), 0, 0);
        while let Some(rest) = text.as_bytes().get(at..)
            && let Some(start) = rest.first_chunk::<LEAST>()
        {
            let alike = known.get(start).into_iter().flatten();
            match alike.into_iter().find(|secret| rest.starts_with(secret.as_bytes())) {
                Some(secret) => {
                    blotted.push_str(text.get(kept..at).unwrap_or_default());
                    blotted.push_str(dsl::SHOWN);
                    at += secret.len();
                    kept = at;
                }
                None => at += 1,
            }
        }
        if kept != 0 {
            blotted.push_str(text.get(kept..).unwrap_or_default());
            *text = blotted;
        }
    }

    pub(crate) fn blot_error(&self, error: &mut StepError) {
        error.texts().for_each(|text| self.blot(text));
    }

    pub(crate) fn blot_drift(&self, drift: &mut [Drift]) {
        for Drift { field, recorded, actual } in drift {
            [field, recorded, actual].into_iter().for_each(|text| self.blot(text));
        }
    }

    pub(crate) fn blot_record(&self, record: &mut Record) {
        match record {
            Record::Failed { error, .. } | Record::UndoFailed { error, .. } => {
                self.blot_error(error);
            }
            Record::Unwinding { why } => self.blot(why),
            _ => (),
        }
    }

    pub(crate) fn blot_event(&self, event: &mut Event) {
        match event {
            Event::Progress { message: text, .. }
            | Event::Settled { found: text, .. }
            | Event::Unwinding { why: text, .. }
            | Event::Stopping { why: text } => self.blot(text),
            Event::Retrying { error, .. }
            | Event::Failed { error, .. }
            | Event::UndoFailed { error, .. } => self.blot_error(error),
            Event::Checked { drift, .. } => self.blot_drift(drift),
            _ => (),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blotted(secrets: &[&str], text: &str) -> String {
        let known = Known::default();
        for secret in secrets {
            let json = serde_json::json!({ "a": [{ "$hopper::secret": { "b": secret } }] });
            known.learn(&Data::of(&json).unwrap());
        }
        let mut text = text.to_owned();
        known.blot(&mut text);
        text
    }

    #[test]
    fn a_secret_is_blotted_out_wherever_it_stands() {
        assert_eq!(blotted(&["geheimnis"], "geheimnis"), "<secret>");
        assert_eq!(blotted(&["geheimnis"], "geheimnisgeheimnis"), "<secret><secret>");
        assert_eq!(blotted(&["geheimnis"], "ein geheimnis!"), "ein <secret>!");
        assert_eq!(blotted(&["sesam, öffne"], "ä sesam, öffne ö"), "ä <secret> ö");
        assert_eq!(blotted(&["geheimnis"], "geheimni geheim"), "geheimni geheim");
        assert_eq!(blotted(&[], "geheimnis"), "geheimnis");
    }

    #[test]
    fn the_longest_of_two_is_blotted_out() {
        for secrets in [["12345678", "123456789"], ["123456789", "12345678"]] {
            assert_eq!(blotted(&secrets, "0123456789"), "0<secret>");
        }
    }

    #[test]
    fn its_usual_disguises_are_known() {
        assert_eq!(blotted(&["geheimnis"], "data Z2VoZWltbmlz"), "data <secret>");
        assert_eq!(blotted(&["ge\"heimnis"], r#"got "ge\"heimnis""#), r#"got "<secret>""#);
        assert_eq!(blotted(&["geheimnis\n"], "geheimnis"), "<secret>");
    }

    #[test]
    fn a_long_line_of_a_secret_is_one_and_a_short_word_is_not() {
        let key = "-----BEGIN KEY-----\nc2VjcmV0IGFuZCBtb3Jl\nYQ==\n";
        assert_eq!(blotted(&[key], "read c2VjcmV0IGFuZCBtb3Jl, YQ=="), "read <secret>, YQ==");
        assert_eq!(blotted(&["root"], "no root device"), "no root device");
    }
}

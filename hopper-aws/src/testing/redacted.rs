//! [`redacted`]: text without what differs from recipe to recipe and seed to seed.

use regex::{Captures, Regex};
use std::{collections::BTreeMap, sync::LazyLock};

/// An id of EC2 (`vpc-` and 17 hexadecimal digits), a token of 32 of them, the id of a run in the
/// tag `hopper:run`, or a unique id of IAM (`AROA` and 17 characters).
static CHANGING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let ids = r"\b(?P<kind>[a-z]+(?:-[a-z]+)*)-[0-9a-f]{17}\b";
    let iam = r"\b(?P<unique>A[A-Z]{3})[A-Z0-9]{17}\b";
    let token = r"\b(?P<token>[0-9a-f]{32})\b";
    let run = r"(?P<run>hopper:run\S* \S*Value=)[0-9a-f]{12}\b";
    Regex::new(&format!("{ids}|{iam}|{token}|{run}")).ok()
});

/// The text with every id replaced by its kind and its place among the ids of that kind (`vpc-1`,
/// `subnet-2`, in the order in which they appear), and every token of a step by `[token]`.
///
/// Ids come from the world's seed one after another, so a step that is added to a recipe changes
/// the ids of all that follow it. What is redacted changes only where the recipe does.
///
/// ```
/// use hopper_aws::testing::redacted;
///
/// assert_eq!(
///     redacted("vpc-068e23ce0f2d87229 holds subnet-08b060d90d213733a; vpc-068e23ce0f2d87229"),
///     "vpc-1 holds subnet-1; vpc-1",
/// );
/// ```
#[must_use]
pub fn redacted(text: &str) -> String {
    let Some(changing) = CHANGING.as_ref() else { return text.to_owned() };
    let mut known = BTreeMap::<String, String>::new();
    let mut n_of = BTreeMap::<String, usize>::new();
    changing
        .replace_all(text, |found: &Captures<'_>| {
            if found.name("token").is_some() {
                return "[token]".to_owned();
            }
            if let Some(run) = found.name("run") {
                return format!("{}[run]", run.as_str());
            }
            let kind = found.name("kind").or(found.name("unique"));
            let kind = kind.map_or("id", |kind| kind.as_str());
            known
                .entry(found[0].to_owned())
                .or_insert_with(|| {
                    let n = n_of.entry(kind.to_owned()).or_default();
                    *n += 1;
                    format!("{kind}-{n}")
                })
                .clone()
        })
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_numbered_by_kind() {
        assert_eq!(
            redacted(
                "i-00d2658555eecf5da in vpc-068e23ce0f2d87229, i-0aaaaaaaaaaaaaaaa, AROA0123456789ABCDEFG"
            ),
            "i-1 in vpc-1, i-2, AROA-1"
        );
        assert_eq!(
            redacted("ip-10-0-0-10 stays, eu-west-1a too"),
            "ip-10-0-0-10 stays, eu-west-1a too"
        );
    }

    #[test]
    fn tokens_and_runs_are_left_out() {
        assert_eq!(redacted("ClientToken=3ad6f66f7c01ac2b663239ac176247e9"), "ClientToken=[token]");
        assert_eq!(
            redacted("Tag.2.Key=hopper:run TagSpecification.1.Tag.2.Value=712a4ca0be82 x"),
            "Tag.2.Key=hopper:run TagSpecification.1.Tag.2.Value=[run] x"
        );
    }
}

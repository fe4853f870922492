//! Secrets in JSON text: marked in memory, and sealed, withheld or shown as `<secret>` elsewhere.

use serde_json::{Map, Value as Json};
use std::{borrow::Cow, convert::Infallible};

/// What is seen of a secret.
pub(crate) const SHOWN: &str = "<secret>";

/// The key that marks a secret: `{"$hopper::secret":VALUE}` in memory, with `null` for a value
/// that was withheld.
pub(super) const SECRET: &str = "$hopper::secret";

/// The key that marks a sealed secret: `{"$hopper::sealed":"KEY-ID:BASE64"}`.
pub(super) const SEALED: &str = "$hopper::sealed";

/// The keys as JSON text: a string cannot hold these, because a string's quotes are escaped.
pub(super) const RESERVED: [&str; 2] = ["\"$hopper::secret\":", "\"$hopper::sealed\":"];

/// What stands in the place of a secret.
#[derive(Debug, PartialEq)]
pub(crate) enum Veiled {
    /// The value, for the steps of this process.
    Known(Json),
    /// The value, for whoever has the key.
    Sealed(String),
    /// Nothing.
    Withheld,
}

impl Veiled {
    fn of(map: &mut Map<String, Json>) -> Option<Self> {
        if let Some(value) = map.get_mut(SECRET) {
            return Some(match value.take() {
                Json::Null => Self::Withheld,
                value => Self::Known(value),
            });
        }
        match map.get_mut(SEALED)?.take() {
            Json::String(sealed) => Some(Self::Sealed(sealed)),
            _ => Some(Self::Withheld),
        }
    }

    fn json(self) -> Json {
        let (key, value) = match self {
            Self::Known(value) => (SECRET, value),
            Self::Sealed(sealed) => (SEALED, sealed.into()),
            Self::Withheld => (SECRET, Json::Null),
        };
        Map::from_iter([(key.to_owned(), value)]).into()
    }
}

/// Whether JSON text may hold a secret.
pub(crate) fn may_hold(text: &str) -> bool {
    text.contains(SECRET) || text.contains(SEALED)
}

/// The text with something else in the place of each secret; `None` when there are none. What is
/// to be put there is asked with where it stands, as a JSON pointer (RFC 6901).
pub(crate) fn with_veils<E>(
    text: &str,
    mut f: impl FnMut(&str, Veiled) -> Result<Veiled, E>,
) -> Result<Option<String>, E> {
    if !may_hold(text) {
        return Ok(None);
    }
    // What cannot be read, e.g. because it is nested too deeply, is a secret as a whole.
    let Ok(mut json) = serde_json::from_str(text) else {
        return Ok(Some(Veiled::Withheld.json().to_string()));
    };
    replace(&mut json, &mut String::new(), &mut |at, veiled| Ok(f(at, veiled)?.json()))?;
    Ok(Some(json.to_string()))
}

/// The text without its secrets; `None` when there are none.
pub(crate) fn redact(text: &str) -> Option<String> {
    let withheld = with_veils(text, |_, _| Ok::<_, Infallible>(Veiled::Withheld));
    withheld.unwrap_or_else(|never| match never {})
}

/// The text as people may see it: `"<secret>"` for each secret.
pub(crate) fn for_display(text: &str) -> Cow<'_, str> {
    if !may_hold(text) {
        return Cow::Borrowed(text);
    }
    let mut json = serde_json::from_str(text).unwrap_or_else(|_| SHOWN.into());
    let shown = |_: &str, _| Ok::<_, Infallible>(SHOWN.into());
    replace(&mut json, &mut String::new(), &mut { shown }).unwrap_or_else(|never| match never {});
    Cow::Owned(json.to_string())
}

/// Whether a secret in this text was withheld.
pub(crate) fn is_withheld(text: &str) -> bool {
    let mut withheld = false;
    let _ = with_veils(text, |_, veiled| {
        withheld |= !matches!(veiled, Veiled::Known(_));
        Ok::<_, Infallible>(veiled)
    });
    withheld
}

/// Whether two JSON texts say the same, however they are written, as far as their secrets are
/// known.
pub(crate) fn is_same(one: &str, other: &str) -> bool {
    if one == other {
        return true;
    }
    match (serde_json::from_str(one), serde_json::from_str(other)) {
        (Ok(one), Ok(other)) => same(one, other),
        _ => false,
    }
}

/// Hands over every text in every secret that is known.
pub(crate) fn each_secret_text(text: &str, mut f: impl FnMut(&str)) {
    let _ = with_veils(text, |_, veiled| {
        if let Veiled::Known(value) = &veiled {
            let mut todo = vec![value];
            while let Some(value) = todo.pop() {
                match value {
                    Json::String(text) => f(text),
                    Json::Array(items) => todo.extend(items),
                    Json::Object(map) => todo.extend(map.values()),
                    _ => (),
                }
            }
        }
        Ok::<_, Infallible>(veiled)
    });
}

fn replace<E>(
    json: &mut Json,
    at: &mut String,
    f: &mut impl FnMut(&str, Veiled) -> Result<Json, E>,
) -> Result<(), E> {
    let length = at.len();
    match json {
        Json::Object(map) => match Veiled::of(map) {
            Some(veiled) => *json = f(at, veiled)?,
            None => {
                for (key, value) in map {
                    at.push('/');
                    at.push_str(&key.replace('~', "~0").replace('/', "~1"));
                    replace(value, at, f)?;
                    at.truncate(length);
                }
            }
        },
        Json::Array(items) => {
            for (i, value) in items.iter_mut().enumerate() {
                at.push('/');
                at.push_str(&i.to_string());
                replace(value, at, f)?;
                at.truncate(length);
            }
        }
        _ => (),
    }
    Ok(())
}

fn same(one: Json, other: Json) -> bool {
    match (one, other) {
        (Json::Object(mut one), Json::Object(mut other)) => {
            match (Veiled::of(&mut one), Veiled::of(&mut other)) {
                (Some(Veiled::Known(one)), Some(Veiled::Known(other))) => one == other,
                (Some(_), Some(_)) => true,
                (None, None) => {
                    one.len() == other.len()
                        && one
                            .into_iter()
                            .zip(other)
                            .all(|((k1, v1), (k2, v2))| k1 == k2 && same(v1, v2))
                }
                _ => false,
            }
        }
        (Json::Array(one), Json::Array(other)) => {
            one.len() == other.len() && one.into_iter().zip(other).all(|(a, b)| same(a, b))
        }
        (one, other) => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &str = r#"{"a":[1,{"$hopper::secret":"x"}],"b/~":{"$hopper::secret":{"c":2}}}"#;

    #[test]
    fn secrets_are_found_where_they_stand() {
        let mut seen = Vec::new();
        let sealed = with_veils(KNOWN, |at, veiled| {
            seen.push((at.to_owned(), veiled));
            Ok::<_, Infallible>(Veiled::Sealed(at.to_owned()))
        });
        let known = |json| Veiled::Known(json);
        let wanted = [("/a/1", known("x".into())), ("/b~1~0", known(serde_json::json!({"c": 2})))];
        assert_eq!(seen, wanted.map(|(at, veiled)| (at.to_owned(), veiled)));
        let sealed = sealed.unwrap().unwrap();
        let wanted = r#"{"a":[1,{"$hopper::sealed":"/a/1"}],"b/~":{"$hopper::sealed":"/b~1~0"}}"#;
        assert_eq!(sealed, wanted);
        for text in [KNOWN, &sealed] {
            assert_eq!(for_display(text), r#"{"a":[1,"<secret>"],"b/~":"<secret>"}"#);
        }
        assert!(!is_withheld(KNOWN) && is_withheld(&sealed));
        assert_eq!(redact("{}"), None);
    }

    #[test]
    fn what_is_known_is_compared_and_what_is_not_is_not() {
        let withheld = redact(KNOWN).unwrap();
        assert!(is_same(KNOWN, &withheld) && is_same(&withheld, KNOWN));
        assert!(is_same(KNOWN, &KNOWN.replace("\":", "\" :")));
        assert!(!is_same(KNOWN, &KNOWN.replace("\"x\"", "\"y\"")));
        assert!(!is_same(&withheld, &KNOWN.replace("[1", "[2")));
        assert!(!is_same(&withheld, r#"{"a":[1,"x"],"b/~":1}"#));
        assert!(is_same(r#"{"a":1}"#, r#"{"a":1}"#) && !is_same(r#"{"a":1}"#, r#"{"a":2}"#));
    }
}

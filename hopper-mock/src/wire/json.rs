//! JSON in and out, over the same trees as forms and XML.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::xml::{Content, Item};
use super::{AwsError, Params, Xml};

/// Reads the parameters of a request. What is `null` is not there.
///
/// # Errors
/// `SerializationException` for what is not a JSON object.
pub(super) fn read(body: &[u8]) -> Result<Params, AwsError> {
    if body.is_empty() {
        return Ok(Params::default());
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(members)) => Ok(tree(members.into_iter())),
        _ => {
            let why = "The body of the request is not a JSON object";
            Err(AwsError::new("SerializationException", why))
        }
    }
}

fn tree(members: impl Iterator<Item = (String, Value)>) -> Params {
    let members = members.filter_map(|(name, value)| Some((name, params(value)?)));
    Params::Tree(members.collect::<BTreeMap<_, _>>())
}

/// A value as a form would spell it; an empty list is an empty text there.
fn params(value: Value) -> Option<Params> {
    match value {
        Value::Null => None,
        Value::Bool(truth) => Some(Params::Text(truth.to_string())),
        Value::Number(number) => Some(Params::Text(number.to_string())),
        Value::String(text) => Some(Params::Text(text)),
        Value::Array(items) if items.is_empty() => Some(Params::Text(String::new())),
        Value::Array(items) => {
            Some(tree((1_u32..).zip(items).map(|(place, item)| (place.to_string(), item))))
        }
        Value::Object(members) => Some(tree(members.into_iter())),
    }
}

/// Writes an answer.
pub(super) fn write(xml: &Xml) -> String {
    object(xml).to_string()
}

fn object(xml: &Xml) -> Value {
    let members = xml.children().map(|(name, content)| (name.to_owned(), value(content)));
    Value::Object(members.collect::<Map<_, _>>())
}

fn value(content: &Content) -> Value {
    match content {
        Content::Text(text) | Content::Secret(text) => text.as_str().into(),
        Content::Bare(text) => serde_json::from_str(text).unwrap_or_else(|_| text.as_str().into()),
        Content::Node(node) => object(node),
        Content::List(items) => items
            .iter()
            .map(|item| match item {
                Item::Text(text) => text.as_str().into(),
                Item::Node(node) => object(node),
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may")]
    use super::*;

    #[test]
    fn objects_become_the_parameters_a_form_would_have() {
        let body = br#"{"Name": "a.b", "On": true, "N": 3, "No": null, "Tags": [{"Key": "k"}]}"#;
        let expected = [("N", "3"), ("Name", "a.b"), ("On", "true"), ("Tags.1.Key", "k")];
        let pairs = read(body).unwrap().pairs();
        let pairs: Vec<_> = pairs.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!(pairs, expected);
        assert_eq!(read(b"").unwrap(), Params::default());
        assert_eq!(read(b"[]").unwrap_err().code, "SerializationException");
    }

    #[test]
    fn numbers_are_written_without_quotes() {
        let inner = Xml::new().bare("Version", 2).bare("At", "1767225600.250").text("Text", 2);
        let xml = Xml::new().node("P", inner).texts("L", ["a"]).list("E", []);
        assert_eq!(
            write(&xml),
            r#"{"E":[],"L":["a"],"P":{"At":1767225600.25,"Text":"2","Version":2}}"#
        );
    }
}

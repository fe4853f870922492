//! What filters make of values.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value};

use super::filter::Filter;

type Made = Result<Vec<Value>, String>;

/// The functions there are, with how many arguments they take.
const FUNCTIONS: &[(&str, usize)] = &[
    ("@base64", 0),
    ("@base64d", 0),
    ("@json", 0),
    ("@text", 0),
    ("empty", 0),
    ("endswith", 1),
    ("error", 0),
    ("error", 1),
    ("first", 0),
    ("fromjson", 0),
    ("has", 1),
    ("join", 1),
    ("keys", 0),
    ("last", 0),
    ("length", 0),
    ("ltrimstr", 1),
    ("map", 1),
    ("not", 0),
    ("rtrimstr", 1),
    ("select", 1),
    ("split", 1),
    ("startswith", 1),
    ("tojson", 0),
    ("tonumber", 0),
    ("tostring", 0),
    ("type", 0),
];

/// Refuses functions and variables that are not there.
pub(super) fn check(filter: &Filter, names: &BTreeMap<String, Value>) -> Result<(), String> {
    let each = |filters: &[&Filter]| filters.iter().try_for_each(|inner| check(inner, names));
    match filter {
        Filter::Identity | Filter::Literal(_) | Filter::Array(None) => Ok(()),
        Filter::Variable(name) if names.contains_key(name) => Ok(()),
        Filter::Variable(name) => Err(format!("${name} is not defined")),
        Filter::Text(parts) => parts.iter().try_for_each(|part| check(part, names)),
        Filter::Index(a, b) | Filter::Pipe(a, b) | Filter::Comma(a, b) => each(&[a, b]),
        Filter::Binary(_, a, b) => each(&[a, b]),
        Filter::Each(inner) | Filter::Try(inner) | Filter::Array(Some(inner)) => each(&[inner]),
        Filter::Object(members) => members.iter().try_for_each(|(key, value)| each(&[key, value])),
        Filter::Call(name, arguments) => {
            if !FUNCTIONS.contains(&(name.as_str(), arguments.len())) {
                return Err(format!("{name}/{} is not defined", arguments.len()));
            }
            arguments.iter().try_for_each(|argument| check(argument, names))
        }
    }
}

/// What a filter makes of a value.
///
/// # Errors
/// What it cannot do, in jq's words.
pub(super) fn run(filter: &Filter, input: &Value, names: &BTreeMap<String, Value>) -> Made {
    let go = |filter: &Filter, input: &Value| run(filter, input, names);
    Ok(match filter {
        Filter::Identity => vec![input.clone()],
        Filter::Literal(value) => vec![value.clone()],
        Filter::Variable(name) => vec![names.get(name).cloned().unwrap_or_default()],
        Filter::Text(parts) => {
            let mut text = String::new();
            for part in parts {
                text.extend(go(part, input)?.iter().map(as_text));
            }
            vec![text.into()]
        }
        Filter::Index(of, key) => {
            let mut found = Vec::new();
            for value in go(of, input)? {
                for key in go(key, input)? {
                    found.push(index(&value, &key)?);
                }
            }
            found
        }
        Filter::Each(of) => {
            let mut found = Vec::new();
            for value in go(of, input)? {
                match value {
                    Value::Array(items) => found.extend(items),
                    Value::Object(members) => found.extend(members.into_iter().map(|(_, v)| v)),
                    other => return Err(format!("Cannot iterate over {}", described(&other))),
                }
            }
            found
        }
        Filter::Try(inner) => go(inner, input).unwrap_or_default(),
        Filter::Pipe(first, second) => {
            let mut made = Vec::new();
            for value in go(first, input)? {
                made.extend(go(second, &value)?);
            }
            made
        }
        Filter::Comma(first, second) => [go(first, input)?, go(second, input)?].concat(),
        Filter::Array(inner) => match inner {
            Some(inner) => vec![Value::Array(go(inner, input)?)],
            None => vec![Value::Array(Vec::new())],
        },
        Filter::Object(members) => {
            let mut made = Map::new();
            for (key, value) in members {
                let key = go(key, input)?.into_iter().next().unwrap_or_default();
                let Value::String(key) = key else {
                    return Err(format!("Object keys must be strings, not {}", described(&key)));
                };
                made.insert(key, go(value, input)?.into_iter().next().unwrap_or_default());
            }
            vec![Value::Object(made)]
        }
        Filter::Binary("//", first, second) => {
            let good: Vec<_> =
                go(first, input).unwrap_or_default().into_iter().filter(is_true).collect();
            if good.is_empty() { go(second, input)? } else { good }
        }
        Filter::Binary(operator, first, second) => {
            let mut made = Vec::new();
            for right in go(second, input)? {
                for left in go(first, input)? {
                    made.push(binary(operator, &left, &right)?);
                }
            }
            made
        }
        Filter::Call(name, arguments) => {
            let argument = arguments.first();
            match (name.as_str(), argument) {
                ("select", Some(condition)) => {
                    let is_met = go(condition, input)?.iter().any(is_true);
                    if is_met { vec![input.clone()] } else { Vec::new() }
                }
                ("map", Some(inner)) => {
                    let each = Filter::Each(Box::new(Filter::Identity));
                    let all = Filter::Pipe(Box::new(each), Box::new(inner.clone()));
                    vec![Value::Array(go(&all, input)?)]
                }
                ("empty", None) => Vec::new(),
                _ => {
                    let given = argument.map(|argument| go(argument, input)).transpose()?;
                    let given = given.and_then(|values| values.into_iter().next());
                    vec![call(name, input, given.as_ref())?]
                }
            }
        }
    })
}

fn index(value: &Value, key: &Value) -> Result<Value, String> {
    Ok(match (value, key) {
        (Value::Null, Value::String(_) | Value::Number(_)) => Value::Null,
        (Value::Object(members), Value::String(key)) => {
            members.get(key).cloned().unwrap_or_default()
        }
        (Value::Array(items), Value::Number(n)) => {
            let n = n.as_i64().unwrap_or(i64::MAX);
            let at = if n < 0 { n + items.len() as i64 } else { n };
            usize::try_from(at).ok().and_then(|at| items.get(at)).cloned().unwrap_or_default()
        }
        (other, Value::String(key)) => {
            return Err(format!("Cannot index {} with \"{key}\"", kind(other)));
        }
        (other, key) => return Err(format!("Cannot index {} with {}", kind(other), kind(key))),
    })
}

fn binary(operator: &str, left: &Value, right: &Value) -> Result<Value, String> {
    let numbers = || Some((left.as_f64()?, right.as_f64()?));
    Ok(match operator {
        "==" => (left == right).into(),
        "!=" => (left != right).into(),
        "and" => (is_true(left) && is_true(right)).into(),
        "or" => (is_true(left) || is_true(right)).into(),
        "<" | "<=" | ">" | ">=" => {
            let order = match (left, right) {
                (Value::String(left), Value::String(right)) => left.partial_cmp(right),
                _ => numbers().and_then(|(left, right)| left.partial_cmp(&right)),
            };
            let order = order.ok_or("the simulator compares numbers or strings")?;
            let holds = match operator {
                "<" => order.is_lt(),
                "<=" => order.is_le(),
                ">" => order.is_gt(),
                _ => order.is_ge(),
            };
            holds.into()
        }
        _ => match (left, right) {
            (Value::Null, other) | (other, Value::Null) if operator == "+" => other.clone(),
            (Value::String(left), Value::String(right)) if operator == "+" => {
                format!("{left}{right}").into()
            }
            (Value::Array(left), Value::Array(right)) if operator == "+" => {
                Value::Array([left.as_slice(), right].concat())
            }
            (Value::Number(a), Value::Number(b)) => match (a.as_i64(), b.as_i64()) {
                (Some(a), Some(b)) if operator == "+" => a.saturating_add(b).into(),
                (Some(a), Some(b)) => a.saturating_sub(b).into(),
                _ => {
                    let (a, b) = numbers().unwrap_or_default();
                    (if operator == "+" { a + b } else { a - b }).into()
                }
            },
            _ => {
                let verb = if operator == "+" { "added" } else { "subtracted" };
                let (left, right) = (described(left), described(right));
                return Err(format!("{left} and {right} cannot be {verb}"));
            }
        },
    })
}

fn call(name: &str, input: &Value, given: Option<&Value>) -> Result<Value, String> {
    let text = || match input {
        Value::String(text) => Ok(text.as_str()),
        other => Err(format!("{} cannot be used by {name}: it is no string", described(other))),
    };
    let word = given.and_then(Value::as_str).unwrap_or_default();
    Ok(match name {
        "fromjson" => serde_json::from_str(text()?)
            .map_err(|_| "Invalid JSON text (while parsing with fromjson)".to_owned())?,
        "tojson" | "@json" => input.to_string().into(),
        "tostring" | "@text" => as_text(input).into(),
        "tonumber" => match input {
            Value::Number(_) => input.clone(),
            other => serde_json::from_str::<serde_json::Number>(text()?)
                .map_err(|_| format!("{} cannot be parsed as a number", described(other)))?
                .into(),
        },
        "@base64" => BASE64_STANDARD.encode(as_text(input)).into(),
        "@base64d" => {
            let bytes = BASE64_STANDARD.decode(text()?);
            let bytes =
                bytes.map_err(|_| format!("{} is not valid base64 data", described(input)))?;
            String::from_utf8_lossy(&bytes).into_owned().into()
        }
        "length" => match input {
            Value::Null => 0.into(),
            Value::String(text) => text.chars().count().into(),
            Value::Array(items) => items.len().into(),
            Value::Object(members) => members.len().into(),
            Value::Number(_) => input.clone(),
            Value::Bool(_) => return Err(format!("{} has no length", described(input))),
        },
        "keys" => match input {
            Value::Object(members) => {
                let mut keys: Vec<_> = members.keys().cloned().collect();
                keys.sort();
                keys.into()
            }
            Value::Array(items) => (0..items.len()).collect::<Vec<_>>().into(),
            other => return Err(format!("{} has no keys", described(other))),
        },
        "has" => match (input, given) {
            (Value::Object(members), Some(Value::String(key))) => members.contains_key(key).into(),
            (Value::Array(items), Some(Value::Number(n))) => {
                n.as_u64().is_some_and(|n| n < items.len() as u64).into()
            }
            (other, _) => return Err(format!("Cannot check whether {} has a key", kind(other))),
        },
        "not" => (!is_true(input)).into(),
        "type" => kind(input).into(),
        "first" => index(input, &0.into())?,
        "last" => index(input, &(-1).into())?,
        "startswith" => text()?.starts_with(word).into(),
        "endswith" => text()?.ends_with(word).into(),
        "ltrimstr" => text()?.strip_prefix(word).unwrap_or(text()?).into(),
        "rtrimstr" => text()?.strip_suffix(word).unwrap_or(text()?).into(),
        "split" => text()?.split(word).collect::<Vec<_>>().into(),
        "join" => match input {
            Value::Array(items) => items.iter().map(as_text).collect::<Vec<_>>().join(word).into(),
            other => return Err(format!("Cannot iterate over {}", described(other))),
        },
        _ => return Err(as_text(given.unwrap_or(input))),
    })
}

pub(super) fn is_true(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Bool(false))
}

/// A text as it is, anything else as JSON.
pub(super) fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// A value in an error: cut short, as jq does.
fn described(value: &Value) -> String {
    let text = value.to_string();
    let shown = match text.char_indices().nth(11) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    };
    if value.is_null() { "null (null)".to_owned() } else { format!("{} ({shown})", kind(value)) }
}

//! Selectors of labels and of fields.

use serde_json::Value;

use super::cluster::text;
use super::status::Refusal;

/// Which objects are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Selector {
    labels: Vec<Term>,
    fields: Vec<Term>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Term {
    key: String,
    /// The values of which it is one; any, if there are none.
    values: Vec<String>,
    is_not: bool,
}

impl Selector {
    pub(super) fn new(labels: &str, fields: &str, plural: &str) -> Result<Self, Refusal> {
        let fields: Vec<_> = parts(fields).iter().filter_map(|part| term(part)).collect();
        for field in &fields {
            let known = match plural {
                "pods" => &["spec.nodeName", "status.phase"][..],
                "secrets" => &["type"],
                "events" => &["involvedObject.kind", "involvedObject.name", "reason", "type"],
                _ => &[],
            };
            let is_general = ["metadata.name", "metadata.namespace"].contains(&field.key.as_str());
            if !is_general && !known.contains(&field.key.as_str()) {
                return Err(Refusal::bad(format!("field label not supported: {}", field.key)));
            }
        }
        Ok(Self { labels: parts(labels).iter().filter_map(|part| term(part)).collect(), fields })
    }

    /// Whether an object is one of them.
    pub(super) fn takes(&self, object: &Value) -> bool {
        let label = |key: &str| object["metadata"]["labels"][key].as_str();
        let field = |key: &str| Some(text(object, &format!("/{}", key.replace('.', "/"))));
        self.labels.iter().all(|term| term.is_met(label(&term.key)))
            && self.fields.iter().all(|term| term.is_met(field(&term.key)))
    }
}

impl Term {
    fn is_met(&self, value: Option<&str>) -> bool {
        let is_among = value.is_some_and(|value| {
            self.values.is_empty() || self.values.iter().any(|one| one == value)
        });
        is_among != self.is_not
    }
}

/// Parts between commas, but for those in parentheses.
fn parts(text: &str) -> Vec<String> {
    let (mut parts, mut depth) = (vec![String::new()], 0);
    for letter in text.chars() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(part) = parts.last_mut() {
            part.push(letter);
        }
    }
    parts.into_iter().map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

fn term(part: &str) -> Option<Term> {
    let make = |key: &str, values: Vec<String>, is_not| {
        Some(Term { key: key.trim().to_owned(), values, is_not })
    };
    for (word, is_not) in [(" notin ", true), (" in ", false)] {
        if let Some((key, values)) = part.split_once(word) {
            let values = values.trim().trim_start_matches('(').trim_end_matches(')');
            return make(key, values.split(',').map(|it| it.trim().to_owned()).collect(), is_not);
        }
    }
    if let Some((key, value)) = part.split_once("!=") {
        return make(key, vec![value.trim().to_owned()], true);
    }
    if let Some((key, value)) = part.split_once('=') {
        return make(key, vec![value.trim_start_matches('=').trim().to_owned()], false);
    }
    match part.strip_prefix('!') {
        Some(key) => make(key, Vec::new(), true),
        None => make(part, Vec::new(), false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_take_what_fits() {
        let pod = serde_json::json!({
            "metadata": {"name": "a", "labels": {"app": "x", "tier": "web"}},
            "spec": {"nodeName": "n"},
        });
        let takes = |labels, fields| Selector::new(labels, fields, "pods").unwrap().takes(&pod);
        assert!(takes("app=x,tier in (web, db),!gone", "spec.nodeName=n"));
        assert!(takes("app==x,tier!=db,app", "metadata.name=a"));
        assert!(!takes("app notin (x)", ""));
        assert!(!takes("", "metadata.name!=a"));
        assert_eq!(Selector::new("", "spec.x=1", "pods").unwrap_err().code, 400);
    }
}

//! [`FieldDiff`]: one step of a plan against what the journal says of it, field by field.

use super::Node;
use crate::{
    dsl::{Piece, is_same as is_same_text},
    journal::Data,
};
use serde::Serialize;
use serde_json::{Value as Json, value::RawValue};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    ops::Range,
};

/// How one field of a step differs from what it was when the step was done.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FieldDiff {
    /// The field, of the outermost level; empty where the step has no named fields. What lies
    /// inside a field of which only parts can be [changed in place](crate::Step::UPDATES) is named
    /// with dots: `peer.cidr`.
    pub field: String,
    /// What the journal says, with `<secret>` for a secret; none when there was no such field. It
    /// is the same as `now` where a secret is another one.
    pub recorded: Option<Data>,
    /// What the plan says, with `${step.field}` where that is not known yet; none when there is
    /// no such field.
    pub now: Option<Data>,
    /// The steps after which its value is known; none when it is known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub known_after: Vec<String>,
    /// Whether the step can [change it in place](crate::Step::UPDATES).
    pub in_place: bool,
}

impl fmt::Display for FieldDiff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text =
            |data: &Option<Data>| data.as_ref().map_or("none".to_owned(), |d| format!("{d:?}"));
        if !self.field.is_empty() {
            write!(f, "{}: ", self.field)?;
        }
        write!(f, "{} -> {}", text(&self.recorded), text(&self.now))?;
        if self.known_after.is_empty() && self.recorded == self.now {
            write!(f, ", another secret")?;
        }
        match &self.known_after[..] {
            [] => Ok(()),
            steps => write!(f, ", known after {}", steps.join(", ")),
        }
    }
}

/// A step's inputs as far as they are known.
struct Partly {
    text: String,
    /// Where in the text a reference stands for a value that is not known, and of which steps.
    open: Vec<(Range<usize>, Vec<String>)>,
}

impl Node {
    /// How the step differs from what was `recorded` of it, where `known` gives the outputs that
    /// can be relied on.
    pub(crate) fn differences(
        &self,
        recorded: &Data,
        known: &impl Fn(&str) -> Option<Data>,
    ) -> Vec<FieldDiff> {
        let Partly { text, open } = self.fill_in_part(known);
        let now = Data::from_text(text.as_str());
        if open.is_empty() && now.is_same(recorded) {
            return Vec::new();
        }
        let in_place = self.step.updates();
        let late = late_fields(&text, &open, in_place);
        // Fields that this version of the step has added, and that have their defaults, are no
        // change.
        let renewed = self.step.renewed(recorded);
        let renewed = renewed.as_ref().unwrap_or(recorded);
        let (before, after) = (fields(renewed.text(), in_place), fields(now.text(), in_place));
        let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        let data = |raw: &&RawValue| Data::from_text(raw.get()).shown();
        let differs = |name: &&String| {
            late.contains_key(*name) || !is_same(before.get(*name), after.get(*name))
        };
        let diff = |name: &String| FieldDiff {
            field: name.clone(),
            recorded: before.get(name).map(data),
            now: after.get(name).map(data),
            known_after: late.get(name).into_iter().flatten().cloned().collect(),
            in_place: in_place.contains(&name.as_str())
                // A part that comes or goes is another shape of the whole.
                && (!name.contains('.') || before.contains_key(name) == after.contains_key(name)),
        };
        names.into_iter().filter(differs).map(diff).collect()
    }

    fn fill_in_part(&self, known: &impl Fn(&str) -> Option<Data>) -> Partly {
        let (mut text, mut open) = (String::new(), Vec::new());
        for piece in &*self.pieces {
            match piece {
                Piece::Json(json) => text.push_str(json),
                Piece::Hole(hole) => match hole.fill(known) {
                    Ok(value) => text.push_str(&value),
                    Err(_) => {
                        let begin = text.len();
                        text.push_str(&Json::from(hole.to_string()).to_string());
                        let steps = hole.open(known).map(|r| r.step.name().to_owned());
                        open.push((begin..text.len(), steps.collect()));
                    }
                },
            }
        }
        Partly { text, open }
    }
}

/// The fields that hold something open, each with the steps it waits for.
fn late_fields(
    text: &str,
    open: &[(Range<usize>, Vec<String>)],
    in_place: &[&str],
) -> BTreeMap<String, BTreeSet<String>> {
    let mut late: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    if open.is_empty() {
        return late;
    }
    for (name, value) in fields(text, in_place) {
        // The value is a part of the text.
        let begin = (value.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
        let place = begin..begin + value.get().len();
        let first = open.partition_point(|(at, _)| at.start < place.start);
        for (_, steps) in open[first..].iter().take_while(|(at, _)| at.end <= place.end) {
            late.entry(name.clone()).or_default().extend(steps.iter().cloned());
        }
    }
    late
}

/// The outermost fields of JSON text, in parts where only parts can be changed in place; what is
/// no object is one field without a name.
fn fields<'t>(text: &'t str, in_place: &[&str]) -> BTreeMap<String, &'t RawValue> {
    match serde_json::from_str::<BTreeMap<String, &RawValue>>(text) {
        Ok(outermost) => {
            let fields = outermost.into_iter();
            fields.flat_map(|(name, value)| parts(name, value, in_place)).collect()
        }
        Err(_) => {
            let whole: Option<&RawValue> = serde_json::from_str(text).ok();
            whole.into_iter().map(|value| (String::new(), value)).collect()
        }
    }
}

fn parts<'t>(name: String, value: &'t RawValue, in_place: &[&str]) -> Vec<(String, &'t RawValue)> {
    let is_in_parts = |path: &&str| path.strip_prefix(&*name).is_some_and(|p| p.starts_with('.'));
    let parsed = match in_place.iter().any(is_in_parts) {
        true => serde_json::from_str::<BTreeMap<String, &RawValue>>(value.get()).ok(),
        false => None,
    };
    match parsed.filter(|found| !found.is_empty()) {
        None => vec![(name, value)],
        Some(found) => found
            .into_iter()
            .flat_map(|(part, value)| parts(format!("{name}.{part}"), value, in_place))
            .collect(),
    }
}

/// Whether two values are the same, however they are written, as far as their secrets are known.
fn is_same(one: Option<&&RawValue>, other: Option<&&RawValue>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => is_same_text(one.get(), other.get()),
        (one, other) => one.is_some() == other.is_some(),
    }
}

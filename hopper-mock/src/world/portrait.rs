//! [`Portrait`]: things and what they refer to, told without their ids.
//!
//! Ids are replaced by names that do not depend on them: things are told apart by what they hold,
//! by what they refer to and by what refers to them, round after round until nothing more can be
//! told apart (colour refinement); things alike in every way are told apart by choice, one at a
//! time.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::scrub::{Word, words};

/// Things, each with what it holds.
#[derive(Debug, Default)]
pub(super) struct Portrait {
    things: Vec<Thing>,
    by_id: BTreeMap<String, usize>,
}

#[derive(Debug)]
struct Thing {
    table: String,
    /// What its name begins with: the id's prefix, and its own name if it has one.
    stem: String,
    /// A public thing is referred to, and not told.
    is_told: bool,
    held: Value,
}

/// What a thing holds, with references in the place of ids.
#[derive(Debug)]
enum Held {
    Text(String, u64),
    Reference(usize),
    /// Words of a text.
    Words(Vec<Held>),
    /// In no order that matters.
    Set(Vec<Held>),
    Fields(Vec<(String, Held)>),
}

impl Portrait {
    pub(super) fn add(&mut self, table: String, id: &str, thing: &mut Value) {
        let is_told = thing.get("is_public") != Some(&Value::Bool(true));
        let name = thing.pointer("/tags/Name").or(thing.get("name")).and_then(Value::as_str);
        let told = |text: &str| words(text).iter().map(Word::told).collect::<String>();
        let (prefix, name) = (told(id), told(name.unwrap_or_default()));
        let stem = match prefix.as_str() {
            // It is known by its name.
            same if same == id => id.to_owned(),
            _ if prefix == name || name.is_empty() => format!("<{prefix}>"),
            _ => format!("<{prefix} {name}>"),
        };
        if stem != id {
            self.by_id.insert(id.to_owned(), self.things.len());
        }
        self.things.push(Thing { table, stem, is_told, held: thing.take() });
    }

    /// One line a thing, in order.
    pub(super) fn lines(mut self) -> Vec<String> {
        let held: Vec<Value> = self.things.iter_mut().map(|thing| thing.held.take()).collect();
        let held: Vec<Held> = held.iter().map(|thing| self.read(thing)).collect();
        let names = self.names(&held);
        let told = self.things.iter().zip(&held).enumerate().filter(|(_, (it, _))| it.is_told);
        let mut lines: Vec<String> = told
            .map(|(n, (thing, held))| {
                format!("{}/{} {}", thing.table, names[n], show(held, &names))
            })
            .collect();
        lines.sort();
        lines
    }

    fn read(&self, value: &Value) -> Held {
        match value {
            Value::String(text) => self.read_text(text),
            Value::Array(list) if list.iter().all(|item| item.is_string()) => {
                let list: Vec<Held> = list.iter().map(|item| self.read(item)).collect();
                // Ids have no order; words, such as policies, may have one.
                match list.iter().any(|item| !matches!(item, Held::Text(..))) {
                    true => set(list),
                    false => text(value.to_string()),
                }
            }
            Value::Array(list) => set(list.iter().map(|item| self.read(item)).collect()),
            Value::Object(fields) => self.read_fields(fields),
            plain => text(plain.to_string()),
        }
    }

    /// A table by ids has no order but theirs.
    fn read_fields(&self, fields: &Map<String, Value>) -> Held {
        let is_by_id = |key: &String| !matches!(words(key).as_slice(), [Word::Text(_)] | []);
        if fields.keys().any(is_by_id) {
            let pair = |key: &str, value| Held::Words(vec![self.read_text(key), self.read(value)]);
            return set(fields.iter().map(|(key, value)| pair(key, value)).collect());
        }
        let one = |key: &String, value: &Value| match (key.to_lowercase().as_str(), decoded(value))
        {
            ("user_data" | "userdata", Some(script)) => self.read_text(&format!("{script:?}")),
            _ => self.read(value),
        };
        let read: Vec<_> = fields.iter().map(|(k, value)| (k.clone(), one(k, value))).collect();
        if read.iter().all(|(_, value)| matches!(value, Held::Text(..))) {
            let fields: Vec<_> =
                read.iter().map(|(k, v)| format!("{k}: {}", show(v, &[]))).collect();
            return text(format!("{{{}}}", fields.join(", ")));
        }
        Held::Fields(read)
    }

    fn read_text(&self, whole: &str) -> Held {
        if let Some(thing) = self.by_id.get(whole) {
            return Held::Reference(*thing);
        }
        let mut read = Vec::new();
        let mut plain = String::new();
        for word in words(whole) {
            match self.by_id.get(word.whole()) {
                Some(thing) => {
                    read.push(text(std::mem::take(&mut plain)));
                    read.push(Held::Reference(*thing));
                }
                None => plain.push_str(word.told()),
            }
        }
        read.push(text(plain));
        match read.len() {
            1 => read.remove(0),
            _ => Held::Words(read),
        }
    }

    /// A name for each thing, the same in every world that is like this one.
    fn names(&self, held: &[Held]) -> Vec<String> {
        let mut colours: Vec<u64> =
            self.things.iter().map(|it| hash(&[hash_of(&it.table), hash_of(&it.stem)])).collect();
        let mut referrers = vec![Vec::new(); held.len()];
        for (n, held) in held.iter().enumerate() {
            references(held, &mut |to| referrers[to].push(n));
        }
        let n_colours = |colours: &[u64]| {
            let mut sorted = colours.to_vec();
            sorted.sort_unstable();
            sorted.dedup();
            sorted.len()
        };
        // Only what is referred to needs a name of its own.
        let twins = |colours: &[u64]| {
            let mut seen = BTreeMap::new();
            (0..colours.len())
                .filter(|n| !referrers[*n].is_empty())
                .find_map(|n| seen.insert(colours[n], n))
        };
        loop {
            let before = n_colours(&colours);
            colours = (0..held.len())
                .map(|n| {
                    let mut from: Vec<u64> = referrers[n].iter().map(|by| colours[*by]).collect();
                    from.sort_unstable();
                    hash(&[colours[n], colour(&held[n], &colours), hash(&from)])
                })
                .collect();
            if n_colours(&colours) == before {
                match twins(&colours) {
                    Some(twin) => colours[twin] = hash(&[colours[twin], 1]),
                    None => break,
                }
            }
        }
        let mut order: Vec<usize> = (0..held.len()).collect();
        order.sort_by_key(|n| (&self.things[*n].stem, colours[*n]));
        let mut names: Vec<String> = self.things.iter().map(|it| it.stem.clone()).collect();
        for alike in order.chunk_by(|a, b| self.things[*a].stem == self.things[*b].stem) {
            let alike = alike.iter().filter(|n| !referrers[**n].is_empty());
            for (place, n) in alike.enumerate().filter(|(place, _)| 0 < *place) {
                names[*n] = names[*n].replace('>', &format!(" #{}>", place + 1));
            }
        }
        names
    }
}

fn text(text: String) -> Held {
    let colour = hash_of(&text);
    Held::Text(text, colour)
}

fn set(items: Vec<Held>) -> Held {
    match items.as_slice() {
        [] => text("[]".to_owned()),
        _ => Held::Set(items),
    }
}

fn references(held: &Held, found: &mut impl FnMut(usize)) {
    match held {
        Held::Text(..) => (),
        Held::Reference(to) => found(*to),
        Held::Words(items) | Held::Set(items) => {
            items.iter().for_each(|item| references(item, found));
        }
        Held::Fields(fields) => fields.iter().for_each(|(_, value)| references(value, found)),
    }
}

fn colour(held: &Held, colours: &[u64]) -> u64 {
    match held {
        Held::Text(_, colour) => *colour,
        Held::Reference(to) => colours[*to],
        Held::Words(items) => hash(&items.iter().map(|it| colour(it, colours)).collect::<Vec<_>>()),
        Held::Set(items) => {
            let mut items: Vec<u64> = items.iter().map(|item| colour(item, colours)).collect();
            items.sort_unstable();
            hash(&items)
        }
        Held::Fields(fields) => {
            hash(&fields.iter().map(|(_, value)| colour(value, colours)).collect::<Vec<_>>())
        }
    }
}

fn show(held: &Held, names: &[String]) -> String {
    let all = |items: &[Held]| items.iter().map(|item| show(item, names)).collect::<Vec<_>>();
    match held {
        Held::Text(text, _) => text.clone(),
        Held::Reference(to) => names[*to].clone(),
        Held::Words(items) => all(items).concat(),
        Held::Set(items) => {
            let mut items = all(items);
            items.sort();
            format!("[{}]", items.join(", "))
        }
        Held::Fields(fields) => {
            let fields = fields.iter().map(|(key, value)| format!("{key}: {}", show(value, names)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
        }
    }
}

fn hash_of(text: &str) -> u64 {
    first_of(&Sha256::digest(text))
}

fn hash(parts: &[u64]) -> u64 {
    let mut hash = Sha256::new();
    parts.iter().for_each(|part| hash.update(part.to_be_bytes()));
    first_of(&hash.finalize())
}

fn first_of(bytes: &[u8]) -> u64 {
    bytes.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// The text that is in base64, as user data are: what was drawn is seen in it only when it is read.
fn decoded(value: &Value) -> Option<String> {
    String::from_utf8(BASE64_STANDARD.decode(value.as_str()?).ok()?).ok()
}

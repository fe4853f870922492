//! References are found wherever serde can carry them, and refused loudly where it cannot.

use crate::shape::{data, found, problem};
use hopper_core::prelude::*;
use serde::{Deserialize, Serialize, Serializer};
use std::collections::BTreeMap;

#[derive(Serialize, Deserialize)]
struct Inner {
    n: u32,
    name: Input<String>,
}

fn inner(name: Input<String>) -> Inner {
    Inner { n: 7, name }
}

#[test]
fn references_are_found_in_fields_lists_tuples_and_maps() {
    found(|a| a);
    found(inner);
    found(|a| Box::new(inner(a)));
    found(Some);
    found(|a| vec!["x".into(), a.clone(), a]);
    found(|a| [a.clone(), a]);
    found(|a| (1, a, "x".to_owned()));
    found(|a| BTreeMap::from([("k".to_owned(), a), ("l".to_owned(), "y".into())]));
    found(|a| BTreeMap::from([(1, vec![(true, inner(a))])]));
    found(Ok::<_, String>);
    data(|| None::<Input<String>>);
}

#[test]
fn references_are_found_in_enums_of_every_representation() {
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum External {
        Newtype(Input<String>),
        Tuple(u8, Input<String>),
        Struct { a: Input<String>, inner: Inner },
    }
    #[derive(Serialize, Deserialize)]
    #[serde(tag = "type", content = "with")]
    enum Adjacent {
        Newtype(Input<String>),
        Tuple(u8, Input<String>),
        Struct { a: Input<String> },
    }
    #[derive(Serialize, Deserialize)]
    #[serde(tag = "type")]
    enum Internal {
        Struct { a: Input<String> },
        Inner(Inner),
        Enum(External),
    }
    #[derive(Serialize, Deserialize)]
    #[serde(untagged)]
    enum Untagged {
        Struct { inner: Inner },
        Newtype(Input<String>),
    }
    found(External::Newtype);
    found(|a| External::Tuple(1, a));
    found(|a| External::Struct { a: a.clone(), inner: inner(a) });
    found(Adjacent::Newtype);
    found(|a| Adjacent::Tuple(1, a));
    found(|a| Adjacent::Struct { a });
    found(|a| Internal::Struct { a });
    found(|a| Internal::Inner(inner(a)));
    found(|a| Internal::Enum(External::Struct { a: a.clone(), inner: inner(a) }));
    found(|a| Untagged::Struct { inner: inner(a) });
    found(Untagged::Newtype);
    found(|a| vec![External::Newtype(a.clone()), External::Tuple(2, a)]);
}

#[test]
fn references_are_found_in_flattened_and_transparent_types() {
    #[derive(Serialize, Deserialize)]
    struct Flat {
        before: Input<String>,
        #[serde(flatten)]
        inner: Inner,
        #[serde(flatten)]
        rest: BTreeMap<String, Input<String>>,
    }
    #[derive(Serialize, Deserialize)]
    #[serde(transparent)]
    struct Transparent {
        only: Input<String>,
    }
    #[derive(Serialize, Deserialize)]
    struct Newtype(Input<String>);
    #[derive(Serialize, Deserialize)]
    struct Tuple(u8, Input<String>, Newtype);
    found(|a| Flat {
        before: a.clone(),
        inner: inner(a.clone()),
        rest: [("after".to_owned(), a), ("literal".to_owned(), "x".into())].into(),
    });
    found(|only| Transparent { only });
    found(Newtype);
    found(|a| Tuple(3, a.clone(), Newtype(a)));
}

/// Serializes through a tree that sorts its keys: holes do not come in the order of the fields.
fn sorted<T: Serialize, S: Serializer>(value: &T, s: S) -> Result<S::Ok, S::Error> {
    serde_json::to_value(value).map_err(serde::ser::Error::custom)?.serialize(s)
}

/// Serializes as JSON text inside JSON text.
fn as_text<T: Serialize, S: Serializer>(value: &T, s: S) -> Result<S::Ok, S::Error> {
    s.serialize_str(&serde_json::to_string(value).map_err(serde::ser::Error::custom)?)
}

#[test]
fn references_are_found_when_they_come_in_another_order() {
    #[derive(Serialize, Deserialize)]
    struct Two {
        z: Input<String>,
        a: Input<String>,
    }
    #[derive(Serialize, Deserialize)]
    struct Sorted {
        #[serde(serialize_with = "sorted")]
        two: Two,
    }
    found(|a| Sorted { two: Two { z: text!("z {}", a), a } });
}

#[test]
fn what_serde_cannot_carry_is_a_mistake_that_is_told() {
    #[derive(Serialize, Deserialize)]
    struct Flat {
        #[serde(flatten)]
        inner: Input<BTreeMap<String, String>>,
    }
    #[derive(Serialize, Deserialize)]
    #[serde(tag = "type")]
    enum Internal {
        Newtype(Input<String>),
    }
    #[derive(Serialize, Deserialize)]
    struct Text {
        #[serde(serialize_with = "as_text")]
        inner: Inner,
    }
    #[derive(Serialize, Deserialize)]
    struct Hidden {
        #[serde(serialize_with = "as_text")]
        secret: Secret<String>,
    }
    #[derive(Serialize, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
    struct Key(Vec<u8>);

    let map = {
        #[derive(Serialize, Deserialize)]
        struct Make(BTreeMap<String, String>);
        impl Lookup for Make {
            const KIND: &'static str = "test.map";
            type Env = ();
            type Output = BTreeMap<String, String>;
            async fn look_up(&self, _: &(), _: &Cx) -> Result<Self::Output, StepError> {
                Ok(self.0.clone())
            }
        }
        Workflow::new("map").step("map").does(Make(BTreeMap::new()))
    };
    insta::assert_snapshot!(
        [
            problem(|_| Flat { inner: map }),
            problem(Internal::Newtype),
            problem(|a| Text { inner: inner(a) }),
            problem(|a| Text { inner: inner(text!("the {}", a)) }),
            problem(|_| Hidden { secret: Secret::new("hunter2".to_owned()) }),
            problem(|_| BTreeMap::from([(Key(vec![1]), 1)])),
        ]
        .join("\n"),
        @r"
    can only flatten structs and maps (got a string)
    cannot serialize tagged newtype variant Internal::Newtype containing a string
    `${a}` is inside a value that is encoded on its own, e.g. as a string
    `the ${a}` is inside a value that is encoded on its own, e.g. as a string
    a secret is inside a value that is encoded on its own, e.g. as a string
    key must be a string
    "
    );
}

/// A map whose keys are inputs.
#[derive(Deserialize)]
#[serde(from = "BTreeMap<String, u8>")]
struct Keys(Vec<(Input<String>, u8)>);

impl From<BTreeMap<String, u8>> for Keys {
    fn from(map: BTreeMap<String, u8>) -> Self {
        Self(map.into_iter().map(|(k, v)| (k.into(), v)).collect())
    }
}

impl Serialize for Keys {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_map(self.0.iter().map(|(k, v)| (k, v)))
    }
}

#[test]
fn a_map_key_may_be_a_literal_but_no_reference() {
    data(|| Keys(vec![("literal".into(), 1)]));
    assert_eq!(problem(|a| Keys(vec![(a, 1)])), "a map key cannot be a reference");
    assert_eq!(
        problem(|a| Keys(vec![("x".into(), 0), (text!("k-{}", a), 1)])),
        "a map key cannot be a reference"
    );
}

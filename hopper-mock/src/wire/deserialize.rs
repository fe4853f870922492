//! Fills a request struct from [`Params`], telling unknown, missing and malformed ones apart.
//!
//! Lists are `Key.1`, `Key.2` in the `ec2` protocol and `Key.member.1` in the `query` protocol;
//! both are read. An empty text is an empty list, as `query` clients send it.

use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, SeqAccess,
    Visitor,
};
use serde::forward_to_deserialize_any;

use super::{AwsError, Params};

/// Fills `T` from the parameters.
pub(crate) fn from_params<T: DeserializeOwned>(params: &Params) -> Result<T, ParamError> {
    T::deserialize(Node(params))
}

/// What is wrong with the parameters, and where.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ParamError {
    path: String,
    wrong: Wrong,
}

#[derive(Debug, PartialEq, Eq)]
enum Wrong {
    Unknown,
    Missing,
    Invalid { value: String, why: String },
}

impl ParamError {
    fn within(mut self, parent: &str) -> Self {
        self.path = match self.path.as_str() {
            "" => parent.to_owned(),
            path => format!("{parent}.{path}"),
        };
        self
    }

    fn about(mut self, text: &str) -> Self {
        if let Wrong::Invalid { value, .. } = &mut self.wrong
            && value.is_empty()
        {
            text.clone_into(value);
        }
        self
    }
}

impl fmt::Display for ParamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?}", self.path, self.wrong)
    }
}

impl std::error::Error for ParamError {}

impl Error for ParamError {
    fn custom<T: fmt::Display>(why: T) -> Self {
        let wrong = Wrong::Invalid { value: String::new(), why: why.to_string() };
        Self { path: String::new(), wrong }
    }

    fn unknown_field(field: &str, _expected: &'static [&'static str]) -> Self {
        Self { path: field.to_owned(), wrong: Wrong::Unknown }
    }

    fn missing_field(field: &'static str) -> Self {
        Self { path: field.to_owned(), wrong: Wrong::Missing }
    }
}

impl From<ParamError> for AwsError {
    fn from(error: ParamError) -> Self {
        let path = &error.path;
        match error.wrong {
            Wrong::Unknown => {
                Self::new("UnknownParameter", format!("The parameter {path} is not recognized"))
            }
            Wrong::Missing => Self::missing(path),
            Wrong::Invalid { value, why } => Self::invalid_value(path, value, &why),
        }
    }
}

struct Node<'a>(&'a Params);

impl<'a> Node<'a> {
    fn text(&self) -> Result<&'a str, ParamError> {
        match self.0 {
            Params::Text(text) => Ok(text),
            Params::Tree(children) => Err(children.keys().next().map_or_else(
                || ParamError::missing_field(""),
                |k| ParamError::unknown_field(k, &[]),
            )),
        }
    }

    fn parse<T: std::str::FromStr>(&self, what: &str) -> Result<T, ParamError> {
        let text = self.text()?;
        text.parse().map_err(|_| ParamError::custom(format_args!("expected {what}")).about(text))
    }
}

macro_rules! parsed {
    ($($method:ident $visit:ident $what:literal)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParamError> {
            visitor.$visit(self.parse($what)?)
        }
    )*};
}

impl<'de> Deserializer<'de> for Node<'de> {
    type Error = ParamError;

    parsed! {
        deserialize_bool visit_bool "true or false"
        deserialize_i32 visit_i32 "an integer"
        deserialize_i64 visit_i64 "an integer"
        deserialize_u8 visit_u8 "an integer"
        deserialize_u16 visit_u16 "an integer"
        deserialize_u32 visit_u32 "an integer"
        deserialize_u64 visit_u64 "an integer"
        deserialize_f64 visit_f64 "a number"
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParamError> {
        match self.0 {
            Params::Text(text) => {
                visitor.visit_str(text).map_err(|error: ParamError| error.about(text))
            }
            Params::Tree(_) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParamError> {
        let text = self.text()?;
        visitor.visit_str(text).map_err(|error: ParamError| error.about(text))
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParamError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParamError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ParamError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParamError> {
        let mut list = self.0;
        if let Params::Tree(children) = list
            && let (1, Some(members)) = (children.len(), children.get("member"))
        {
            list = members;
        }
        if let Params::Text(text) = list
            && !text.is_empty()
        {
            return Err(ParamError::custom("expected a list").about(text));
        }
        let items = list.children();
        if let Some((name, _)) = items.iter().find(|(name, _)| name.parse::<u32>().is_err()) {
            return Err(ParamError::unknown_field(name, &[]));
        }
        visitor.visit_seq(Children { items: items.into_iter(), value: None })
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParamError> {
        match self.0 {
            Params::Text(text) => Err(ParamError::custom("expected a structure").about(text)),
            Params::Tree(_) => {
                visitor.visit_map(Children { items: self.0.children().into_iter(), value: None })
            }
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ParamError> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ParamError> {
        let text = self.text()?;
        let variant: StrDeserializer<'_, ParamError> = text.into_deserializer();
        visitor.visit_enum(variant).map_err(|error| error.about(text))
    }

    forward_to_deserialize_any! {
        i8 i16 f32 char bytes byte_buf unit unit_struct tuple tuple_struct identifier ignored_any
    }
}

struct Children<'a> {
    items: std::vec::IntoIter<(&'a str, &'a Params)>,
    value: Option<(&'a str, &'a Params)>,
}

impl<'de> MapAccess<'de> for Children<'de> {
    type Error = ParamError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, ParamError> {
        self.value = self.items.next();
        match self.value {
            None => Ok(None),
            Some((name, _)) => {
                let name: StrDeserializer<'_, ParamError> = name.into_deserializer();
                seed.deserialize(name).map(Some)
            }
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, ParamError> {
        match self.value.take() {
            None => Err(ParamError::custom("a value was asked for before its name")),
            Some((name, node)) => seed.deserialize(Node(node)).map_err(|error| error.within(name)),
        }
    }
}

impl<'de> SeqAccess<'de> for Children<'de> {
    type Error = ParamError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, ParamError> {
        match self.items.next() {
            None => Ok(None),
            Some((name, node)) => {
                seed.deserialize(Node(node)).map(Some).map_err(|error| error.within(name))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may")]
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(rename_all = "PascalCase", deny_unknown_fields)]
    struct Input {
        name: String,
        count: Option<u32>,
        #[serde(default)]
        force: bool,
        #[serde(default, rename = "Group")]
        groups: Vec<Group>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "PascalCase", deny_unknown_fields)]
    struct Group {
        id: String,
    }

    fn read(pairs: &[(&str, &str)]) -> Result<Input, AwsError> {
        Ok(from_params(&Params::from_pairs(pairs.iter().copied())?)?)
    }

    #[test]
    fn lists_of_both_protocols_are_read_in_the_order_of_their_numbers() {
        let groups = vec![Group { id: "b".into() }, Group { id: "a".into() }];
        let expected = Input { name: "n".into(), count: Some(3), force: true, groups };
        for list in ["Group", "Group.member"] {
            let (second, tenth) = (format!("{list}.2.Id"), format!("{list}.10.Id"));
            let pairs =
                [("Name", "n"), ("Count", "3"), ("Force", "true"), (&tenth, "a"), (&second, "b")];
            assert_eq!(read(&pairs).unwrap(), expected);
        }
        assert_eq!(read(&[("Name", "n"), ("Group", "")]).unwrap().groups, []);
    }

    #[track_caller]
    fn refused(pairs: &[(&str, &str)], code: &str, naming: &str) {
        let error = read(pairs).unwrap_err();
        assert_eq!(error.code, code);
        assert!(error.message.contains(naming), "{} does not name {naming}", error.message);
    }

    #[test]
    fn what_is_wrong_is_named() {
        refused(&[("Name", "n"), ("Colour", "red")], "UnknownParameter", "Colour");
        refused(&[("Name", "n"), ("Group.1.Size", "2")], "UnknownParameter", "Group.1.Size");
        refused(&[("Name.Sub", "n")], "UnknownParameter", "Name.Sub");
        refused(&[("Name", "n"), ("Group.x.Id", "2")], "UnknownParameter", "Group.x");
        refused(&[], "MissingParameter", "Name");
        refused(
            &[("Name", "n"), ("Count", "few")],
            "InvalidParameterValue",
            "(few) for parameter Count",
        );
        refused(&[("Name", "n"), ("Force", "maybe")], "InvalidParameterValue", "(maybe)");
        refused(&[("Name", "n"), ("Group", "g")], "InvalidParameterValue", "expected a list");
    }
}

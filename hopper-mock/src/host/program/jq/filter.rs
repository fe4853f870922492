//! [`Filter`]: a program of jq.

use serde_json::Value;

/// A filter: it makes any number of values out of one.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Filter {
    /// `.`
    Identity,
    /// `"a"`, `1`, `true`, `null`
    Literal(Value),
    /// `"a \(.b)"`: texts and filters in turn.
    Text(Vec<Filter>),
    /// `$a`
    Variable(String),
    /// `.a`, `.[0]`, `.["a"]`: of what, and which.
    Index(Box<Filter>, Box<Filter>),
    /// `.[]`
    Each(Box<Filter>),
    /// `f?`
    Try(Box<Filter>),
    /// `f | g`
    Pipe(Box<Filter>, Box<Filter>),
    /// `f, g`
    Comma(Box<Filter>, Box<Filter>),
    /// `[f]`
    Array(Option<Box<Filter>>),
    /// `{a: f}`
    Object(Vec<(Filter, Filter)>),
    /// `f == g` and its kin.
    Binary(&'static str, Box<Filter>, Box<Filter>),
    /// `f(g)`, and `@base64d` for what begins with `@`.
    Call(String, Vec<Filter>),
}

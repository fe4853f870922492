//! [`text!`](macro@crate::text): `format!` over values that may not exist yet.

use super::reference::{Part, StepRef};
use crate::{Input, Value};
use std::fmt;

/// What may fill a hole in [`text!`](macro@crate::text).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot fill a hole of `text!`",
    note = "an `Input` of something that implements `Display`, a string, an integer and a bool can; \
            of other known values give `&value.to_string()`"
)]
pub trait ToParts {
    /// The pieces this argument contributes, and the steps that gate it.
    fn to_parts(&self) -> (Vec<Part>, Vec<StepRef>);
}

impl<T: ToParts + ?Sized> ToParts for &T {
    fn to_parts(&self) -> (Vec<Part>, Vec<StepRef>) {
        T::to_parts(self)
    }
}

macro_rules! known { ($($t:ty),* $(,)?) => { $(
    impl ToParts for $t {
        fn to_parts(&self) -> (Vec<Part>, Vec<StepRef>) {
            (vec![Part::Text(self.to_string())], Vec::new())
        }
    }
)* } }
known!(str, String, bool, u8, u16, u32, u64, usize, i32, i64);

#[diagnostic::do_not_recommend]
impl<T: Value + fmt::Display> ToParts for Input<T> {
    fn to_parts(&self) -> (Vec<Part>, Vec<StepRef>) {
        (self.parts(), self.gates().to_vec())
    }
}

/// Builds an [`Input<String>`] from text and inputs, like `format!`; the number of holes is
/// checked at compile time. `{{` and `}}` stand for braces.
///
/// ```
/// # use hopper_core::prelude::*;
/// let role: Input<String> = "web".into();
/// let arn: Input<String> = text!("arn:aws:iam::{}:role/{}", "123", role);
/// # assert_eq!(format!("{arn:?}"), r#""arn:aws:iam::123:role/web""#);
/// ```
///
/// ```compile_fail
/// # use hopper_core::prelude::*;
/// let arn = text!("arn:aws:iam::{}:role/{}", "123");
/// ```
#[macro_export]
macro_rules! text {
    ($fmt:literal $(, $arg:expr)* $(,)?) => {{
        const HOLES: ::core::option::Option<usize> = $crate::__private::holes($fmt);
        const ARGS: usize = <[&str]>::len(&[$(stringify!($arg)),*]);
        const _: () = assert!(
            HOLES.is_some(),
            "text!: a hole is `{{}}` with nothing inside; for a brace write it twice",
        );
        const _: () = assert!(
            HOLES.is_none() || matches!(HOLES, Some(ARGS)),
            "text!: the number of `{{}}` differs from the number of arguments",
        );
        $crate::__private::fill($fmt, [$($crate::ToParts::to_parts(&$arg)),*])
    }};
}

/// Counts `{}` in a literal; `None` if there are other lone braces.
#[must_use]
pub const fn holes(s: &str) -> Option<usize> {
    let b = s.as_bytes();
    let (mut i, mut n) = (0, 0);
    while i < b.len() {
        let next = if i + 1 < b.len() { b[i + 1] } else { 0 };
        match (b[i], next) {
            (b'{', b'}') => (n, i) = (n + 1, i + 2),
            (b'{', b'{') | (b'}', b'}') => i += 2,
            (b'{' | b'}', _) => return None,
            _ => i += 1,
        }
    }
    Some(n)
}

/// Puts the arguments into the holes.
#[must_use]
pub fn fill<const N: usize>(fmt: &str, args: [(Vec<Part>, Vec<StepRef>); N]) -> Input<String> {
    let (mut parts, mut once) = (Vec::new(), Vec::new());
    let mut args = args.into_iter();
    let mut rest = fmt;
    while let Some((text, brace)) = rest.find(['{', '}']).and_then(|i| rest.split_at_checked(i)) {
        push(&mut parts, Part::Text(text.to_owned()));
        let (pair, after) = brace.split_at_checked(2).unwrap_or((brace, ""));
        match pair {
            "{}" => {
                let (arg, gates) = args.next().unwrap_or_default();
                arg.into_iter().for_each(|part| push(&mut parts, part));
                once.extend(gates);
            }
            _ => push(&mut parts, Part::Text(pair.chars().take(1).collect())),
        }
        rest = after;
    }
    push(&mut parts, Part::Text(rest.to_owned()));
    Input::from_parts(parts, once)
}

fn push(parts: &mut Vec<Part>, part: Part) {
    match (parts.last_mut(), part) {
        (Some(Part::Text(text)), Part::Text(more)) => text.push_str(&more),
        (_, part) => parts.push(part),
    }
}

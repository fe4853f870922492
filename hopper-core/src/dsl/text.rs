//! [`text!`](macro@crate::text): `format!` over values that may not exist yet.

use super::reference::{Part, StepRef};
use crate::{Input, Value};
use std::fmt;

/// What may fill a hole in [`text!`](macro@crate::text).
pub trait ToParts {
    /// The pieces this argument contributes, and the steps that gate it.
    fn to_parts(&self) -> (Vec<Part>, Vec<StepRef>);
}

impl ToParts for &str {
    fn to_parts(&self) -> (Vec<Part>, Vec<StepRef>) {
        (vec![Part::Text((*self).to_owned())], Vec::new())
    }
}

impl ToParts for String {
    fn to_parts(&self) -> (Vec<Part>, Vec<StepRef>) {
        (vec![Part::Text(self.clone())], Vec::new())
    }
}

impl<T: Value + fmt::Display> ToParts for Input<T> {
    fn to_parts(&self) -> (Vec<Part>, Vec<StepRef>) {
        (self.parts(), self.gates().to_vec())
    }
}

/// Builds an [`Input<String>`] from text and inputs, like `format!`; the number of holes is
/// checked at compile time.
///
/// ```
/// # use hopper_core::prelude::*;
/// let role: Input<String> = "web".into();
/// let arn: Input<String> = text!("arn:aws:iam::{}:role/{}", "123", role);
/// # let _ = arn;
/// ```
///
/// ```compile_fail
/// # use hopper_core::prelude::*;
/// let arn = text!("arn:aws:iam::{}:role/{}", "123");
/// ```
#[macro_export]
macro_rules! text {
    ($fmt:literal $(, $arg:expr)* $(,)?) => {{
        const _: () = assert!(
            $crate::__private::holes($fmt) == <[&str]>::len(&[$(stringify!($arg)),*]),
            "text!: the number of `{{}}` differs from the number of arguments",
        );
        $crate::__private::fill($fmt, [$($crate::ToParts::to_parts(&$arg)),*])
    }};
}

/// Counts `{}` in a literal.
#[must_use]
pub const fn holes(s: &str) -> usize {
    let b = s.as_bytes();
    let (mut i, mut n) = (0, 0);
    while i + 1 < b.len() {
        if b[i] == b'{' && b[i + 1] == b'}' {
            n += 1;
        }
        i += 1;
    }
    n
}

/// Puts the arguments into the holes.
#[must_use]
pub fn fill<const N: usize>(fmt: &str, args: [(Vec<Part>, Vec<StepRef>); N]) -> Input<String> {
    let (mut parts, mut once) = (Vec::new(), Vec::new());
    let mut args = args.into_iter();
    for (i, text) in fmt.split("{}").enumerate() {
        if 0 < i
            && let Some((arg, gates)) = args.next()
        {
            parts.extend(arg);
            once.extend(gates);
        }
        if !text.is_empty() {
            parts.push(Part::Text(text.to_owned()));
        }
    }
    Input::from_parts(parts, once)
}

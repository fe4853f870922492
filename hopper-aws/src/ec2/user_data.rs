//! [`UserData`]: what an instance is given to run when it first starts.

use crate::comparison::Comparison;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use hopper_core::{Cx, Input, Secret, StepError};
use serde::{Deserialize, Serialize};

/// The most bytes, before they are encoded ("Instance user data", EC2 user guide: 16 KB).
const MOST: usize = 16 * 1024;

/// What an instance is given to run when it first starts: a script, or `#cloud-config`.
///
/// Everything on the instance, and whoever may ask AWS for its attributes, can read it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserData {
    /// Text that everybody may see.
    Text(Input<String>),
    /// Text that plans, journals and errors do not show, and that is not compared.
    Secret(Input<Secret<String>>),
}

impl UserData {
    /// As AWS takes it, in base64.
    ///
    /// # Errors
    ///
    /// That it is too long, or that a secret was withheld.
    pub(crate) fn encoded(&self, cx: &Cx) -> Result<String, StepError> {
        let text = match self {
            Self::Text(text) => cx.get(text),
            Self::Secret(text) => cx.get(text).expose()?,
        };
        if MOST < text.len() {
            let told = format_args!("user data has {} bytes, and {MOST} are allowed", text.len());
            let hint = "make it shorter, or have it fetch the rest";
            return Err(StepError::permanent(told).refused().with_hint(hint));
        }
        Ok(BASE64_STANDARD.encode(text))
    }

    /// Compares what was given, if everybody may see it, with what AWS shows in base64.
    ///
    /// What is there instead is not told: it may be somebody's secret.
    pub(crate) fn compare(
        given: Option<&Self>,
        cx: &Cx,
        comparison: Comparison,
        actual: Option<&str>,
    ) -> Comparison {
        let actual = actual.filter(|data| !data.is_empty());
        let (Some(given), Some(actual)) = (given, actual) else {
            let is = |there: bool| if there { "given" } else { "none" };
            return comparison.field("userData", is(given.is_some()), is(actual.is_some()));
        };
        let Self::Text(text) = given else { return comparison };
        let text = cx.get(text);
        let actual = BASE64_STANDARD.decode(actual).unwrap_or_default();
        if actual == text.as_bytes() {
            return comparison;
        }
        let actual = String::from_utf8_lossy(&actual);
        let same = text.lines().zip(actual.lines()).take_while(|(a, b)| a == b).count();
        let line = text.lines().nth(same).unwrap_or_default();
        comparison.field("userData", format_args!("line {} `{line}`", same + 1), "another")
    }
}

impl From<&str> for UserData {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for UserData {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<Input<String>> for UserData {
    fn from(text: Input<String>) -> Self {
        Self::Text(text)
    }
}

impl From<Secret<String>> for UserData {
    fn from(text: Secret<String>) -> Self {
        Self::Secret(text.into())
    }
}

impl From<Input<Secret<String>>> for UserData {
    fn from(text: Input<Secret<String>>) -> Self {
        Self::Secret(text)
    }
}

//! [`say`]: writing to the standard output.

use std::{
    fmt::Display,
    io::{self, Write as _},
};

/// Writes a text, and a line's end if it has none.
///
/// When nobody reads any more (`hopper plan | head`) it is not written: that is no reason to stop
/// in the middle of a run.
pub(crate) fn say(text: impl Display) {
    let text = text.to_string();
    let end = if text.ends_with('\n') { "" } else { "\n" };
    let mut out = io::stdout().lock();
    let _ = write!(out, "{text}{end}").and_then(|()| out.flush());
}

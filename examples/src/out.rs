//! [`say`] and [`complain`]: writing to whoever still reads.

use std::{fmt::Display, io};

/// Writes a text, and a line's end if it has none.
///
/// When nobody reads any more (`hopper plan | head`) it is not written: that is no reason to stop
/// in the middle of a run.
pub fn say(text: impl Display) {
    write(io::stdout().lock(), &text.to_string());
}

/// As [`say`], to the standard error.
pub fn complain(text: impl Display) {
    write(io::stderr().lock(), &text.to_string());
}

fn write(mut to: impl io::Write, text: &str) {
    let end = if text.ends_with('\n') { "" } else { "\n" };
    let _ = write!(to, "{text}{end}").and_then(|()| to.flush());
}

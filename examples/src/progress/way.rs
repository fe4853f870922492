//! [`Progress`]: one of the ways to show what is going on.

use super::{Bars, lines};
use crate::args::Format;
use hopper_core::{Event, Observer};
use std::{
    io::{self, IsTerminal as _},
    time::Duration,
};

/// One of the ways to show what is going on. A cheap handle.
#[derive(Clone, Debug)]
pub enum Progress {
    /// Bars, on a terminal.
    Bars(Bars),
    /// A line for each event worth one.
    Lines,
    /// A line of JSON for each event.
    Json,
}

impl Progress {
    /// The way that suits the format and whoever reads.
    #[must_use]
    pub fn new(format: Format, is_virtual: bool) -> Self {
        match format {
            Format::Json => Self::Json,
            Format::Text if io::stdout().is_terminal() => Self::Bars(Bars::new(is_virtual)),
            Format::Text => Self::Lines,
        }
    }

    /// Clears what would be in the way of the report.
    pub fn finish(&self) {
        if let Self::Bars(bars) = self {
            bars.finish();
        }
    }
}

impl Observer for Progress {
    fn on_event(&self, at: Duration, event: &Event) {
        match self {
            Self::Bars(bars) => bars.on_event(at, event),
            Self::Lines => lines::text(at, event),
            Self::Json => lines::json(at, event),
        }
    }
}

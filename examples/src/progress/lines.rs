//! Events as lines: of text, or of JSON.

use crate::out::say;
use hopper_core::Event;
use serde::Serialize;
use std::time::Duration;

/// A line of text. What a waiting step is about changes too often to be told in lines.
pub(super) fn text(at: Duration, event: &Event) {
    if !matches!(event, Event::Progress { .. }) {
        say(line(at, event));
    }
}

/// The time since the beginning, and what happened.
pub(super) fn line(at: Duration, event: &Event) -> String {
    format!("{:>8.1} s  {event}", at.as_secs_f64())
}

#[derive(Serialize)]
struct Line<'a> {
    at: f64,
    #[serde(flatten)]
    event: &'a Event,
}

/// A line of JSON: the event's fields, and when it happened in seconds from the beginning.
pub(super) fn json(at: Duration, event: &Event) {
    let at = (at.as_secs_f64() * 1000.0).round() / 1000.0;
    if let Ok(line) = serde_json::to_string(&Line { at, event }) {
        say(line);
    }
}

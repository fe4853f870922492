//! Objects of our own that a cluster needs, or shows that it works, as typed values.

mod cloud_controller;
mod demo;

pub use cloud_controller::cloud_controller;
pub use demo::demo;

use serde::Serialize;

/// Objects as one text of several documents.
fn manifest<S: Serialize>(
    objects: impl IntoIterator<Item = S>,
) -> Result<String, serde_json::Error> {
    // JSON is YAML, and has one way only to write a value.
    let texts: Result<Vec<String>, _> =
        objects.into_iter().map(|object| serde_json::to_string_pretty(&object)).collect();
    Ok(texts?.join("\n---\n") + "\n")
}

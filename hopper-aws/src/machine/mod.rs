//! What runs on the machines of a cluster: the script that makes a machine a node, and what a
//! worker runs when it first starts.
//!
//! The templates are beside this file, as are the systemd unit and the network files that the
//! first of them puts on a machine.

mod bake;
mod chapter;
mod max_pods;
mod node_image;
mod worker;

pub(crate) use bake::POD_NETWORK;
pub use bake::{Bake, NODE_IMAGE_PREFIX};
pub use chapter::ChapterScripts;
pub(crate) use chapter::chapter_pods;
pub use max_pods::max_pods;
pub use node_image::{NodeImage, node_images};
pub use worker::WorkerBoot;

use minijinja::{Environment, UndefinedBehavior, value::Serde};
use serde::Serialize;

/// A template with all its values.
pub(crate) fn render<S: Serialize>(
    name: &str,
    template: &str,
    values: S,
) -> Result<String, minijinja::Error> {
    let mut templates = Environment::new();
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    let text = templates.render_named_str(name, template, Serde(values))?;
    Ok(text.trim_end().to_owned() + "\n")
}

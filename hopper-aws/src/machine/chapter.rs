//! The scripts of the chapter's machines.

use super::render;
use crate::settings::ChapterKubernetesSettings;
use hopper_kubernetes::steps::JOIN;
use serde::Serialize;
use std::time::Duration;

#[derive(Serialize)]
struct Worker<'a> {
    join: &'a str,
    max_pods: u32,
    patience: u64,
}

/// The script that makes a machine with Ubuntu 16.04 a node of Kubernetes 1.10, and leaves nothing
/// of its own on it.
///
/// # Errors
///
/// When the template cannot be filled in, which is a mistake of this crate's.
pub fn chapter_bake(settings: &ChapterKubernetesSettings) -> Result<String, minijinja::Error> {
    render("chapter_bake.sh", include_str!("chapter_bake.sh.j2"), settings)
}

/// What a worker of the chapter runs when it first starts, with [`JOIN`] for how it joins.
///
/// # Errors
///
/// When the template cannot be filled in, which is a mistake of this crate's.
pub fn chapter_worker(max_pods: u32, patience: Duration) -> Result<String, minijinja::Error> {
    let values = Worker { join: JOIN, max_pods, patience: patience.as_secs() };
    render("chapter_worker.sh", include_str!("chapter_worker.sh.j2"), values)
}

//! [`ChapterScripts`]: the scripts of the chapter's machines.

use super::{max_pods, render};
use crate::settings::ChapterSettings;
use hopper_kubernetes::steps::JOIN;
use serde::Serialize;

/// How many seconds a worker tries to join.
const PATIENCE: u32 = 900;

/// The scripts of the chapter's machines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChapterScripts {
    /// Makes a machine with Ubuntu 16.04 a node of Kubernetes 1.10, but for what makes it one of a
    /// cluster, and leaves nothing of its own on it.
    pub bake: String,
    /// What a worker runs when it first starts, with [`JOIN`] for how it joins.
    pub worker: String,
}

#[derive(Serialize)]
struct Worker<'a> {
    join: &'a str,
    max_pods: u32,
    patience: u32,
}

impl ChapterScripts {
    /// Those of these settings.
    ///
    /// # Errors
    ///
    /// When a template cannot be filled in, which is a mistake of this crate's.
    pub fn new(settings: &ChapterSettings) -> Result<Self, minijinja::Error> {
        let bake = include_str!("chapter_bake.sh.j2");
        let max_pods = chapter_pods(&settings.workers.instance_type);
        let worker = Worker { join: JOIN, max_pods, patience: PATIENCE };
        Ok(Self {
            bake: render("chapter_bake.sh", bake, &settings.kubernetes)?,
            worker: render("chapter_worker.sh", include_str!("chapter_worker.sh.j2"), worker)?,
        })
    }
}

/// How many pods fit on a machine of the chapter's; where that is not known, as many as a kubelet
/// admits unless told otherwise.
pub(crate) fn chapter_pods(instance_type: &str) -> u32 {
    max_pods(instance_type).unwrap_or(110)
}

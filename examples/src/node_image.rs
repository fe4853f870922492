//! The image that the nodes of a cluster start from: a run of its own, with a journal of its own
//! beside the cluster's, of which only the image stays.

use crate::{
    args::{Format, Of},
    cloud::Cloud,
    failure::{Failure, code},
    interrupt::Interrupt,
    journal,
    out::say,
    progress::Progress,
    recipe::{Recipe, Settings},
    site::{Backend, Site},
    summary::{Summary, exit_code, say_what_next},
};
use hopper_aws::{machine::NODE_IMAGE_PREFIX, recipes::NODE_IMAGE, settings::ClusterSettings};
use hopper_core::{Engine, Journal, Ledger, Outcome, State};
use sha2::{Digest as _, Sha256};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

/// What the name of an image's journal has between that of the cluster's and its own.
const BETWEEN: char = '.';

/// The journal of an image that a cluster's run needs: beside the cluster's.
#[must_use]
pub fn journal_of(cluster: &Of, image: &str) -> Of {
    let mut path = cluster.journal.clone().into_os_string();
    path.push(format!("{BETWEEN}{image}"));
    Of { journal: path.into(), ..cluster.clone() }
}

/// The cluster's journal beside which an image's is; any other journal is its own.
#[must_use]
pub fn cluster_of(journal: &Path) -> PathBuf {
    let between = format!("{BETWEEN}{NODE_IMAGE_PREFIX}");
    let name = journal.to_str().and_then(|text| text.rsplit_once(&between));
    name.map_or_else(|| journal.to_owned(), |(cluster, _)| cluster.into())
}

/// The images whose journals are in files beside a cluster's.
///
/// # Errors
///
/// When the folder cannot be read.
pub fn beside(cluster: &Of) -> Result<Vec<String>, Failure> {
    let path = &cluster.journal;
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return Ok(Vec::new()) };
    if journal::in_s3(path)?.is_some() {
        return Ok(Vec::new());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let before = format!("{name}{BETWEEN}");
    let mut images = Vec::new();
    for entry in fs::read_dir(folder.unwrap_or(Path::new(".")))? {
        let file = entry?.file_name();
        let image = file.to_str().and_then(|file| file.strip_prefix(&before));
        let is_image =
            |image: &&str| image.starts_with(NODE_IMAGE_PREFIX) && !image.contains("lock");
        images.extend(image.filter(is_image).map(str::to_owned));
    }
    images.sort();
    Ok(images)
}

/// A run of an image's journal.
#[derive(Debug)]
pub struct Making<'a> {
    /// Where.
    pub cloud: &'a Cloud,
    /// Where, as its journal remembers it.
    pub site: Site,
    /// Its journal.
    pub journal: Arc<dyn Journal>,
    /// How to print.
    pub format: Format,
    /// What stops it.
    pub interrupt: &'a Interrupt,
    /// What makes ids repeat.
    pub seed: Option<u64>,
}

impl Making<'_> {
    /// Sees to it that the image of the settings is there: makes it, unless there is one of its
    /// name, and takes down what was there for its sake alone. Returns what to exit with.
    ///
    /// # Errors
    ///
    /// When it could not be begun, or nobody answers.
    pub async fn ensure(&self, settings: &ClusterSettings) -> Result<u8, Failure> {
        let name = settings.node_image_name().map_err(Failure::usage)?;
        let ledger = Ledger::of(&self.journal.read().await?);
        let images = self.cloud.node_images().await.map_err(Failure::failed)?;
        let image = images.iter().find(|image| image.name == name);
        let is_done = ledger.get(NODE_IMAGE).is_some_and(|account| account.state == State::Done);
        match (image, is_done) {
            (Some(image), _) if ledger.left().count() == usize::from(is_done) => {
                self.say(format_args!("the image {name} is there: {}", image.id));
                return Ok(code::DONE);
            }
            (None, true) => {
                return Err(Failure::usage(format_args!(
                    "the image {name} is gone, and its journal says that it was made: `hopper \
                     image remove {name}` forgets it"
                )));
            }
            _ => (),
        }
        if !is_done {
            self.say(format_args!("making the image {name}, once for all clusters like this"));
            let plan = Recipe::NodeImage.plan(&Settings::Cluster(Box::new(settings.clone())))?;
            let progress = Progress::new(self.format, self.site.backend == Backend::Mock);
            let engine = self.engine(&name, progress.clone());
            let report = engine.run(&plan).await;
            progress.finish();
            let report = match report {
                Ok(report) => report,
                Err(error) => return Err(Failure::of(&self.journal, error).await),
            };
            if report.outcome != Outcome::Done {
                Summary::of(&report, self.cloud, 0).print(self.format);
                say_what_next(self.format, &report, Path::new(&name), false);
                return Ok(exit_code(&report, Outcome::Done, self.interrupt.came()));
            }
            self.say(format_args!("made it in {}", self.cloud.took(&report)));
        }
        self.tidy(&name).await
    }

    /// Takes down all but the image.
    async fn tidy(&self, name: &str) -> Result<u8, Failure> {
        let progress = Progress::new(self.format, self.site.backend == Backend::Mock);
        let report = self.engine(name, progress.clone()).skip(NODE_IMAGE).undo().await;
        progress.finish();
        let report = match report {
            Ok(report) => report,
            Err(error) => return Err(Failure::of(&self.journal, error).await),
        };
        let others = report.left.iter().filter(|left| left.name != NODE_IMAGE).count();
        if others != 0 {
            Summary::of(&report, self.cloud, 0).print(self.format);
            return Ok(exit_code(&report, Outcome::Undone, self.interrupt.came()));
        }
        self.say(format_args!(
            "took down what was there for its sake in {}",
            self.cloud.took(&report)
        ));
        Ok(code::DONE)
    }

    /// Takes down what of an image's run is no use: all of it if `is_all`, or if there is no image
    /// yet; else all but the image. Returns what to exit with, and whether the image is kept.
    ///
    /// # Errors
    ///
    /// When it could not be begun.
    pub async fn settle(&self, name: &str, is_all: bool) -> Result<(u8, bool), Failure> {
        let ledger = Ledger::of(&self.journal.read().await?);
        let is_done = ledger.get(NODE_IMAGE).is_some_and(|account| account.state == State::Done);
        Ok(match ledger.left().count() {
            0 => (code::DONE, false),
            _ if is_all || !is_done => (self.remove(name).await?, false),
            1 => (code::DONE, true),
            _ => (self.tidy(name).await?, true),
        })
    }

    /// Removes the image, and all that its run has left.
    ///
    /// # Errors
    ///
    /// When it could not be begun.
    pub async fn remove(&self, name: &str) -> Result<u8, Failure> {
        let progress = Progress::new(self.format, self.site.backend == Backend::Mock);
        let report = self.engine(name, progress.clone()).undo().await;
        progress.finish();
        let report = match report {
            Ok(report) => report,
            Err(error) => return Err(Failure::of(&self.journal, error).await),
        };
        match report.outcome {
            Outcome::Undone => self.say(format_args!("removed the image {name}")),
            _ => Summary::of(&report, self.cloud, 0).print(self.format),
        }
        Ok(exit_code(&report, Outcome::Undone, self.interrupt.came()))
    }

    fn engine(&self, name: &str, progress: Progress) -> Engine {
        // Another run than the cluster's, in the same world.
        let hash: [u8; 32] = Sha256::digest(name).into();
        let hash = hash.iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte));
        let mock = (self.site.backend == Backend::Mock).then_some(crate::cloud::MOCK_SEED);
        let seed = self.seed.or(mock).map(|seed| seed ^ hash);
        let engine = self.cloud.engine(self.journal.clone(), progress, seed);
        let site = Site { recipe: Recipe::NodeImage, ..self.site.clone() };
        site.remembered(engine.cancel(self.interrupt.cancel()))
    }

    fn say(&self, what: impl std::fmt::Display) {
        if self.format == Format::Text {
            say(what);
        }
    }
}

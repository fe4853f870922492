//! [`Recipe`]: what can be made, and with which settings.

use crate::{
    failure::Failure,
    site::{Backend, Site},
};
use clap::ValueEnum;
use hopper_aws::{
    recipes,
    settings::{ChapterSettings, EXAMPLE_PUBLIC_KEY},
};
use hopper_core::{Plan, Workflow};
use std::path::Path;

/// What can be made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Recipe {
    /// The chapter's cluster: network, bastion, roles, node image, master and workers
    #[default]
    Chapter,
}

impl Recipe {
    /// The plan of this recipe with these settings.
    ///
    /// # Errors
    ///
    /// Every setting that cannot be right.
    pub fn plan(self, settings: &ChapterSettings) -> Result<Plan, Failure> {
        match self {
            Self::Chapter => {
                let w = Workflow::new(&*settings.name);
                recipes::chapter(&w, settings).map_err(Failure::usage)?;
                w.plan().map_err(Failure::usage)
            }
        }
    }
}

/// The settings in a TOML file, or the recipe's own without one.
///
/// # Errors
///
/// When the file cannot be read, and every setting in it that cannot be right.
pub fn settings(file: Option<&Path>) -> Result<ChapterSettings, Failure> {
    let Some(file) = file else { return Ok(ChapterSettings::default()) };
    ChapterSettings::read(file)
        .map_err(|error| Failure::usage(format_args!("{}: {error}", file.display())))
}

/// Whether somebody can log in to what the settings make on the real AWS.
///
/// # Errors
///
/// When the public key is the example, to which nobody has the private one.
pub fn has_own_key(settings: &ChapterSettings, site: &Site) -> Result<(), Failure> {
    let is_real = site.backend == Backend::Aws && site.endpoint_url.is_none();
    if is_real && settings.public_key == EXAMPLE_PUBLIC_KEY {
        return Err(Failure::usage(
            "nobody has the private half of the example's public key: set public_key to your own, \
             e.g. the line in ~/.ssh/id_ed25519.pub, in a file and give it with --config",
        ));
    }
    Ok(())
}

/// Whether the settings fit the region.
///
/// # Errors
///
/// When their zone lies in another one.
pub fn fits(settings: &ChapterSettings, region: Option<&str>) -> Result<(), Failure> {
    let zone = &settings.network.zone;
    match region {
        Some(region) if !zone.starts_with(region) => Err(Failure::usage(format_args!(
            "the zone {zone} is not in the region {region}: set network.zone in a file and give \
             it with --config, or choose the region with --region"
        ))),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_file_says_the_defaults() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("chapter.toml");
        assert_eq!(settings(Some(&file)).unwrap(), ChapterSettings::default());
    }

    #[test]
    fn the_example_key_is_for_simulators_only() {
        let settings = ChapterSettings::default();
        let real = Site { backend: Backend::Aws, ..Site::default() };
        assert!(has_own_key(&settings, &real).is_err());
        let endpoint_url = Some("http://127.0.0.1:5000".to_owned());
        assert!(has_own_key(&settings, &Site { endpoint_url, ..real.clone() }).is_ok());
        assert!(has_own_key(&settings, &Site::default()).is_ok());
        let own = ChapterSettings { public_key: "ssh-ed25519 mine".to_owned(), ..settings };
        assert!(has_own_key(&own, &real).is_ok());
    }
}

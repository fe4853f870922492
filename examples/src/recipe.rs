//! [`Recipe`]: what can be made, and with which settings.

use crate::failure::Failure;
use clap::ValueEnum;
use hopper_aws::{recipes, settings::ChapterSettings};
use hopper_core::{Plan, Workflow};
use std::path::Path;

/// What can be made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Recipe {
    /// A private network and a bastion, as the chapter builds them
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

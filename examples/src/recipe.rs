//! [`Recipe`]: what can be made, and with which [`Settings`].

use crate::{
    failure::Failure,
    site::{Backend, Site},
};
use clap::ValueEnum;
use hopper_aws::{
    recipes,
    settings::{ChapterSettings, ClusterSettings, EXAMPLE_ADDRESS, EXAMPLE_PUBLIC_KEY},
    testing::{operator_public_key, simulated},
};
use hopper_core::{Plan, Workflow};
use std::path::Path;

/// What can be made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Recipe {
    /// Kubernetes as one builds it today, inside and out: private machines behind a bastion, a
    /// control plane, workers that join by themselves, a page that answers
    #[default]
    Cluster,
    /// The image that the nodes of such a cluster start from
    NodeImage,
    /// The chapter's cluster as it was in 2018, inside and out; for a simulator, for what it is
    /// downloaded from is gone
    Chapter,
    /// The chapter's machines, with nothing inside: network, bastion, roles, node image, master and
    /// workers
    ChapterMachines,
}

/// The settings of a recipe.
#[derive(Clone, Debug, PartialEq)]
pub enum Settings {
    /// Of a cluster, and of the image of its nodes.
    Cluster(Box<ClusterSettings>),
    /// Of the chapter's.
    Chapter(Box<ChapterSettings>),
}

impl Recipe {
    /// The settings in a TOML file, or the recipe's own without one.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, and every setting in it that cannot be right.
    pub fn settings(self, file: Option<&Path>) -> Result<Settings, Failure> {
        let Some(file) = file else {
            return Ok(match self {
                Self::Chapter | Self::ChapterMachines => Settings::Chapter(Box::default()),
                Self::Cluster | Self::NodeImage => Settings::Cluster(Box::default()),
            });
        };
        let read = match self {
            Self::Chapter | Self::ChapterMachines => {
                ChapterSettings::read(file).map(Box::new).map(Settings::Chapter)
            }
            Self::Cluster | Self::NodeImage => {
                ClusterSettings::read(file).map(Box::new).map(Settings::Cluster)
            }
        };
        read.map_err(|error| Failure::usage(format_args!("{}: {error}", file.display())))
    }

    /// The plan of this recipe with these settings.
    ///
    /// # Errors
    ///
    /// Every setting that cannot be right.
    pub fn plan(self, settings: &Settings) -> Result<Plan, Failure> {
        let w = match (self, settings) {
            (Self::NodeImage, Settings::Cluster(settings)) => {
                let w = Workflow::new(settings.node_image_name().map_err(Failure::usage)?);
                recipes::node_image_workflow(&w, settings).map_err(Failure::usage)?;
                w
            }
            (_, Settings::Cluster(settings)) => {
                let w = Workflow::new(&*settings.name);
                recipes::cluster(&w, settings).map_err(Failure::usage)?;
                w
            }
            (Self::ChapterMachines, Settings::Chapter(settings)) => {
                let w = Workflow::new(&*settings.name);
                recipes::chapter_machines(&w, settings).map_err(Failure::usage)?;
                w
            }
            (_, Settings::Chapter(settings)) => {
                let w = Workflow::new(&*settings.name);
                recipes::chapter(&w, settings).map_err(Failure::usage)?;
                w
            }
        };
        w.plan().map_err(Failure::usage)
    }
}

impl Settings {
    /// The same, for a simulator: its internet has stand-ins for what is really there, whose
    /// checksums are others, and where only the example's key would open machines, its operator's
    /// does.
    #[must_use]
    pub fn simulated(self) -> Self {
        match self {
            Self::Cluster(settings) => Self::Cluster(Box::new(simulated(*settings))),
            Self::Chapter(mut settings) => {
                if settings.public_key == EXAMPLE_PUBLIC_KEY {
                    settings.public_key = operator_public_key();
                }
                Self::Chapter(settings)
            }
        }
    }

    fn public_key(&self) -> &str {
        match self {
            Self::Cluster(settings) => &settings.public_key,
            Self::Chapter(settings) => &settings.public_key,
        }
    }

    /// Whether somebody can log in to what the settings make on the real AWS.
    ///
    /// # Errors
    ///
    /// When the public key is the example, to which nobody has the private one, or nobody may come
    /// in from where one is.
    pub fn is_ones_own(&self, site: &Site) -> Result<(), Failure> {
        let is_real = site.backend == Backend::Aws && site.endpoint_url.is_none();
        if is_real && self.public_key() == EXAMPLE_PUBLIC_KEY {
            return Err(Failure::usage(
                "nobody has the private half of the example's public key: set public_key to your \
                 own, e.g. the line in ~/.ssh/id_ed25519.pub, in a file and give it with --config",
            ));
        }
        let from = match self {
            Self::Cluster(settings) => Some(settings.ssh_from),
            Self::Chapter(_) => None,
        };
        if is_real && from == Some(EXAMPLE_ADDRESS) {
            return Err(Failure::usage(
                "nobody comes from the example's address: set ssh_from to your own, e.g. \
                 \"203.0.113.7/32\", in a file and give it with --config",
            ));
        }
        Ok(())
    }

    /// Whether the settings fit the region.
    ///
    /// # Errors
    ///
    /// When their zone lies in another one.
    pub fn fit(&self, region: Option<&str>) -> Result<(), Failure> {
        let (zone, field) = match self {
            Self::Cluster(settings) => (settings.network.zones.first(), "network.zones"),
            Self::Chapter(settings) => (Some(&settings.network.zone), "network.zone"),
        };
        match (region, zone) {
            (Some(region), Some(zone)) if !zone.starts_with(region) => {
                Err(Failure::usage(format_args!(
                    "the zone {zone} is not in the region {region}: set {field} in a file and \
                     give it with --config, or choose the region with --region"
                )))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_files_say_the_defaults() {
        for (recipe, file) in [(Recipe::Chapter, "chapter.toml"), (Recipe::Cluster, "cluster.toml")]
        {
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
            let defaults = recipe.settings(None).unwrap();
            assert_eq!(recipe.settings(Some(&file)).unwrap(), defaults, "{recipe:?}");
        }
    }

    #[test]
    fn the_examples_are_for_simulators_only() {
        let real = Site { backend: Backend::Aws, ..Site::default() };
        let endpoint_url = Some("http://127.0.0.1:5000".to_owned());
        let other = Site { endpoint_url, ..real.clone() };
        for recipe in [Recipe::Chapter, Recipe::Cluster] {
            let settings = recipe.settings(None).unwrap();
            assert!(settings.is_ones_own(&real).is_err());
            assert!(settings.is_ones_own(&other).is_ok());
            assert!(settings.is_ones_own(&Site::default()).is_ok());
        }
        let public_key = "ssh-ed25519 mine".to_owned();
        let own = ChapterSettings { public_key: public_key.clone(), ..ChapterSettings::default() };
        assert!(Settings::Chapter(Box::new(own)).is_ones_own(&real).is_ok());
        let own = ClusterSettings { public_key, ..ClusterSettings::default() };
        let refused = Settings::Cluster(Box::new(own)).is_ones_own(&real).unwrap_err();
        assert!(refused.message.contains("set ssh_from"), "{refused}");
    }
}

//! [`ChapterSettings`]: the settings of the recipe `chapter`.

use super::{
    bastion::BastionSettings,
    network::NetworkSettings,
    problem::{Problem, Problems, SettingsError},
};
use crate::{PublicKey, Tags};
use serde::{Deserialize, Serialize};
use std::{fs, path::Path};

/// An example of a public key. Its private half was thrown away, so nobody can log in with it:
/// good for a simulator, and of no use on AWS.
pub const EXAMPLE_PUBLIC_KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIN+69qqKSv4S/E3cwOPebUo1JnnRp5vfaMhRInrupHMq";

/// The settings of the recipe `chapter`, with the chapter's own values as defaults.
///
/// ```
/// use hopper_aws::settings::ChapterSettings;
///
/// let settings = ChapterSettings::from_toml(
///     r#"
///     name = "lab"
///     [network]
///     zone = "eu-west-1b"
///     "#,
/// )?;
/// assert_eq!(settings.network.cidr.to_string(), "10.0.0.0/16");
///
/// let wrong = ChapterSettings::from_toml("network.public_cidr = '10.1.0.0/20'").unwrap_err();
/// assert_eq!(
///     wrong.to_string(),
///     "network.public_cidr: 10.1.0.0/20 is not within network.cidr 10.0.0.0/16"
/// );
/// # Ok::<(), hopper_aws::settings::SettingsError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChapterSettings {
    /// The cluster's name: the workflow's, and part of names and tags.
    pub name: String,
    /// The name of the key pair.
    pub key_name: String,
    /// The public key to import under that name, as in `~/.ssh/id_ed25519.pub`; ed25519 or RSA.
    pub public_key: String,
    /// Tags to put on everything.
    pub tags: Tags,
    /// The network.
    pub network: NetworkSettings,
    /// The bastion.
    pub bastion: BastionSettings,
}

/// The chapter's, and [`EXAMPLE_PUBLIC_KEY`].
impl Default for ChapterSettings {
    fn default() -> Self {
        Self {
            name: "hopper".to_owned(),
            key_name: "eds_laptop".to_owned(),
            public_key: EXAMPLE_PUBLIC_KEY.to_owned(),
            tags: Tags::new(),
            network: NetworkSettings::default(),
            bastion: BastionSettings::default(),
        }
    }
}

impl ChapterSettings {
    /// Reads settings from TOML; what is left out keeps its default.
    ///
    /// # Errors
    ///
    /// When it is no TOML, has a setting that does not exist, or settings that cannot be right:
    /// then all of them are named.
    pub fn from_toml(text: &str) -> Result<Self, SettingsError> {
        let settings: Self = toml::from_str(text)?;
        settings.checked()?;
        Ok(settings)
    }

    /// Whether all of them can be right.
    pub(crate) fn checked(&self) -> Result<(), SettingsError> {
        let problems = self.problems();
        match problems.is_empty() {
            true => Ok(()),
            false => Err(SettingsError::Wrong(problems)),
        }
    }

    /// Reads settings from a TOML file.
    ///
    /// # Errors
    ///
    /// As [`from_toml`](Self::from_toml), and when the file cannot be read.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, SettingsError> {
        let path = path.as_ref();
        let text = fs::read_to_string(path)
            .map_err(|source| SettingsError::Unreadable { path: path.to_owned(), source })?;
        Self::from_toml(&text)
    }

    /// Everything that cannot be right.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Problems::default();
        let legal = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        problems.check(
            !self.name.is_empty() && self.name.len() <= 64 && self.name.chars().all(legal),
            "name",
            format_args!("`{}` is not 1 to 64 letters, digits, `-` and `_`", self.name),
        );
        // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ImportKeyPair.html
        problems.check(
            !self.key_name.is_empty() && self.key_name.len() <= 255 && self.key_name.is_ascii(),
            "key_name",
            "is not 1 to 255 ASCII characters",
        );
        if let Err(why) = self.public_key.parse::<PublicKey>() {
            problems.check(false, "public_key", why);
        }
        for (key, _) in self.tags.iter() {
            problems.check(
                !key.starts_with("aws:") && !key.starts_with("hopper:"),
                "tags",
                format_args!("`{key}` begins with a prefix that is not yours"),
            );
        }
        self.network.check(&mut problems);
        self.bastion.check(&mut problems);
        problems.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_right() {
        assert_eq!(ChapterSettings::default().problems(), []);
        assert_eq!(ChapterSettings::from_toml("").unwrap(), ChapterSettings::default());
    }

    #[test]
    fn every_mistake_is_told_at_once() {
        let wrong = ChapterSettings::from_toml(
            r#"
            name = "a b"
            public_key = "ssh-rsa garbage"
            [network]
            zone = "nowhere"
            cidr = "10.0.0.0/8"
            public_cidr = "10.0.0.0/24"
            [bastion]
            instance_type = "big"
            image_owner = "canonical"
            "#,
        );
        let SettingsError::Wrong(problems) = wrong.unwrap_err() else { panic!("not as expected") };
        let fields: Vec<&str> = problems.iter().map(|p| p.field.as_str()).collect();
        assert_eq!(
            fields,
            [
                "name",
                "public_key",
                "network.zone",
                "network.cidr",
                "network.public_cidr",
                "bastion.instance_type",
                "bastion.image_owner",
            ]
        );
    }

    #[test]
    fn an_unknown_setting_is_refused_by_name() {
        let wrong = ChapterSettings::from_toml("[network]\nzones = 3").unwrap_err();
        assert!(wrong.to_string().contains("unknown field `zones`"), "{wrong}");
    }
}

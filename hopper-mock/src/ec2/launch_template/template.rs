//! [`LaunchTemplate`]: the record.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::LaunchTemplateData;
use crate::Time;
use crate::ec2::tag_specification::tag_set;
use crate::iam::CALLER;
use crate::wire::Xml;
use crate::world::{Kind, Resource, Tags, World};

/// A launch template with its versions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunchTemplate {
    /// Its id.
    pub id: String,
    /// Its name, unique in the region.
    pub name: String,
    /// When it was made.
    pub create_time: Time,
    /// The version that counts where none is named.
    pub default_version: u64,
    /// The number given last. Numbers of deleted versions are not given again.
    pub last_number: u64,
    /// Its versions by number.
    pub versions: BTreeMap<u64, LaunchTemplateVersion>,
    /// Its tags.
    pub tags: Tags,
}

/// A version of a launch template. It never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunchTemplateVersion {
    /// What it is for.
    pub description: Option<String>,
    /// When it was made.
    pub create_time: Time,
    /// What its instances shall be.
    #[serde(serialize_with = "super::data::members")]
    pub data: LaunchTemplateData,
}

impl LaunchTemplate {
    /// The greatest number a version has.
    pub fn latest_version(&self) -> u64 {
        self.versions.last_key_value().map_or(self.last_number, |(number, _)| *number)
    }

    /// How describes show it.
    pub(super) fn show(&self, world: &World) -> Xml {
        self.names()
            .text("createTime", self.create_time)
            .text("createdBy", creator(world))
            .text("defaultVersionNumber", self.default_version)
            .text("latestVersionNumber", self.latest_version())
            .and(tag_set(&self.tags))
    }

    /// How describes show one of its versions.
    pub(super) fn show_version(
        &self,
        world: &World,
        number: u64,
        version: &LaunchTemplateVersion,
    ) -> Xml {
        self.names()
            .text("versionNumber", number)
            .opt("versionDescription", version.description.as_ref())
            .text("createTime", version.create_time)
            .text("createdBy", creator(world))
            .text("defaultVersion", number == self.default_version)
            .node("launchTemplateData", version.data.show())
    }

    /// How every answer names it.
    pub(super) fn names(&self) -> Xml {
        Xml::new().text("launchTemplateId", &self.id).text("launchTemplateName", &self.name)
    }
}

fn creator(world: &World) -> String {
    format!("arn:aws:iam::{}:user/{CALLER}", world.account)
}

impl Resource for LaunchTemplate {
    const KIND: Kind = Kind {
        name: "launch-template",
        prefix: "lt",
        noun: "launch template ID",
        malformed: "InvalidLaunchTemplateId.Malformed",
        missing: "InvalidLaunchTemplateId.NotFound",
    };

    fn table(world: &World) -> &BTreeMap<String, Self> {
        &world.ec2.launch_templates
    }

    fn table_mut(world: &mut World) -> &mut BTreeMap<String, Self> {
        &mut world.ec2.launch_templates
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn tags(&self) -> &Tags {
        &self.tags
    }

    fn tags_mut(&mut self) -> &mut Tags {
        &mut self.tags
    }
}

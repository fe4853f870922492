//! `CreateLaunchTemplate` and `CreateLaunchTemplateVersion`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::specification::{check_name, template};
use super::{LaunchTemplate, LaunchTemplateData, LaunchTemplateVersion};
use crate::ec2::tag_specification::{TagSpecification, tags_for};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::{Resource as _, World};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct CreateLaunchTemplate {
    launch_template_name: String,
    version_description: Option<String>,
    launch_template_data: LaunchTemplateData,
    #[serde(default, rename = "TagSpecification")]
    tag_specifications: Vec<TagSpecification>,
}

/// Makes a template with version 1, which is its default one.
pub(crate) fn create(world: &mut World, input: &CreateLaunchTemplate) -> Result<String, AwsError> {
    let name = &input.launch_template_name;
    check_name(name)?;
    let kind = &LaunchTemplate::KIND;
    let tags = tags_for(world, &input.tag_specifications, kind, &[kind])?;
    let version =
        version(world, input.version_description.as_deref(), &input.launch_template_data)?;
    if world.ec2.launch_templates.values().any(|template| template.name == *name) {
        return Err(AwsError::new(
            "InvalidLaunchTemplateName.AlreadyExistsException",
            "Launch template name already in use.",
        ));
    }
    if world.settings().quotas.launch_templates <= world.ec2.launch_templates.len() {
        return Err(AwsError::new(
            "MaxTemplateLimitExceeded",
            "Account has already reached max permitted templates",
        ));
    }
    let id = world.new_id::<LaunchTemplate>();
    let create_time = world.now;
    world.add(LaunchTemplate {
        id: id.clone(),
        name: name.clone(),
        create_time,
        default_version: 1,
        last_number: 1,
        versions: BTreeMap::from([(1, version)]),
        tags,
    });
    Ok(id)
}

/// Answers with a template.
pub(crate) fn shown(world: &World, id: &str) -> Answer {
    let template = world.ec2.launch_templates.get(id);
    let template = template.ok_or_else(|| LaunchTemplate::KIND.not_found(id))?;
    Ok(Xml::new().node("launchTemplate", template.show(world)))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct CreateLaunchTemplateVersion {
    launch_template_id: Option<String>,
    launch_template_name: Option<String>,
    source_version: Option<String>,
    version_description: Option<String>,
    launch_template_data: Option<LaunchTemplateData>,
    /// Images are named by their ids, so there is nothing to resolve.
    #[serde(default, rename = "ResolveAlias")]
    _resolve_alias: bool,
}

/// Makes another version, of another one or of the data alone, and gives the id of the template
/// and the number of the version.
pub(crate) fn create_version(
    world: &mut World,
    input: &CreateLaunchTemplateVersion,
) -> Result<String, AwsError> {
    let (id, name) = (input.launch_template_id.as_deref(), input.launch_template_name.as_deref());
    let found = template(world, id, name)?;
    let data = match (&input.source_version, input.launch_template_data.clone()) {
        (None, None) => return Err(AwsError::missing("LaunchTemplateData")),
        (None, Some(data)) => data,
        (Some(source), data) => {
            data.unwrap_or_default().over(found.version(source)?.1.data.clone().without_snapshots())
        }
    };
    let id = found.id.clone();
    let n_versions = found.versions.len();
    let version = version(world, input.version_description.as_deref(), &data)?;
    if world.settings().quotas.versions_per_launch_template <= n_versions {
        return Err(AwsError::new(
            "MaxTemplateVersionLimitExceeded",
            "The launch template has already reached max permitted versions",
        ));
    }
    let found = world.find_mut::<LaunchTemplate>(&id)?;
    found.last_number += 1;
    found.versions.insert(found.last_number, version);
    Ok(format!("{id} {}", found.last_number))
}

/// Answers with a version.
pub(crate) fn version_shown(world: &World, made: &str) -> Answer {
    let (id, number) = made.split_once(' ').unwrap_or((made, ""));
    let found = template(world, Some(id), None)?;
    let (number, version) = found.version(number)?;
    let shown = found.show_version(world, number, version);
    Ok(Xml::new().node("launchTemplateVersion", shown))
}

fn version(
    world: &World,
    description: Option<&str>,
    data: &LaunchTemplateData,
) -> Result<LaunchTemplateVersion, AwsError> {
    if let Some(text) = description.filter(|text| 255 < text.chars().count()) {
        return Err(AwsError::invalid_value("versionDescription", text, "It is too long."));
    }
    data.check(world)?;
    Ok(LaunchTemplateVersion {
        description: description.map(str::to_owned),
        create_time: world.now,
        data: data.clone(),
    })
}

impl LaunchTemplateData {
    /// What a new version takes over: "Snapshots applied to the block device mapping are ignored
    /// when creating a new version unless they are explicitly included" (API reference).
    fn without_snapshots(mut self) -> Self {
        for ebs in self.mappings.iter_mut().filter_map(|mapping| mapping.ebs.as_mut()) {
            ebs.snapshot_id = None;
        }
        self
    }
}

//! `ModifyLaunchTemplate`, `DeleteLaunchTemplate` and `DeleteLaunchTemplateVersions`.

use serde::Deserialize;

use super::LaunchTemplate;
use super::specification::{number, template};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::World;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ModifyLaunchTemplate {
    launch_template_id: Option<String>,
    launch_template_name: Option<String>,
    set_default_version: Option<String>,
}

/// Makes another version the default one, and gives the id of the template.
pub(crate) fn modify(world: &mut World, input: &ModifyLaunchTemplate) -> Result<String, AwsError> {
    let (id, name) = (input.launch_template_id.as_deref(), input.launch_template_name.as_deref());
    let found = template(world, id, name)?;
    let id = found.id.clone();
    let Some(wanted) = &input.set_default_version else {
        return Err(AwsError::missing("SetDefaultVersion"));
    };
    let (number, _) = found.version(wanted)?;
    world.find_mut::<LaunchTemplate>(&id)?.default_version = number;
    Ok(id)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DeleteLaunchTemplate {
    launch_template_id: Option<String>,
    launch_template_name: Option<String>,
}

/// Deletes a template with all its versions. What was launched from it stays.
pub(crate) fn delete(world: &mut World, input: &DeleteLaunchTemplate) -> Answer {
    let (id, name) = (input.launch_template_id.as_deref(), input.launch_template_name.as_deref());
    let found = template(world, id, name)?;
    let answer = Xml::new().node("launchTemplate", found.show(world));
    let id = found.id.clone();
    world.ec2.launch_templates.remove(&id);
    Ok(answer)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DeleteLaunchTemplateVersions {
    launch_template_id: Option<String>,
    launch_template_name: Option<String>,
    #[serde(rename = "LaunchTemplateVersion")]
    versions: Vec<String>,
}

/// Deletes versions, each on its own. The default one stays.
pub(crate) fn delete_versions(world: &mut World, input: &DeleteLaunchTemplateVersions) -> Answer {
    if 200 < input.versions.len() {
        let why = "Up to 200 versions can be deleted in one request.";
        let n = input.versions.len();
        return Err(AwsError::invalid_value("LaunchTemplateVersion", n, why));
    }
    let numbers = input.versions.iter().map(|text| number(text)).collect::<Result<Vec<_>, _>>()?;
    let (id, name) = (input.launch_template_id.as_deref(), input.launch_template_name.as_deref());
    let found = template(world, id, name)?;
    let (names, default) = (found.names(), found.default_version);
    let id = found.id.clone();
    let found = world.find_mut::<LaunchTemplate>(&id)?;
    let (mut deleted, mut kept) = (Vec::new(), Vec::new());
    for number in numbers {
        let item = names.clone().text("versionNumber", number);
        let refused = if number == default {
            Some(("unexpectedError", "The default version cannot be deleted"))
        } else if found.versions.remove(&number).is_none() {
            Some(("launchTemplateVersionDoesNotExist", "The version does not exist"))
        } else {
            None
        };
        match refused {
            None => deleted.push(item),
            Some((code, message)) => {
                let error = Xml::new().text("code", code).text("message", message);
                kept.push(item.node("responseError", error));
            }
        }
    }
    Ok(Xml::new()
        .list("successfullyDeletedLaunchTemplateVersionSet", deleted)
        .list("unsuccessfullyDeletedLaunchTemplateVersionSet", kept))
}

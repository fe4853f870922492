//! [`LaunchTemplateSpecification`]: which template and which version a request means.

use serde::Deserialize;

use super::{LaunchTemplate, LaunchTemplateData, LaunchTemplateVersion};
use crate::wire::AwsError;
use crate::world::{Resource as _, Tags, World};

/// A template by its id or its name, and a version of it: a number, `$Latest` or `$Default`;
/// the default one where none is named.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
pub(crate) struct LaunchTemplateSpecification {
    pub(crate) launch_template_id: Option<String>,
    pub(crate) launch_template_name: Option<String>,
    pub(crate) version: Option<String>,
}

/// A version of a template that was found.
#[derive(Clone, Debug)]
pub(crate) struct Resolved {
    /// The id of the template.
    pub(crate) id: String,
    /// Its name.
    pub(crate) name: String,
    /// The number of the version.
    pub(crate) version: u64,
    /// What its instances shall be.
    pub(crate) data: LaunchTemplateData,
}

impl Resolved {
    /// The tags EC2 puts on instances launched from it ("Launch an instance from a launch
    /// template", EC2 user guide).
    pub(crate) fn tags(&self) -> Tags {
        Tags::from([
            ("aws:ec2launchtemplate:id".to_owned(), self.id.clone()),
            ("aws:ec2launchtemplate:version".to_owned(), self.version.to_string()),
        ])
    }
}

impl LaunchTemplateSpecification {
    /// The version it means, with its data: what Auto Scaling and `RunInstances` launch from.
    ///
    /// # Errors
    /// A template or a version that is not there, under the codes of launch templates.
    pub(crate) fn resolve(&self, world: &World) -> Result<Resolved, AwsError> {
        let id = self.launch_template_id.as_deref();
        let template = template(world, id, self.launch_template_name.as_deref())?;
        let (version, found) = template.version(self.version.as_deref().unwrap_or("$Default"))?;
        Ok(Resolved {
            id: template.id.clone(),
            name: template.name.clone(),
            version,
            data: found.data.clone(),
        })
    }
}

/// The template a request names by its id or by its name.
///
/// # Errors
/// Both of them, neither, or one of no template.
pub(super) fn template<'a>(
    world: &'a World,
    id: Option<&str>,
    name: Option<&str>,
) -> Result<&'a LaunchTemplate, AwsError> {
    match (id, name) {
        (Some(id), None) => world.find(id),
        (None, Some(name)) => named(world, name),
        (Some(_), Some(_)) => Err(AwsError::new(
            "InvalidParameterCombination",
            "A launch template ID and a launch template name may not be given together",
        )),
        (None, None) => Err(AwsError::missing("LaunchTemplateId or LaunchTemplateName")),
    }
}

/// The template with this name.
pub(super) fn named<'a>(world: &'a World, name: &str) -> Result<&'a LaunchTemplate, AwsError> {
    check_name(name)?;
    let mut templates = world.ec2.launch_templates.values();
    templates.find(|template| template.name == name && world.sees(template.id())).ok_or_else(|| {
        let why =
            format!("The specified launch template, with template name {name}, does not exist.");
        AwsError::new("InvalidLaunchTemplateName.NotFoundException", why)
    })
}

/// Refuses what cannot be a name: 3 to 128 letters, digits and `().-/_` (the service model).
pub(super) fn check_name(name: &str) -> Result<(), AwsError> {
    let is_good = |c: char| c.is_ascii_alphanumeric() || "().-/_".contains(c);
    if (3..=128).contains(&name.len()) && name.chars().all(is_good) {
        return Ok(());
    }
    Err(AwsError::new(
        "InvalidLaunchTemplateName.MalformedException",
        "A launch template name must be between 3 and 128 characters, and may contain letters, \
         numbers, and the following characters: - ( ) . / _.",
    ))
}

/// Reads the number of a version.
pub(super) fn number(text: &str) -> Result<u64, AwsError> {
    text.parse().map_err(|_| {
        AwsError::invalid_value("version", text, "It must be a number, $Latest or $Default.")
    })
}

impl LaunchTemplate {
    /// The version a text means, with its number.
    pub(super) fn version(&self, text: &str) -> Result<(u64, &LaunchTemplateVersion), AwsError> {
        let number = match text {
            "$Latest" => self.latest_version(),
            "$Default" => self.default_version,
            text => number(text)?,
        };
        let found = self.versions.get(&number).ok_or_else(|| {
            let id = &self.id;
            AwsError::new(
                "InvalidLaunchTemplateId.VersionNotFound",
                format!(
                    "Could not find the specified version {number} for the launch template with \
                     ID {id}."
                ),
            )
        })?;
        Ok((number, found))
    }
}

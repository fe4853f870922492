//! [`LaunchSource`]: what the instances of a group are launched from.

use serde::{Deserialize, Serialize};

use super::error::{no_launch_configuration, validation};
use crate::ec2::Subnet;
use crate::ec2::instance::LaunchRequest;
use crate::ec2::launch_template::LaunchTemplateData;
use crate::wire::{AwsError, Xml};
use crate::world::{Tags, World};

/// A launch configuration by its name, or a launch template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LaunchSource {
    /// A launch configuration.
    LaunchConfiguration {
        /// Its name.
        name: String,
    },
    /// A launch template.
    LaunchTemplate {
        /// Its id, if the group knows it.
        id: Option<String>,
        /// Its name, if the group knows it.
        name: Option<String>,
        /// A number, `$Latest` or `$Default`.
        version: String,
    },
}

/// A launch template in a request.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct TemplateRequest {
    launch_template_id: Option<String>,
    launch_template_name: Option<String>,
    version: Option<String>,
}

/// The source a request names, which exists.
///
/// # Errors
/// Two sources, or one that does not exist.
pub(super) fn read(
    world: &World,
    launch_configuration: Option<&str>,
    template: Option<&TemplateRequest>,
) -> Result<Option<LaunchSource>, AwsError> {
    match (launch_configuration, template) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) => Err(one_source()),
        (Some(name), None) if world.autoscaling.launch_configurations.contains_key(name) => {
            Ok(Some(LaunchSource::LaunchConfiguration { name: name.to_owned() }))
        }
        (Some(name), None) => Err(no_launch_configuration(name)),
        (None, Some(request)) => request.read().map(Some),
    }
}

/// The refusal of no source, or of several.
pub(super) fn one_source() -> AwsError {
    validation(
        "Valid requests must contain either launchTemplate, LaunchConfigurationName, InstanceId or \
         MixedInstancesPolicy parameter.",
    )
}

impl TemplateRequest {
    fn read(&self) -> Result<LaunchSource, AwsError> {
        if self.launch_template_id.is_some() == self.launch_template_name.is_some() {
            return Err(validation(
                "Valid requests must contain either LaunchTemplateId or LaunchTemplateName",
            ));
        }
        Ok(LaunchSource::LaunchTemplate {
            id: self.launch_template_id.clone(),
            name: self.launch_template_name.clone(),
            version: self.version.clone().unwrap_or_else(|| "$Default".to_owned()),
        })
    }
}

impl LaunchSource {
    /// Launches an instance into a subnet, with tags, and gives its id.
    ///
    /// # Errors
    /// What `RunInstances` refuses, or a source that is gone.
    pub(super) fn launch(
        &self,
        world: &mut World,
        subnet_id: &str,
        tags: Tags,
    ) -> Result<String, AwsError> {
        let request = LaunchRequest { aws_tags: tags, ..LaunchRequest::one(self.data(world)?) };
        let launched = request.place(subnet_id).start(world)?;
        let nothing = || AwsError::new("InternalError", "An internal error has occurred");
        launched.into_iter().next().ok_or_else(nothing)
    }

    /// What an instance shall be.
    fn data(&self, world: &World) -> Result<LaunchTemplateData, AwsError> {
        match self {
            Self::LaunchConfiguration { name } => {
                let found = world.autoscaling.launch_configurations.get(name);
                found.ok_or_else(|| no_launch_configuration(name))?.data()
            }
            Self::LaunchTemplate { id, name, .. } => {
                let (what, which) = match id {
                    Some(id) => ("ID", id.clone()),
                    None => ("name", name.clone().unwrap_or_default()),
                };
                Err(validation(format!(
                    "The specified launch template, with template {what} {which}, does not exist."
                )))
            }
        }
    }

    /// Refuses a template that EC2 would not launch from. AWS tries it with a dry run; here it is
    /// tried in a copy of the world, and only lack of capacity is no obstacle.
    pub(super) fn check(&self, world: &World, subnet: &Subnet) -> Result<(), AwsError> {
        if matches!(self, Self::LaunchConfiguration { .. }) {
            return Ok(());
        }
        match self.launch(&mut world.clone(), &subnet.id, Tags::new()) {
            Err(error) if !is_lack(&error) => Err(validation(format!(
                "You must use a valid fully-formed launch template. {}",
                error.message
            ))),
            _ => Ok(()),
        }
    }

    /// How groups and instances show it.
    pub(super) fn show(&self) -> Xml {
        match self {
            Self::LaunchConfiguration { name } => Xml::new().text("LaunchConfigurationName", name),
            Self::LaunchTemplate { id, name, version } => Xml::new().node(
                "LaunchTemplate",
                Xml::new()
                    .opt("LaunchTemplateId", id.as_ref())
                    .opt("LaunchTemplateName", name.as_ref())
                    .text("Version", version),
            ),
        }
    }
}

/// Whether a launch was refused for what may be there later.
fn is_lack(error: &AwsError) -> bool {
    error.code.starts_with("Insufficient") || error.code.ends_with("LimitExceeded")
}

//! [`LaunchSource`]: what the instances of a group are launched from.

use serde::{Deserialize, Serialize};

use super::error::{no_launch_configuration, validation};
use crate::ec2::Subnet;
use crate::ec2::instance::LaunchRequest;
use crate::ec2::launch_template::{LaunchTemplateData, LaunchTemplateSpecification};
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
        /// Its id.
        id: String,
        /// Its name.
        name: String,
        /// A number, `$Latest` or `$Default`; of an instance always a number.
        version: String,
    },
}

/// The source a request names, which exists.
///
/// # Errors
/// Two sources, or one that does not exist.
pub(super) fn read(
    world: &World,
    launch_configuration: Option<&str>,
    template: Option<&LaunchTemplateSpecification>,
) -> Result<Option<LaunchSource>, AwsError> {
    match (launch_configuration, template) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) => Err(one_source()),
        (Some(name), None) if world.autoscaling.launch_configurations.contains_key(name) => {
            Ok(Some(LaunchSource::LaunchConfiguration { name: name.to_owned() }))
        }
        (Some(name), None) => Err(no_launch_configuration(name)),
        (None, Some(template)) => of_template(world, template).map(Some),
    }
}

/// The refusal of no source, or of several.
pub(super) fn one_source() -> AwsError {
    validation(
        "Valid requests must contain either launchTemplate, LaunchConfigurationName, InstanceId or \
         MixedInstancesPolicy parameter.",
    )
}

/// A template and the version of it that a request names, both of which exist.
fn of_template(
    world: &World,
    template: &LaunchTemplateSpecification,
) -> Result<LaunchSource, AwsError> {
    if template.launch_template_id.is_some() == template.launch_template_name.is_some() {
        return Err(validation(
            "Valid requests must contain either LaunchTemplateId or LaunchTemplateName",
        ));
    }
    let found = template.resolve(world).map_err(|error| not_fully_formed(&error))?;
    Ok(LaunchSource::LaunchTemplate {
        id: found.id,
        name: found.name,
        version: template.version.clone().unwrap_or_else(|| "$Default".to_owned()),
    })
}

/// The refusal of a template that EC2 would not launch from.
fn not_fully_formed(error: &AwsError) -> AwsError {
    validation(format!("You must use a valid fully-formed launch template. {}", error.message))
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
        let mut request = match self {
            Self::LaunchConfiguration { name } => {
                let found = world.autoscaling.launch_configurations.get(name);
                LaunchRequest::one(found.ok_or_else(|| no_launch_configuration(name))?.data()?)
            }
            Self::LaunchTemplate { id, version, .. } => {
                let template = specification(id, version).resolve(world)?;
                LaunchRequest::from_template(template, LaunchTemplateData::default())
            }
        };
        request.aws_tags.extend(tags);
        let launched = request.place(subnet_id).start(world)?;
        let nothing = || AwsError::new("InternalError", "An internal error has occurred");
        launched.into_iter().next().ok_or_else(nothing)
    }

    /// The same with the version it means just now, if the template is still there.
    pub(super) fn resolved(&self, world: &World) -> Self {
        match self {
            Self::LaunchConfiguration { .. } => self.clone(),
            Self::LaunchTemplate { id, name, version } => {
                let found = specification(id, version).resolve(world);
                let version = found.map_or_else(|_| version.clone(), |t| t.version.to_string());
                Self::LaunchTemplate { id: id.clone(), name: name.clone(), version }
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
            Err(error) if !is_lack(&error) => Err(not_fully_formed(&error)),
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
                    .text("LaunchTemplateId", id)
                    .text("LaunchTemplateName", name)
                    .text("Version", version),
            ),
        }
    }
}

/// Whether a launch was refused for what may be there later.
fn is_lack(error: &AwsError) -> bool {
    error.code.starts_with("Insufficient") || error.code.ends_with("LimitExceeded")
}

fn specification(id: &str, version: &str) -> LaunchTemplateSpecification {
    LaunchTemplateSpecification {
        launch_template_id: Some(id.to_owned()),
        launch_template_name: None,
        version: Some(version.to_owned()),
    }
}

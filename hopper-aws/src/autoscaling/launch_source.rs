//! [`LaunchSource`]: what a group launches its instances from.

use crate::{LaunchConfigurationName, LaunchTemplateId};
use aws_sdk_autoscaling::types::{AutoScalingGroup, LaunchTemplateSpecification};
use hopper_core::{Cx, Input};
use serde::{Deserialize, Serialize};

/// What a group launches its instances from.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LaunchSource {
    /// One version of a [launch template](crate::ec2::LaunchTemplate).
    Template {
        /// The template.
        id: Input<LaunchTemplateId>,
        /// Its version.
        version: Input<i64>,
    },
    /// A [launch configuration](super::LaunchConfiguration).
    Configuration {
        /// Its name.
        name: Input<LaunchConfigurationName>,
    },
}

impl LaunchSource {
    /// The template, as AWS takes it.
    pub(super) fn template(&self, cx: &Cx) -> Option<LaunchTemplateSpecification> {
        match self {
            Self::Configuration { .. } => None,
            Self::Template { id, version } => Some(
                LaunchTemplateSpecification::builder()
                    .launch_template_id(cx.get(id).as_str())
                    .version(cx.get(version).to_string())
                    .build(),
            ),
        }
    }

    /// The configuration, as AWS takes it.
    pub(super) fn configuration(&self, cx: &Cx) -> Option<String> {
        match self {
            Self::Configuration { name } => Some(cx.get(name).to_string()),
            Self::Template { .. } => None,
        }
    }

    /// As a person reads it.
    pub(super) fn text(&self, cx: &Cx) -> Option<String> {
        self.configuration(cx).or_else(|| self.template(cx).map(|template| text_of(&template)))
    }
}

/// What a group launches from, as a person reads it.
pub(super) fn of(group: &AutoScalingGroup) -> Option<String> {
    let configuration = group.launch_configuration_name().map(ToOwned::to_owned);
    configuration.or_else(|| group.launch_template().map(text_of))
}

fn text_of(template: &LaunchTemplateSpecification) -> String {
    let id = template.launch_template_id().unwrap_or_default();
    format!("{id} version {}", template.version().unwrap_or("default"))
}

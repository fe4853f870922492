//! The tags of load balancers, target groups and listeners.

use serde::Deserialize;

use super::{Listener, LoadBalancer, TargetGroup, arn};
use crate::elb::call::invalid;
use crate::elb::tags::{Tag, check_count, check_named, read, show};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::{Resource as _, Tags, World};

/// The tags of what an ARN names.
fn tags_mut<'a>(world: &'a mut World, arn: &str) -> Result<&'a mut Tags, AwsError> {
    if arn::check::<LoadBalancer>(arn).is_ok() {
        arn::find_mut::<LoadBalancer>(world, arn).map(|found| found.tags_mut())
    } else if arn::check::<TargetGroup>(arn).is_ok() {
        arn::find_mut::<TargetGroup>(world, arn).map(|found| found.tags_mut())
    } else if arn::check::<Listener>(arn).is_ok() {
        arn::find_mut::<Listener>(world, arn).map(|found| found.tags_mut())
    } else {
        Err(invalid(format!("'{arn}' is not a valid ARN")))
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DescribeTags {
    resource_arns: Vec<String>,
}

/// Lists the tags of what is named.
pub(crate) fn describe(world: &mut World, input: &DescribeTags) -> Answer {
    check_named(&input.resource_arns)?;
    let found = input.resource_arns.iter().map(|arn| {
        let tags = tags_mut(world, arn)?;
        Ok(Xml::new().text("ResourceArn", arn).and(show(tags)))
    });
    Ok(Xml::new().list("TagDescriptions", found.collect::<Result<Vec<_>, AwsError>>()?))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct AddTags {
    resource_arns: Vec<String>,
    tags: Vec<Tag>,
}

/// Adds tags, or gives those that are there new values; all or none.
pub(crate) fn add(world: &mut World, input: &AddTags) -> Answer {
    let new = read(world, &input.tags)?;
    for arn in &input.resource_arns {
        let mut merged = tags_mut(world, arn)?.clone();
        merged.extend(new.clone());
        check_count(world, &merged)?;
    }
    for arn in &input.resource_arns {
        tags_mut(world, arn)?.extend(new.clone());
    }
    Ok(Xml::new())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct RemoveTags {
    resource_arns: Vec<String>,
    tag_keys: Vec<String>,
}

/// Removes tags by their keys; from all or from none.
pub(crate) fn remove(world: &mut World, input: &RemoveTags) -> Answer {
    for arn in &input.resource_arns {
        tags_mut(world, arn)?;
    }
    for arn in &input.resource_arns {
        tags_mut(world, arn)?.retain(|key, _| !input.tag_keys.contains(key));
    }
    Ok(Xml::new())
}

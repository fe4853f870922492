//! `DeleteParameter` and `DeleteParameters`.

use serde::Deserialize;

use super::call::invalid;
use super::get::not_found;
use super::{Ssm, arn};
use crate::wire::{Answer, Xml};
use crate::world::World;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DeleteParameter {
    name: String,
}

/// Deletes a parameter with all its versions.
pub(crate) fn one(world: &mut World, input: &DeleteParameter) -> Answer {
    if delete(world, &input.name) { Ok(Xml::new()) } else { Err(not_found(&input.name)) }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DeleteParameters {
    names: Vec<String>,
}

/// Deletes up to ten parameters, and names those that there were not.
pub(crate) fn many(world: &mut World, input: &DeleteParameters) -> Answer {
    if !(1..=10).contains(&input.names.len()) {
        return Err(invalid("Names must have 1 to 10 members"));
    }
    let (deleted, missing): (Vec<_>, Vec<_>) =
        input.names.iter().partition(|name| delete(world, name));
    Ok(Xml::new().texts("DeletedParameters", deleted).texts("InvalidParameters", missing))
}

fn delete(world: &mut World, name: &str) -> bool {
    let name = arn::name(world, name);
    if Ssm::seen(world, &name).is_none() {
        return false;
    }
    let gone = world.ssm.parameters.remove(&name);
    for version in gone.iter().flat_map(|parameter| parameter.versions.values()) {
        world.machinery.ciphers.forget(&version.value);
    }
    true
}

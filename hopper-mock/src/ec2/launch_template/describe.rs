//! `DescribeLaunchTemplates`.

use serde::Deserialize;

use super::LaunchTemplate;
use super::specification::named;
use crate::ec2::describe::page;
use crate::ec2::filter::{self, Attribute, Filter, one};
use crate::wire::{Answer, Xml};
use crate::world::World;

const FILTERS: &[Attribute<LaunchTemplate>] = &[
    ("create-time", |template, _| one(&template.create_time)),
    ("launch-template-name", |template, _| one(&template.name)),
];

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DescribeLaunchTemplates {
    #[serde(default, rename = "LaunchTemplateId")]
    ids: Vec<String>,
    #[serde(default, rename = "LaunchTemplateName")]
    names: Vec<String>,
    #[serde(default, rename = "Filter")]
    filters: Vec<Filter>,
    /// No service manages a template here.
    #[serde(default, rename = "IncludeManagedResources")]
    _include_managed_resources: bool,
    max_results: Option<usize>,
    next_token: Option<String>,
}

/// Lists templates. Those named must exist.
pub(crate) fn describe(world: &mut World, input: &DescribeLaunchTemplates) -> Answer {
    filter::check(&input.filters, FILTERS, true)?;
    let mut templates = Vec::new();
    for id in &input.ids {
        templates.push(world.find::<LaunchTemplate>(id)?);
    }
    for name in &input.names {
        templates.push(named(world, name)?);
    }
    if input.ids.is_empty() && input.names.is_empty() {
        let all = world.ec2.launch_templates.values();
        templates.extend(all.filter(|template| world.sees(&template.id)));
    }
    templates.sort_by_key(|template| &template.id);
    templates.dedup_by_key(|template| &template.id);
    templates.retain(|template| {
        filter::passes(world, *template, Some(&template.tags), &input.filters, FILTERS)
    });
    let token = input.next_token.as_deref();
    let (templates, next_token) =
        page(templates, |template| &template.id, &(1..=200), input.max_results, token)?;
    let items = templates.into_iter().map(|template| template.show(world));
    Ok(Xml::new().list("launchTemplates", items).opt("nextToken", next_token))
}

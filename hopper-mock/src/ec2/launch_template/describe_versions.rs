//! `DescribeLaunchTemplateVersions`.

use serde::Deserialize;

use super::specification::{number, template};
use super::{LaunchTemplate, LaunchTemplateVersion};
use crate::ec2::describe::page;
use crate::ec2::filter::{self, Attribute, Filter, one};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::World;

/// A version with the template it is of.
struct Entry<'a> {
    /// What the list is ordered by: the template, and the newest version first.
    place: String,
    template: &'a LaunchTemplate,
    number: u64,
    version: &'a LaunchTemplateVersion,
}

/// A version as filters see it.
struct Filtered {
    is_default: bool,
    version: LaunchTemplateVersion,
}

const FILTERS: &[Attribute<Filtered>] = &[
    ("create-time", |of, _| one(&of.version.create_time)),
    ("ebs-optimized", |of, _| of.version.data.ebs_optimized.iter().flat_map(one).collect()),
    ("host-resource-group-arn", |_, _| Vec::new()),
    ("http-endpoint", |of, _| of.metadata("HttpEndpoint")),
    ("http-protocol-ipv4", |of, _| of.metadata("HttpEndpoint")),
    ("http-tokens", |of, _| of.metadata("HttpTokens")),
    ("iam-instance-profile", |of, _| {
        let profile = of.version.data.iam_instance_profile.iter();
        profile.filter_map(|profile| profile.arn.clone()).collect()
    }),
    ("image-id", |of, _| of.version.data.image_id.iter().cloned().collect()),
    ("instance-type", |of, _| of.version.data.instance_type.iter().cloned().collect()),
    ("is-default-version", |of, _| one(&of.is_default)),
    ("kernel-id", |_, _| Vec::new()),
    ("license-configuration-arn", |_, _| Vec::new()),
    ("network-card-index", |of, _| {
        let interfaces = of.version.data.interfaces.iter();
        interfaces
            .filter_map(|interface| interface.network_card_index)
            .flat_map(|i| one(&i))
            .collect()
    }),
    ("ram-disk-id", |_, _| Vec::new()),
];

impl Filtered {
    fn metadata(&self, name: &str) -> Vec<String> {
        let members = self.version.data.members();
        let option = members.get("MetadataOptions").and_then(|options| options.get(name));
        option.and_then(|option| option.as_str()).map(str::to_owned).into_iter().collect()
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DescribeLaunchTemplateVersions {
    launch_template_id: Option<String>,
    launch_template_name: Option<String>,
    #[serde(default, rename = "LaunchTemplateVersion")]
    versions: Vec<String>,
    min_version: Option<String>,
    max_version: Option<String>,
    #[serde(default, rename = "Filter")]
    filters: Vec<Filter>,
    /// Images are named by their ids, so there is nothing to resolve.
    #[serde(default, rename = "ResolveAlias")]
    _resolve_alias: bool,
    /// No service manages a template here.
    #[serde(default, rename = "IncludeManagedResources")]
    _include_managed_resources: bool,
    max_results: Option<usize>,
    next_token: Option<String>,
}

/// Lists versions, the newest first: of one template those named, those in a range, or all; of
/// all templates the latest and default ones.
pub(crate) fn describe(world: &mut World, input: &DescribeLaunchTemplateVersions) -> Answer {
    filter::check(&input.filters, FILTERS, false)?;
    let mut entries = input.entries(world)?;
    entries.sort_by(|one, other| one.place.cmp(&other.place));
    entries.dedup_by(|one, other| one.place == other.place);
    entries.retain(|entry| {
        let is_default = entry.number == entry.template.default_version;
        let filtered = Filtered { is_default, version: entry.version.clone() };
        filter::passes(world, &filtered, None, &input.filters, FILTERS)
    });
    let token = input.next_token.as_deref();
    let (entries, next_token) =
        page(entries, |entry| &entry.place, &(1..=200), input.max_results, token)?;
    let items = entries
        .into_iter()
        .map(|entry| entry.template.show_version(world, entry.number, entry.version));
    Ok(Xml::new().list("launchTemplateVersionSet", items).opt("nextToken", next_token))
}

impl DescribeLaunchTemplateVersions {
    fn entries<'a>(&self, world: &'a World) -> Result<Vec<Entry<'a>>, AwsError> {
        let is_ranged = self.min_version.is_some() || self.max_version.is_some();
        if is_ranged && !self.versions.is_empty() {
            return Err(AwsError::new(
                "InvalidParameterCombination",
                "Versions and a range of versions may not be given together",
            ));
        }
        if self.launch_template_id.is_none() && self.launch_template_name.is_none() {
            return self.of_all(world);
        }
        let (id, name) = (self.launch_template_id.as_deref(), self.launch_template_name.as_deref());
        let template = template(world, id, name)?;
        if !self.versions.is_empty() {
            return self.versions.iter().map(|text| Entry::of(template, text)).collect();
        }
        let bound = |text: &Option<String>| text.as_deref().map(number).transpose();
        let least = bound(&self.min_version)?.unwrap_or(0);
        let most = bound(&self.max_version)?.unwrap_or(u64::MAX);
        let numbers = template.versions.keys().filter(|number| (least..=most).contains(number));
        numbers.map(|number| Entry::of(template, &number.to_string())).collect()
    }

    fn of_all<'a>(&self, world: &'a World) -> Result<Vec<Entry<'a>>, AwsError> {
        if self.versions.is_empty() {
            return Err(AwsError::missing("LaunchTemplateId or LaunchTemplateName"));
        }
        let is_alias = |text: &&String| matches!(text.as_str(), "$Latest" | "$Default");
        if let Some(text) = self.versions.iter().find(|text| !is_alias(text)) {
            let why = "Of all launch templates, only $Latest and $Default can be described.";
            return Err(AwsError::invalid_value("LaunchTemplateVersion", text, why));
        }
        let templates = world.ec2.launch_templates.values();
        let seen = templates.filter(|template| world.sees(&template.id));
        seen.flat_map(|template| self.versions.iter().map(|text| Entry::of(template, text)))
            .collect()
    }
}

impl<'a> Entry<'a> {
    fn of(template: &'a LaunchTemplate, version: &str) -> Result<Self, AwsError> {
        let (number, version) = template.version(version)?;
        let place = format!("{} {:020}", template.id, u64::MAX - number);
        Ok(Self { place, template, number, version })
    }
}

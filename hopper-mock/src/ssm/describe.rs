//! `DescribeParameters`.

use serde::Deserialize;

use super::call::invalid;
use super::get::seconds;
use super::{Parameter, arn};
use crate::ec2::page;
use crate::wire::{Answer, AwsError, Xml};
use crate::world::World;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DescribeParameters {
    #[serde(default)]
    parameter_filters: Vec<Filter>,
    max_results: Option<usize>,
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Filter {
    key: String,
    option: Option<String>,
    #[serde(default)]
    values: Vec<String>,
}

impl Filter {
    fn check(&self) -> Result<(), AwsError> {
        let is_name = self.key == "Name";
        if !is_name
            && !matches!(self.key.as_str(), "Type" | "KeyId" | "Tier" | "DataType")
            && !self.key.starts_with("tag:")
        {
            let why = format!("There is no filter {} here", self.key);
            return Err(AwsError::new("InvalidFilterKey", why));
        }
        match self.option.as_deref() {
            None | Some("Equals") => {}
            Some("BeginsWith" | "Contains") if is_name => {}
            Some(option) => {
                let why = format!("The filter {} has no option {option}", self.key);
                return Err(AwsError::new("InvalidFilterOption", why));
            }
        }
        if self.values.is_empty() && !self.key.starts_with("tag:") {
            let why = format!("The filter {} needs a value", self.key);
            return Err(AwsError::new("InvalidFilterValue", why));
        }
        Ok(())
    }

    fn passes(&self, parameter: &Parameter) -> bool {
        let value = match (self.key.as_str(), self.key.strip_prefix("tag:")) {
            (_, Some(tag)) => parameter.tags.get(tag),
            ("Name", _) => Some(&parameter.name),
            ("Type", _) => Some(&parameter.parameter_type),
            ("KeyId", _) => parameter.key_id.as_ref(),
            ("Tier", _) => Some(&parameter.tier),
            _ => return self.values.iter().any(|wanted| wanted == "text"),
        };
        let Some(value) = value else { return false };
        self.values.is_empty()
            || self.values.iter().any(|wanted| match self.option.as_deref() {
                Some("BeginsWith") => value.starts_with(wanted),
                Some("Contains") => value.contains(wanted),
                _ => value == wanted,
            })
    }
}

/// Lists the account's own parameters without their values.
pub(crate) fn describe(world: &mut World, input: &DescribeParameters) -> Answer {
    for filter in &input.parameter_filters {
        filter.check()?;
    }
    let found: Vec<_> = world
        .ssm
        .parameters
        .values()
        .filter(|parameter| world.sees(&parameter.name))
        .filter(|parameter| input.parameter_filters.iter().all(|filter| filter.passes(parameter)))
        .collect();
    let size = Some(input.max_results.unwrap_or(50));
    let token = input.next_token.as_deref();
    let page = page(found, |parameter| &parameter.name, &(1..=50), size, token);
    let (found, next_token) = page.map_err(|error| match error.code.as_str() {
        "InvalidNextToken" => error,
        _ => invalid(error.message),
    })?;
    Ok(Xml::new()
        .list("Parameters", found.into_iter().map(|parameter| show(world, parameter)))
        .opt("NextToken", next_token))
}

fn show(world: &World, parameter: &Parameter) -> Xml {
    let metadata = Xml::new()
        .text("Name", &parameter.name)
        .text("ARN", arn::arn(world, &parameter.name, false))
        .text("Type", &parameter.parameter_type)
        .opt("KeyId", parameter.key_id.as_ref())
        .opt("Description", parameter.description.as_ref())
        .text("Tier", &parameter.tier)
        .text("DataType", "text");
    match parameter.latest() {
        None => metadata,
        Some((number, version)) => {
            metadata.bare("Version", number).bare("LastModifiedDate", seconds(version.modified))
        }
    }
}

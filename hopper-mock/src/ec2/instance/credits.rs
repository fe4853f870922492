//! `DescribeInstanceCreditSpecifications` and `ModifyInstanceCreditSpecification`.

use serde::Deserialize;

use super::Instance;
use crate::ec2::describe::page;
use crate::ec2::filter::{self, Attribute, Filter, one};
use crate::ec2::launch_template::CpuCredits;
use crate::wire::{Answer, AwsError, Xml};
use crate::world::World;

const FILTERS: &[Attribute<Instance>] = &[("instance-id", |instance, _| one(&instance.id))];

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DescribeInstanceCreditSpecifications {
    #[serde(default, rename = "InstanceId")]
    ids: Vec<String>,
    #[serde(default, rename = "Filter")]
    filters: Vec<Filter>,
    max_results: Option<usize>,
    next_token: Option<String>,
}

/// Lists what instances may do without CPU credits: those named, or all that are `unlimited`.
pub(crate) fn describe(world: &mut World, input: &DescribeInstanceCreditSpecifications) -> Answer {
    if !input.ids.is_empty() && input.max_results.is_some() {
        return Err(AwsError::new(
            "InvalidParameterCombination",
            "The parameter InstanceId cannot be used with the parameter maxResults",
        ));
    }
    filter::check(&input.filters, FILTERS, false)?;
    let mut listed = Vec::new();
    if input.ids.is_empty() {
        let seen = world.ec2.instances.values().filter(|instance| world.sees(&instance.id));
        let unlimited =
            seen.filter(|instance| instance.cpu_credits.as_deref() == Some("unlimited"));
        listed.extend(unlimited.filter(|instance| !instance.state.is_ending()));
    }
    for id in &input.ids {
        let instance = world.find::<Instance>(id)?;
        if instance.cpu_credits.is_none() {
            return Err(not_supported(instance));
        }
        listed.push(instance);
    }
    listed.retain(|instance| filter::passes(world, *instance, None, &input.filters, FILTERS));
    listed.sort_by_key(|instance| &instance.id);
    let token = input.next_token.as_deref();
    let (listed, next_token) =
        page(listed, |instance| &instance.id, &(5..=1000), input.max_results, token)?;
    let items = listed.into_iter().map(|instance| {
        Xml::new().text("instanceId", &instance.id).opt("cpuCredits", instance.cpu_credits.as_ref())
    });
    Ok(Xml::new().list("instanceCreditSpecificationSet", items).opt("nextToken", next_token))
}

fn not_supported(instance: &Instance) -> AwsError {
    AwsError::new(
        "InstanceCreditSpecification.NotSupported",
        format!(
            "The instance '{}' of type {} has no CPU credits.",
            instance.id, instance.instance_type
        ),
    )
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ModifyInstanceCreditSpecification {
    #[serde(rename = "InstanceCreditSpecification")]
    specifications: Vec<Specification>,
    /// Doing it again changes nothing, so the token makes no difference.
    #[serde(rename = "ClientToken")]
    _client_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Specification {
    instance_id: String,
    cpu_credits: CpuCredits,
}

/// Changes what instances may do without CPU credits; each on its own.
pub(crate) fn modify(world: &mut World, input: &ModifyInstanceCreditSpecification) -> Answer {
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for Specification { instance_id, cpu_credits } in &input.specifications {
        let item = Xml::new().text("instanceId", instance_id);
        match change(world, instance_id, *cpu_credits) {
            Ok(()) => good.push(item),
            Err(error) => {
                let error = Xml::new().text("code", error.code).text("message", error.message);
                bad.push(item.node("error", error));
            }
        }
    }
    Ok(Xml::new()
        .list("successfulInstanceCreditSpecificationSet", good)
        .list("unsuccessfulInstanceCreditSpecificationSet", bad))
}

fn change(world: &mut World, id: &str, cpu_credits: CpuCredits) -> Result<(), AwsError> {
    let instance = world.find_mut::<Instance>(id)?;
    if instance.cpu_credits.is_none() {
        return Err(not_supported(instance));
    }
    if instance.state.is_ending() {
        let why = format!("The instance '{id}' is {}.", instance.state.name());
        return Err(AwsError::new("IncorrectInstanceState", why));
    }
    instance.cpu_credits = Some(cpu_credits.name());
    Ok(())
}

//! `SimulatePrincipalPolicy`: what the policies of a user or a role allow.

use serde::Deserialize;

use super::condition::{Context, Entry};
use super::document::check_action;
use super::evaluation::{Evaluation, Policies};
use super::name::check_length;
use super::page::page;
use crate::wire::{Answer, AwsError, Xml};
use crate::world::World;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct SimulatePrincipalPolicy {
    policy_source_arn: String,
    #[serde(default)]
    policy_input_list: Vec<String>,
    action_names: Vec<String>,
    #[serde(default)]
    resource_arns: Vec<String>,
    #[serde(default)]
    context_entries: Vec<Entry>,
    marker: Option<String>,
    max_items: Option<usize>,
}

/// Tells for each action on each resource whether the policies of a principal, and those the
/// request brings along, allow it.
///
/// What the organization denies counts as well; quotas, other accounts, resource policies and
/// permissions boundaries do not.
pub(super) fn simulate(world: &mut World, input: &SimulatePrincipalPolicy) -> Answer {
    check_length("policySourceArn", &input.policy_source_arn, (20, 2048))?;
    for resource in &input.resource_arns {
        check_length("resourceArns.1.member", resource, (1, 2048))?;
    }
    input.context_entries.iter().try_for_each(Entry::check)?;
    let invalid = |why: String| AwsError::new("InvalidInput", why);
    for action in &input.action_names {
        if action == "*" || check_action(action).is_err() {
            return Err(invalid(format!("Invalid action: {action}")));
        }
    }
    let mut policies = Policies::of(world, &input.policy_source_arn)?;
    for (at, text) in (1..).zip(&input.policy_input_list) {
        policies.add(format!("PolicyInputList.{at}"), "none", text)?;
    }
    let user = input.policy_source_arn.split_once(":user/").map(|(_, path)| path);
    let name = user.and_then(|path| path.rsplit('/').next());
    let context = Context::new(&input.context_entries, name);
    let everything = vec!["*".to_owned()];
    let resources = if input.resource_arns.is_empty() { &everything } else { &input.resource_arns };
    let mut results = Vec::new();
    for action in &input.action_names {
        for resource in resources {
            let key = format!("{:06}", results.len());
            let evaluation = policies.evaluate(world, action, resource, &context)?;
            results.push((key, show(action, resource, evaluation)));
        }
    }
    let (marker, max_items) = (input.marker.as_deref(), input.max_items);
    let page = page(results, |(key, _)| key, marker, max_items)?;
    Ok(page.list("EvaluationResults", |(_, result)| result.clone()))
}

fn show(action: &str, resource: &str, evaluation: Evaluation<'_>) -> Xml {
    let Evaluation { decision, matched, missing, is_denied_by_organization } = evaluation;
    let matched = matched.into_iter().map(|source| {
        Xml::new().text("SourcePolicyId", &source.id).text("SourcePolicyType", source.kind)
    });
    let details =
        Xml::new().list("MatchedStatements", matched).texts("MissingContextValues", missing);
    let on_resource = Xml::new()
        .text("EvalResourceName", resource)
        .text("EvalResourceDecision", decision.name())
        .and(details.clone());
    Xml::new()
        .text("EvalActionName", action)
        .text("EvalResourceName", resource)
        .text("EvalDecision", decision.name())
        .and(details)
        .node(
            "OrganizationsDecisionDetail",
            Xml::new().text("AllowedByOrganizations", !is_denied_by_organization),
        )
        .list("ResourceSpecificResults", [on_resource])
}

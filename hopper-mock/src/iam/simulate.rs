//! `SimulatePrincipalPolicy`: what the policies of a user or a role allow.

use serde::Deserialize;

use super::document::{Document, Statement, Which, check_action};
use super::entity::no_such;
use super::name::check_length;
use super::page::page;
use super::policy::named;
use super::simulate_condition::{Context, Entry, is_met};
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

/// A policy that counts, and where it is from.
struct Source {
    id: String,
    kind: &'static str,
    document: Document,
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
    let sources = sources(world, input)?;
    let user = input.policy_source_arn.split_once(":user/").map(|(_, path)| path);
    let name = user.and_then(|path| path.rsplit('/').next());
    let context = Context::new(&input.context_entries, name);
    let everything = vec!["*".to_owned()];
    let resources = if input.resource_arns.is_empty() { &everything } else { &input.resource_arns };
    let mut results = Vec::new();
    for action in &input.action_names {
        for resource in resources {
            let key = format!("{:06}", results.len());
            let is_denied = world.denies(action);
            results.push((key, evaluate(&sources, action, resource, &context, is_denied)?));
        }
    }
    let (marker, max_items) = (input.marker.as_deref(), input.max_items);
    let page = page(results, |(key, _)| key, marker, max_items)?;
    Ok(page.list("EvaluationResults", |(_, result)| result.clone()))
}

fn sources(world: &World, input: &SimulatePrincipalPolicy) -> Result<Vec<Source>, AwsError> {
    let mut sources = of_principal(world, &input.policy_source_arn)?;
    for (at, text) in (1..).zip(&input.policy_input_list) {
        let id = format!("PolicyInputList.{at}");
        sources.push(Source { id, kind: "none", document: Document::parse(text)? });
    }
    Ok(sources)
}

/// What the policies of a principal decide of an action on a resource: `allowed`, `implicitDeny`
/// or `explicitDeny`.
pub(super) fn decision(
    world: &World,
    principal: &str,
    (action, resource): (&str, &str),
    context: &[(String, String)],
) -> Result<String, AwsError> {
    let sources = of_principal(world, principal)?;
    let context = Context::of(context);
    let result = evaluate(&sources, action, resource, &context, world.denies(action))?;
    Ok(result.get("EvalDecision").unwrap_or("implicitDeny").to_owned())
}

/// The policies of a principal.
fn of_principal(world: &World, arn: &str) -> Result<Vec<Source>, AwsError> {
    let (iam, mut sources) = (&world.iam, Vec::new());
    let role = iam.roles.values().find(|role| role.arn == *arn);
    let user = iam.users.values().find(|user| user.arn == *arn);
    let attached = match (role, user) {
        (Some(role), _) => {
            for (name, text) in &role.inline_policies {
                let document = Document::parse(text)?;
                sources.push(Source { id: name.clone(), kind: "role", document });
            }
            &role.attached_policies
        }
        (None, Some(user)) => &user.attached_policies,
        (None, None) => return Err(no_such(format!("The entity {arn} cannot be found."))),
    };
    for arn in attached {
        let policy = named(world, arn)?;
        let is_of_aws = arn.starts_with("arn:aws:iam::aws:");
        let kind = if is_of_aws { "aws-managed" } else { "user-managed" };
        if let Some(version) = policy.in_force() {
            let document = Document::parse(&version.document)?;
            sources.push(Source { id: policy.name.clone(), kind, document });
        }
    }
    Ok(sources)
}

/// An explicit denial decides, then an allowance; without either it is denied.
fn evaluate(
    sources: &[Source],
    action: &str,
    resource: &str,
    context: &Context<'_>,
    is_denied_by_organization: bool,
) -> Result<Xml, AwsError> {
    let (mut allowing, mut denying, mut missing) = (Vec::new(), Vec::new(), Vec::new());
    for source in sources {
        for statement in &source.document.statements {
            if !is_about(statement, action, resource, context) {
                continue;
            }
            let mut counts = true;
            for condition in &statement.conditions {
                counts &= is_met(condition, context, &mut missing)?;
            }
            if counts {
                let place = if statement.allows { &mut allowing } else { &mut denying };
                let shown = Xml::new()
                    .text("SourcePolicyId", &source.id)
                    .text("SourcePolicyType", source.kind);
                place.push(shown);
            }
        }
    }
    missing.sort();
    missing.dedup();
    let (decision, matched) = match (denying.is_empty(), allowing.is_empty()) {
        _ if is_denied_by_organization => ("explicitDeny", Vec::new()),
        (false, _) => ("explicitDeny", denying),
        (true, false) => ("allowed", allowing),
        (true, true) => ("implicitDeny", Vec::new()),
    };
    let details =
        Xml::new().list("MatchedStatements", matched).texts("MissingContextValues", missing);
    let on_resource = Xml::new()
        .text("EvalResourceName", resource)
        .text("EvalResourceDecision", decision)
        .and(details.clone());
    Ok(Xml::new()
        .text("EvalActionName", action)
        .text("EvalResourceName", resource)
        .text("EvalDecision", decision)
        .and(details)
        .node(
            "OrganizationsDecisionDetail",
            Xml::new().text("AllowedByOrganizations", !is_denied_by_organization),
        )
        .list("ResourceSpecificResults", [on_resource]))
}

fn is_about(statement: &Statement, action: &str, resource: &str, context: &Context<'_>) -> bool {
    let is_among = |which: &Which, fits: &dyn Fn(&str) -> bool| {
        which.patterns.iter().any(|pattern| fits(pattern)) != which.is_inverted
    };
    let action = action.to_ascii_lowercase();
    is_among(&statement.actions, &|pattern| fits(&pattern.to_ascii_lowercase(), &action))
        && statement.resources.as_ref().is_none_or(|which| {
            is_among(which, &|pattern| fits(&context.fill_in(pattern), resource))
        })
}

/// Whether a text fits a pattern: `*` is any text, `?` any one character.
pub(crate) fn fits(pattern: &str, text: &str) -> bool {
    let mut rest = pattern.chars();
    match rest.next() {
        None => text.is_empty(),
        Some('*') => {
            let rest = rest.as_str();
            fits(rest, "") || text.char_indices().any(|(at, _)| fits(rest, &text[at..]))
        }
        Some(first) => {
            let mut remaining = text.chars();
            remaining.next().is_some_and(|actual| first == '?' || first == actual)
                && fits(rest.as_str(), remaining.as_str())
        }
    }
}

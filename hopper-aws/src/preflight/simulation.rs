//! What `SimulatePrincipalPolicy` says.

use super::caller::Caller;
use crate::{
    Aws,
    needs::{Action, Verdict, ask},
};
use aws_sdk_iam::types::{
    ContextEntry, ContextKeyTypeEnum, EvaluationResult, PolicyEvaluationDecisionType,
};
use futures_util::future::join_all;
use hopper_core::StepError;
use std::collections::BTreeMap;

/// How many actions are asked about at once.
const AT_ONCE: usize = 100;

/// What the caller's policies say of each action, on the resource that is known or on `*`.
///
/// # Errors
///
/// When it may not be asked, or nobody answers.
pub(super) async fn simulate<'a>(
    aws: &Aws,
    caller: &Caller,
    actions: impl Iterator<Item = &'a Action>,
) -> Result<BTreeMap<Action, Verdict>, StepError> {
    let principal = principal(aws, caller).await;
    let mut by_resource = BTreeMap::<Option<&str>, Vec<&Action>>::new();
    for action in actions {
        by_resource.entry(action.resource.as_deref()).or_default().push(action);
    }
    let asked = by_resource.iter().flat_map(|(resource, actions)| {
        actions.chunks(AT_ONCE).map(|some| some_of(aws, caller, &principal, *resource, some))
    });
    let mut verdicts = BTreeMap::new();
    for some in join_all(asked).await {
        verdicts.extend(some?);
    }
    Ok(verdicts)
}

/// Whose policies count: a session's are those of the role it has assumed. The session's name
/// does not tell the role's path.
async fn principal(aws: &Aws, caller: &Caller) -> String {
    let Some(role) = caller.role() else { return caller.arn.clone() };
    let call = aws.iam().get_role().role_name(role);
    let known = ask("GetRole", || call.clone().send()).await.ok();
    match known.and_then(|reply| reply.role) {
        Some(role) => role.arn,
        None => format!("arn:{}:iam::{}:role/{role}", caller.partition(), caller.account),
    }
}

async fn some_of(
    aws: &Aws,
    caller: &Caller,
    principal: &str,
    resource: Option<&str>,
    actions: &[&Action],
) -> Result<Vec<(Action, Verdict)>, StepError> {
    let (partition, account) = (caller.partition(), &caller.account);
    let arn = resource.map(|resource| format!("arn:{partition}:iam::{account}:{resource}"));
    let region = ContextEntry::builder()
        .context_key_name("aws:RequestedRegion")
        .context_key_type(ContextKeyTypeEnum::String)
        .context_key_values(aws.region().unwrap_or_default())
        .build();
    let call = aws
        .iam()
        .simulate_principal_policy()
        .policy_source_arn(principal)
        .set_action_names(Some(actions.iter().map(|action| action.name.to_owned()).collect()))
        .set_resource_arns(arn.map(|arn| vec![arn]))
        .context_entries(region);
    let (mut verdicts, mut marker) = (BTreeMap::new(), None);
    loop {
        let page = call.clone().set_marker(marker);
        let reply = ask("SimulatePrincipalPolicy", || page.clone().send()).await?;
        for result in reply.evaluation_results() {
            verdicts.insert(result.eval_action_name().to_owned(), verdict(result));
        }
        marker = reply.marker.filter(|_| reply.is_truncated);
        if marker.is_none() {
            break;
        }
    }
    let of = |action: &&Action| {
        let verdict = verdicts.get(action.name).copied().unwrap_or(Verdict::Unknown);
        (Action::clone(action), verdict)
    };
    Ok(actions.iter().map(of).collect())
}

/// What is allowed under conditions that the simulation cannot know is left open.
fn verdict(result: &EvaluationResult) -> Verdict {
    match result.eval_decision() {
        PolicyEvaluationDecisionType::Allowed => Verdict::Allowed,
        PolicyEvaluationDecisionType::ExplicitDeny => Verdict::Denied,
        PolicyEvaluationDecisionType::ImplicitDeny
            if result.missing_context_values().is_empty() =>
        {
            Verdict::Denied
        }
        _ => Verdict::Unknown,
    }
}

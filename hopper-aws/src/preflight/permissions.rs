//! Whether every call that the plan will make is permitted.

use super::{
    caller::Caller,
    finding::{Finding, Permission, Topic},
    simulation::simulate,
    survey::Survey,
};
use crate::{
    Aws,
    needs::{Action, Trial, Verdict},
};
use futures_util::future::join_all;
use hopper_core::StepError;
use std::collections::BTreeMap;

/// Judges every call. What a call with `DryRun` says counts more than a simulation, which sees
/// neither a session's policies nor those of endpoints.
pub(super) async fn judge(
    aws: &Aws,
    caller: &Caller,
    survey: &Survey,
    trials: BTreeMap<&'static str, Trial>,
) -> (Vec<Permission>, Vec<Finding>) {
    let (simulated, tried) = tokio::join!(simulated(aws, caller, survey), async {
        // What answers at another address may not know `DryRun`, and act.
        if caller.is_root() || aws.is_elsewhere() {
            return BTreeMap::new();
        }
        let calls = trials.into_values().map(|trial| {
            let (action, call) = (trial.action, (trial.call)(aws.clone()));
            async move { (action, call.await) }
        });
        join_all(calls).await.into_iter().collect::<BTreeMap<_, _>>()
    });
    let (verdicts, error) = match simulated {
        Ok(verdicts) => (verdicts, None),
        Err(error) => (BTreeMap::new(), Some(error)),
    };
    let verdict = |action: &Action| {
        let tried = tried.get(action.name).copied().filter(|tried| *tried != Verdict::Unknown);
        let simulated = verdicts.get(action).copied();
        tried.or(simulated).unwrap_or(Verdict::Unknown)
    };
    let permissions: Vec<_> = survey
        .actions
        .iter()
        .map(|(action, steps)| Permission {
            action: action.name.to_owned(),
            resource: action.resource.clone(),
            verdict: verdict(action),
            steps: steps.iter().cloned().collect(),
        })
        .collect();
    let findings = findings(caller, &permissions, error.as_ref());
    (permissions, findings)
}

/// To the account's root everything is permitted, and whoever is signed in may ask who that is.
async fn simulated(
    aws: &Aws,
    caller: &Caller,
    survey: &Survey,
) -> Result<BTreeMap<Action, Verdict>, StepError> {
    let is_certain = |action: &Action| caller.is_root() || action.name == "sts:GetCallerIdentity";
    let (certain, open): (Vec<_>, Vec<_>) =
        survey.actions.keys().partition(|action| is_certain(action));
    let mut verdicts = match open.is_empty() {
        true => BTreeMap::new(),
        false => simulate(aws, caller, open.into_iter()).await?,
    };
    verdicts.extend(certain.into_iter().map(|action| (action.clone(), Verdict::Allowed)));
    Ok(verdicts)
}

fn findings(
    caller: &Caller,
    permissions: &[Permission],
    error: Option<&StepError>,
) -> Vec<Finding> {
    let of = |verdict| permissions.iter().filter(move |of| of.verdict == verdict);
    let denied = of(Verdict::Denied).map(|denied| {
        let on = denied.resource.iter().map(|resource| format!(" on {resource}"));
        let on: String = on.collect();
        let what = format!("{}{on} is denied to {}", denied.action, caller.arn);
        Finding::problem(Topic::Permission, what)
            .hint("have a policy allow it")
            .of(denied.steps.iter().cloned())
    });
    let mut findings: Vec<_> = denied.collect();
    let mut unknown: Vec<_> = of(Verdict::Unknown).map(|of| of.action.as_str()).collect();
    unknown.dedup();
    if !unknown.is_empty() {
        let (n, list) = (unknown.len(), unknown.join(", "));
        let why = error.map(|error| format!(": {error}")).unwrap_or_default();
        let what = format!("cannot see whether {n} actions are permitted ({list}){why}");
        let finding = Finding::warning(Topic::Permission, what);
        findings.push(finding.hint("to see it, iam:SimulatePrincipalPolicy has to be allowed"));
    }
    findings
}

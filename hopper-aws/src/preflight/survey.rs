//! [`Survey`]: what a plan needs that is not there yet, gathered from its steps.

use super::finding::{Finding, Topic};
use crate::needs::{Action, Catalogue, Change, Check, Kin, Launch, Limit, Name, Place, Trial};
use hopper_core::{Diff, Difference, FieldDiff, How, Ledger, Plan, State};
use std::collections::{BTreeMap, BTreeSet};

/// What a plan needs that is not there yet.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// The run that goes on, if one does.
    pub(super) run: Option<String>,
    /// The calls, and the steps that make them.
    pub(super) actions: BTreeMap<Action, BTreeSet<String>>,
    /// A trial for each call that can be tried.
    pub(super) trials: BTreeMap<&'static str, Trial>,
    /// What is taken, and by which step.
    pub(super) takes: Vec<(Limit, Option<Place>, String)>,
    /// What is launched, and by which step.
    pub(super) launches: Vec<(Launch, String)>,
    /// The steps whose instances are stopped again.
    pub(super) stopped: BTreeSet<String>,
    /// What steps, done or not, make for others to rest on.
    pub(super) kin: BTreeMap<String, Kin>,
    /// The steps of which nothing can be there yet.
    pub(super) fresh: BTreeSet<String>,
    pub(super) names: Vec<(Name, String)>,
    pub(super) checks: Vec<(Check, String)>,
    /// What the survey itself has found.
    pub(super) findings: Vec<Finding>,
}

impl Survey {
    /// Asks every step that is not done.
    pub(super) fn of(plan: &Plan, ledger: &Ledger, catalogue: &Catalogue) -> Self {
        let mut survey = Self { run: ledger.run().map(|run| run.run.clone()), ..Self::default() };
        let diff = plan.diff(ledger);
        let (mut silent, mut on_roles) = (BTreeMap::<&str, Vec<&str>>::new(), Vec::new());
        for node in plan.nodes() {
            let (step, state) = (node.name(), ledger.get(node.name()).map(|known| known.state));
            let needed = match catalogue.of(node, ledger) {
                Some(Ok(needed)) => needed,
                Some(Err(error)) => {
                    let what = format!("cannot tell what is needed: {error}");
                    survey.findings.push(Finding::warning(Topic::Undeclared, what).of([step]));
                    continue;
                }
                None => {
                    silent.entry(node.kind()).or_default().push(step);
                    continue;
                }
            };
            survey.kin.extend(needed.kin.map(|kin| (step.to_owned(), kin)));
            survey.stopped.extend(needed.stops.and_then(|of| of.step().map(str::to_owned)));
            let fields = in_place(&diff, step);
            for change in needed.changes.into_iter().filter(|change| is_made(change, fields)) {
                let Change { resource, role, actions, .. } = change;
                for name in actions {
                    match &role {
                        Some(role) => on_roles.push((role.clone(), name, step)),
                        None => {
                            let action = Action { resource: resource.clone(), name };
                            survey.actions.entry(action).or_default().insert(step.to_owned());
                        }
                    }
                }
            }
            if state == Some(State::Done) {
                continue;
            }
            let is_fresh = state.is_none_or(|state| !state.is_left());
            for action in needed.actions {
                survey.actions.entry(action).or_default().insert(step.to_owned());
            }
            on_roles.extend(needed.on_roles.into_iter().map(|(role, name)| (role, name, step)));
            let trials = needed.trials.into_iter().map(|trial| (trial.action, trial));
            survey.trials.extend(trials);
            survey.names.extend(needed.names.into_iter().map(|name| (name, step.to_owned())));
            survey.checks.extend(needed.checks.into_iter().map(|check| (check, step.to_owned())));
            let launches = needed.launches.into_iter().map(|launch| (launch, step.to_owned()));
            survey.launches.extend(launches.filter(|_| is_fresh));
            if is_fresh {
                survey.fresh.insert(step.to_owned());
                let takes = needed.takes.into_iter();
                survey.takes.extend(takes.map(|(limit, at)| (limit, at, step.to_owned())));
            }
        }
        for (role, name, step) in on_roles {
            let resource = survey.role(&role);
            let action = Action { resource, name };
            survey.actions.entry(action).or_default().insert(step.to_owned());
        }
        survey.findings.extend(silent.into_iter().map(|(kind, steps)| {
            let what = format!("{kind} does not say what it calls, so nothing of it was looked at");
            Finding::warning(Topic::Undeclared, what).of(steps)
        }));
        survey
    }

    fn role(&self, role: &Place) -> Option<String> {
        match role {
            Place::Id(name) => Some(format!("role/{name}")),
            Place::Step(step) => match self.kin.get(step)? {
                Kin::Role { resource } => Some(resource.clone()),
                _ => None,
            },
            Place::Unknown => None,
        }
    }

    /// The zone of a subnet that the plan makes.
    pub(super) fn zone(&self, subnet: &Place) -> Option<&str> {
        match self.kin.get(subnet.step()?)? {
            Kin::Subnet { zone, .. } => zone.as_deref(),
            _ => None,
        }
    }

    /// The type of what is launched.
    pub(super) fn instance_type<'a>(&'a self, launch: &'a Launch) -> Option<&'a str> {
        if let Some(known) = &launch.instance_type {
            return Some(known);
        }
        match self.kin.get(launch.template.step()?)? {
            Kin::Template { instance_type } => Some(instance_type),
            _ => None,
        }
    }
}

/// What is changed in place of a step.
fn in_place<'d>(diff: &'d Diff, step: &str) -> &'d [FieldDiff] {
    match diff.get(step).map(|step| &step.is) {
        Some(Difference::Changed { how: How::InPlace, fields }) => fields,
        _ => &[],
    }
}

/// Whether these changes of fields ask for it.
fn is_made(change: &Change, fields: &[FieldDiff]) -> bool {
    let keys = |data: &Option<hopper_core::Data>| -> BTreeSet<String> {
        let map = data.as_ref().and_then(|data| data.get::<BTreeMap<String, _>>().ok());
        map.into_iter().flatten().map(|(key, _): (_, serde::de::IgnoredAny)| key).collect()
    };
    let is_less = |field: &FieldDiff| !keys(&field.recorded).is_subset(&keys(&field.now));
    fields.iter().any(|field| {
        let outermost = field.field.split('.').next().unwrap_or_default();
        change.fields.contains(&outermost) && (!change.when_less || is_less(field))
    })
}

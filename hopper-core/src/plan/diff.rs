//! [`Diff`]: how a plan differs from what a journal says was made.

use super::{FieldDiff, Node, Plan, rests::Rests};
use crate::{Account, Ledger, journal::Data, ledger::State};
use serde::Serialize;
use serde_json::value::RawValue;
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// How a plan differs from what a journal says was made, as far as that is known before anything
/// runs.
///
/// As text it has one line for each step that is not simply done, and one for each changed field:
///
/// ```text
/// shop: 1 new, 3 changed, 1 gone, 12 done
///   + net/b      aws.ec2.subnet
///   ~ net/vpc    aws.ec2.vpc           in place
///       tags: {"Name":"one"} -> {"Name":"two"}
///   ! net/a      aws.ec2.subnet        only by replacement
///       cidr: "10.0.0.0/24" -> "10.0.1.0/24"
///   ! net/route  aws.ec2.route         along with net/a
///       subnet: "subnet-1" -> "${net/a.id}", known after net/a
///   - net/old    aws.ec2.subnet
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Diff {
    /// The workflow.
    pub workflow: String,
    /// The plan's steps in its order, and then those that are gone, the last started first.
    pub steps: Vec<StepDiff>,
}

/// How one step differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepDiff {
    /// The step.
    pub step: String,
    /// Its kind; for a step that is gone, the journal's.
    pub kind: String,
    /// Its kind in the journal, if it is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded_kind: Option<String>,
    /// How it differs.
    pub is: Difference,
}

/// How a step differs from what a journal says.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Difference {
    /// It is done, and the same.
    Done,
    /// Nothing of it is there.
    New,
    /// It was begun, and is gone on with.
    Unfinished,
    /// It is done, and is not the same any more.
    Changed {
        /// How it is brought about.
        how: How,
        /// What has changed in it, in alphabetical order.
        fields: Vec<FieldDiff>,
    },
    /// It is not in the plan any more, and is undone.
    Gone,
}

/// How a change is brought about.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum How {
    /// The step is [updated](crate::Step::update).
    InPlace,
    /// The step only reads, and reads again.
    ReadAgain,
    /// Nothing but the order of undoing and the class of limits have changed: it is noted.
    Noted,
    /// It has to be undone and run anew, with all that rests on it.
    Replacement,
    /// As [`Replacement`](How::Replacement), if a value that is not known yet turns out to be
    /// another one.
    Perhaps,
    /// It has to be undone and run anew, because it rests on a step that is replaced.
    Along {
        /// That step.
        with: String,
    },
}

impl Diff {
    /// Whether every step is done, and none is gone.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.iter().all(|s| s.is == Difference::Done)
    }

    /// What is said of a step.
    #[must_use]
    pub fn get(&self, step: &str) -> Option<&StepDiff> {
        self.steps.iter().find(|s| s.step == step)
    }

    /// The steps that have changed and cannot be changed in place.
    pub fn replacements(&self) -> impl Iterator<Item = &StepDiff> {
        self.steps.iter().filter(|s| s.is_replaced())
    }
}

impl StepDiff {
    /// Whether it has to be replaced for its own sake.
    pub(crate) fn is_replaced(&self) -> bool {
        matches!(self.is, Difference::Changed { how: How::Replacement, .. })
    }
}

impl Plan {
    /// How this plan differs from what a journal says was made, as far as that is known before
    /// anything runs. A step that is changed in place is expected to give what it gave before, but
    /// for what it [renews](crate::Step::RENEWS).
    #[must_use]
    pub fn diff(&self, ledger: &Ledger) -> Diff {
        let nodes = self.nodes();
        let index: HashMap<&str, usize> =
            nodes.iter().enumerate().map(|(i, n)| (n.name(), i)).collect();
        // Of an earlier step it is known already whether its output stays.
        let mut stays: Vec<bool> = Vec::with_capacity(nodes.len());
        let mut steps: Vec<StepDiff> = Vec::with_capacity(nodes.len());
        for node in nodes {
            let known = |step: &str| self.expected(ledger, step, &index, &steps, &stays);
            let diff = self.step_diff(node, ledger, &known);
            stays.push(match &diff.is {
                Difference::Done => true,
                Difference::Changed { how, .. } => matches!(how, How::InPlace | How::Noted),
                _ => false,
            });
            steps.push(diff);
        }
        self.spread(ledger, &index, &mut steps, &mut stays);
        let gone = gone(self, ledger).into_iter().rev().filter(|a| a.started.parent.is_none());
        steps.extend(gone.map(|a| StepDiff {
            step: a.started.step.to_string(),
            kind: a.started.kind.to_string(),
            recorded_kind: None,
            is: Difference::Gone,
        }));
        Diff { workflow: self.name.to_string(), steps }
    }

    fn step_diff(
        &self,
        node: &Node,
        ledger: &Ledger,
        known: &impl Fn(&str) -> Option<Data>,
    ) -> StepDiff {
        let account = ledger.get(&node.name).filter(|a| a.state.is_left());
        let recorded_kind = account.map(|a| a.started.kind.to_string());
        let recorded_kind = recorded_kind.filter(|recorded| recorded != node.kind());
        let is = match account {
            None => Difference::New,
            Some(a) if !a.is_made() => Difference::Unfinished,
            Some(a) => {
                let fields = node.differences(&a.started.inputs, known);
                let certain = |f: &FieldDiff| f.known_after.is_empty() && !f.in_place;
                let how = match &recorded_kind {
                    Some(_) => Some(How::Replacement),
                    None if fields.is_empty() => {
                        (!self.has_same_edges(node, a)).then_some(How::Noted)
                    }
                    None if node.reads() => Some(How::ReadAgain),
                    None if fields.iter().all(|f| f.in_place) => Some(How::InPlace),
                    None if fields.iter().any(certain) => Some(How::Replacement),
                    None => Some(How::Perhaps),
                };
                match how {
                    None if a.state == State::Updating => Difference::Unfinished,
                    None => Difference::Done,
                    Some(how) => Difference::Changed { how, fields },
                }
            }
        };
        let (step, kind) = (node.name.to_string(), node.kind().to_owned());
        StepDiff { step, kind, recorded_kind, is }
    }

    /// Marks all that goes along with what is replaced.
    fn spread(
        &self,
        ledger: &Ledger,
        index: &HashMap<&str, usize>,
        steps: &mut [StepDiff],
        stays: &mut [bool],
    ) {
        let mut todo: Vec<usize> = (0..steps.len()).filter(|&i| steps[i].is_replaced()).collect();
        if todo.is_empty() {
            return;
        }
        let rests = Rests::of(self, ledger);
        let mut cause: BTreeMap<usize, usize> = todo.iter().map(|&i| (i, i)).collect();
        todo.reverse();
        while let Some(i) = todo.pop() {
            let first = cause.get(&i).copied().unwrap_or(i);
            for &d in &rests.dependants[i] {
                let left = ledger.get(&rests.names[d]).is_some_and(|a| a.state.is_left());
                if left && !cause.contains_key(&d) {
                    cause.insert(d, first);
                    todo.push(d);
                }
            }
        }
        for &i in cause.keys().take_while(|&&i| i < self.nodes.len()) {
            stays[i] = false;
        }
        for (&i, &first) in cause.range(..self.nodes.len()) {
            let node = &self.nodes[i];
            let Some(a) = ledger.get(&node.name).filter(|a| a.is_made()) else { continue };
            let known = |step: &str| self.expected(ledger, step, index, steps, stays);
            let fields = node.differences(&a.started.inputs, &known);
            let how = match i == first {
                true => How::Replacement,
                false => How::Along { with: self.nodes[first].name.to_string() },
            };
            steps[i].is = Difference::Changed { how, fields };
        }
    }

    /// What a step gave, as far as it is expected to give it still.
    fn expected(
        &self,
        ledger: &Ledger,
        step: &str,
        index: &HashMap<&str, usize>,
        steps: &[StepDiff],
        stays: &[bool],
    ) -> Option<Data> {
        let &i = index.get(step).filter(|&&i| stays[i])?;
        let output = ledger.get(step)?.output.clone()?;
        let renewed = match &steps[i].is {
            Difference::Changed { how: How::InPlace, .. } => self.nodes[i].step.renews(),
            _ => &[],
        };
        if renewed.is_empty() {
            return Some(output);
        }
        let mut fields: BTreeMap<String, &RawValue> = serde_json::from_str(output.text()).ok()?;
        fields.retain(|name, _| !renewed.contains(&name.as_str()));
        Data::of(&fields).ok()
    }

    /// Whether the journal knows the same order of undoing.
    pub(crate) fn has_same_edges(&self, node: &Node, a: &Account) -> bool {
        let same = |names: &[Arc<str>], set: &[usize]| {
            names.len() == set.len()
                && names.iter().zip(set).all(|(name, &i)| *name == self.nodes[i].name)
        };
        same(&a.started.needs, &node.rests_on())
            && same(&a.started.undo_before, &node.undo_before)
            && a.started.class == node.settings.class
    }
}

/// Every step that is left and not in the plan any more, and what is left inside them, in the
/// order of their first start.
pub(crate) fn gone<'l>(plan: &Plan, ledger: &'l Ledger) -> Vec<&'l Account> {
    let names: std::collections::HashSet<&str> = plan.nodes.iter().map(|n| n.name()).collect();
    let mut gone = std::collections::HashSet::new();
    let mut accounts = Vec::new();
    // A step is in the ledger before its sub-steps are.
    for a in ledger.steps() {
        let is_gone = match &a.started.parent {
            None => !names.contains(&*a.started.step),
            Some(parent) => gone.contains(parent),
        };
        if is_gone {
            gone.insert(&a.started.step);
            accounts.extend(Some(a).filter(|a| a.state.is_left()));
        }
    }
    accounts
}

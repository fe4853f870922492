//! What a resumed run has to take back before it goes on.

use crate::{Ledger, Plan, dsl::is_withheld, ledger::State, plan::Node};
use std::{collections::HashSet, sync::Arc};

/// What has to go before a run goes on, because it cannot be used as it is:
///
/// - steps whose secret output was not kept, though a step that is not done needs it,
/// - steps that were about to be undone, of whose sub-steps some are left,
/// - steps that [outlive](crate::Slot::outlives) what was undone already, and is made anew,
/// - all that rests on these, and may hold the old secret; and the sub-steps of them all.
pub(super) fn to_be_redone(plan: &Plan, ledger: &Ledger) -> HashSet<Arc<str>> {
    let nodes = plan.nodes();
    let is = |i: usize, state: State| ledger.get(&nodes[i].name).is_some_and(|a| a.state == state);
    let is_left = |i: usize| ledger.get(&nodes[i].name).is_some_and(|a| a.state.is_left());
    let outer: HashSet<&Arc<str>> =
        ledger.left().filter_map(|a| a.started.parent.as_ref()).collect();
    let mut spoilt: Vec<usize> = (0..nodes.len())
        .filter(|&i| outer.contains(&nodes[i].name) && is(i, State::Undoing))
        .collect();
    let outlived = |i: usize| nodes[i].outlives.iter().any(|&d| !is(d, State::Done));
    spoilt.extend((0..nodes.len()).filter(|&i| is(i, State::Done) && outlived(i)));
    let mut todo: Vec<usize> = (0..nodes.len()).filter(|&i| !is(i, State::Done)).collect();
    let mut dependants = Vec::new();
    let mut redo = HashSet::new();
    loop {
        while let Some(i) = spoilt.pop() {
            if !is_left(i) || !redo.insert(i) {
                continue;
            }
            if dependants.is_empty() {
                dependants = dependants_of(nodes);
            }
            spoilt.extend(&dependants[i]);
            todo.push(i);
        }
        let Some(i) = todo.pop() else { break };
        let lost = |&&d: &&usize| is(d, State::Done) && is_lost(&nodes[d], ledger);
        spoilt.extend(nodes[i].data.iter().filter(lost));
    }
    let mut names: HashSet<Arc<str>> = redo.into_iter().map(|i| nodes[i].name.clone()).collect();
    // A step is in the ledger before its sub-steps are.
    for a in ledger.steps() {
        if a.started.parent.as_ref().is_some_and(|parent| names.contains(parent)) {
            names.insert(a.started.step.clone());
        }
    }
    names
}

/// Whether a step gave a secret that this process does not have.
fn is_lost(node: &Node, ledger: &Ledger) -> bool {
    let output = ledger.get(&node.name).and_then(|a| a.output.as_ref());
    output.is_some_and(|o| o.redacted() == *o && is_withheld(&o.json()))
}

/// For each step those that cannot stand if it is made anew.
fn dependants_of(nodes: &[Node]) -> Vec<Vec<usize>> {
    let mut dependants = vec![Vec::new(); nodes.len()];
    for (i, node) in nodes.iter().enumerate() {
        node.uses().iter().chain(&node.undo_before).for_each(|&d| dependants[d].push(i));
    }
    dependants
}

//! What a resumed run has to make again, because a secret of it was not kept.

use crate::{Ledger, Plan, dsl::is_withheld, ledger::State, plan::Node};
use std::{collections::HashSet, sync::Arc};

/// The steps whose secret output was not kept, though a step that is not done needs it; with all
/// that rests on them, which holds the old secret and has to go before they do; and with the
/// sub-steps of these.
pub(super) fn to_be_redone(plan: &Plan, ledger: &Ledger) -> HashSet<Arc<str>> {
    let nodes = plan.nodes();
    let state = |i: usize| ledger.get(&nodes[i].name).map(|a| a.state);
    let is_left = |i: usize| state(i).is_some_and(State::is_left);
    let mut todo: Vec<usize> =
        (0..nodes.len()).filter(|&i| state(i) != Some(State::Done)).collect();
    let mut needed: Vec<bool> = nodes.iter().map(|_| false).collect();
    todo.iter().for_each(|&i| needed[i] = true);
    let mut redo = HashSet::new();
    let mut dependants = Vec::new();
    while let Some(i) = todo.pop() {
        for &d in &nodes[i].data {
            if state(d) == Some(State::Done) && !redo.contains(&d) && is_lost(&nodes[d], ledger) {
                if dependants.is_empty() {
                    dependants = dependants_of(nodes);
                }
                // Whatever rests on it, and so on.
                let mut stack = vec![d];
                while let Some(d) = stack.pop() {
                    if !is_left(d) || !redo.insert(d) {
                        continue;
                    }
                    stack.extend(&dependants[d]);
                    if !std::mem::replace(&mut needed[d], true) {
                        todo.push(d);
                    }
                }
            }
        }
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

/// For each step those that are undone before it is.
fn dependants_of(nodes: &[Node]) -> Vec<Vec<usize>> {
    let mut dependants = vec![Vec::new(); nodes.len()];
    for (i, node) in nodes.iter().enumerate() {
        node.rests_on().iter().chain(&node.undo_before).for_each(|&d| dependants[d].push(i));
    }
    dependants
}

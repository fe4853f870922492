//! What a resumed run has to take back before it goes on.

use crate::{
    Account, Ledger, Plan,
    ledger::State,
    plan::{Node, Rests},
};
use std::{collections::HashSet, sync::Arc};

/// What has to go before a run goes on, because it cannot be used as it is:
///
/// - what is to be `replaced`, by its number in the plan,
/// - steps whose secret output is not kept, or is sealed for others, though a step that is not
///   done needs it,
/// - steps that were about to be undone, of whose sub-steps some are left,
/// - steps that [outlive](crate::Slot::outlives) what was undone already, and is made anew,
/// - all that rests on these, and may hold the old secret; and the sub-steps of them all.
pub(super) fn to_be_redone(
    plan: &Plan,
    ledger: &Ledger,
    replaced: Vec<usize>,
) -> HashSet<Arc<str>> {
    let nodes = plan.nodes();
    let is = |i: usize, state: State| ledger.get(&nodes[i].name).is_some_and(|a| a.state == state);
    let is_made = |i: usize| ledger.get(&nodes[i].name).is_some_and(Account::is_made);
    let outer: HashSet<&Arc<str>> =
        ledger.left().filter_map(|a| a.started.parent.as_ref()).collect();
    let mut spoilt = replaced;
    spoilt.extend(
        (0..nodes.len()).filter(|&i| outer.contains(&nodes[i].name) && is(i, State::Undoing)),
    );
    let unmade = |i: usize| ledger.get(&nodes[i].name).is_some_and(|a| !a.is_made());
    let outlived = |i: usize| nodes[i].outlives.iter().any(|&d| unmade(d));
    spoilt.extend((0..nodes.len()).filter(|&i| is_made(i) && outlived(i)));
    let mut todo: Vec<usize> = (0..nodes.len()).filter(|&i| !is_made(i)).collect();
    let mut rests: Option<Rests> = None;
    let mut redo = HashSet::new();
    let mut names: HashSet<Arc<str>> = HashSet::new();
    loop {
        while let Some(i) = spoilt.pop() {
            let name = match &rests {
                Some(rests) => &rests.names[i],
                None => &nodes[i].name,
            };
            if !ledger.get(name).is_some_and(|a| a.state.is_left()) || !redo.insert(i) {
                continue;
            }
            names.insert(name.clone());
            let rests = rests.get_or_insert_with(|| Rests::of(plan, ledger));
            spoilt.extend(&rests.dependants[i]);
            todo.extend(Some(i).filter(|&i| i < nodes.len()));
        }
        let Some(i) = todo.pop() else { break };
        let lost = |&&d: &&usize| is(d, State::Done) && is_lost(&nodes[d], ledger);
        spoilt.extend(nodes[i].data.iter().filter(lost));
    }
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
    output.is_some_and(|o| o.redacted() == *o && o.is_withheld())
}

//! The order of undoing, from the journal alone.

use crate::Account;
use std::{collections::HashMap, sync::Arc};

/// Pairs of (before, after) over `accounts`, which are in the reverse order of their first start.
///
/// A step goes before what it rests on, before what it says it goes before, and before the
/// sub-steps of what it rests on.
pub(super) fn edges(accounts: &[Account]) -> Vec<(usize, usize)> {
    let index: HashMap<&str, usize> =
        accounts.iter().enumerate().map(|(i, a)| (&*a.started.step, i)).collect();
    let mut children: HashMap<&str, Vec<usize>> = HashMap::new();
    for (i, a) in accounts.iter().enumerate() {
        if let Some(parent) = &a.started.parent {
            children.entry(parent).or_default().push(i);
        }
    }
    let mut edges = Vec::new();
    for (i, a) in accounts.iter().enumerate() {
        for name in a.rests_on().chain(&a.started.undo_before) {
            edges.extend(index.get(&**name).map(|&j| (i, j)));
            if !is_inside(a, name, accounts, &index) {
                below(name, accounts, &children, &mut |j| edges.push((i, j)));
            }
        }
    }
    // A recipe cannot draw a circle, but the journal of a recipe that changed between two runs
    // can hold one: then the order of starting decides.
    let forward = edges.iter().all(|&(before, after)| before < after);
    if !forward && is_circular(accounts.len(), &edges) {
        edges.retain(|&(before, after)| before < after);
    }
    edges
}

/// Whether a step runs inside another one.
fn is_inside(
    a: &Account,
    outer: &Arc<str>,
    accounts: &[Account],
    index: &HashMap<&str, usize>,
) -> bool {
    let mut parent = a.started.parent.as_ref();
    while let Some(name) = parent {
        if name == outer {
            return true;
        }
        parent = index.get(&**name).and_then(|&i| accounts[i].started.parent.as_ref());
    }
    false
}

/// Visits every sub-step of a step, and theirs.
fn below(
    name: &str,
    accounts: &[Account],
    children: &HashMap<&str, Vec<usize>>,
    visit: &mut impl FnMut(usize),
) {
    let mut stack = vec![name];
    while let Some(name) = stack.pop() {
        for &child in children.get(name).into_iter().flatten() {
            visit(child);
            stack.push(&accounts[child].started.step);
        }
    }
}

/// Kahn's algorithm (Communications of the ACM 5, 1962).
fn is_circular(n: usize, edges: &[(usize, usize)]) -> bool {
    let mut waiting = vec![0usize; n];
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); n];
    for &(before, after) in edges {
        waiting[after] += 1;
        next[before].push(after);
    }
    let mut ready: Vec<usize> = (0..n).filter(|&i| waiting[i] == 0).collect();
    let mut seen = 0;
    while let Some(i) = ready.pop() {
        seen += 1;
        for &j in &next[i] {
            waiting[j] -= 1;
            if waiting[j] == 0 {
                ready.push(j);
            }
        }
    }
    seen < n
}

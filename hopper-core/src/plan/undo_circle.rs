//! [`undo_circle`]: whether there is an order to undo a plan in.

use super::{Node, PlanError};

/// The steps that would each have to be undone before the next, and the last before the first.
///
/// Only [`undo_after`](crate::Slot::undo_after) can draw one: all other edges lead to steps that
/// were written earlier.
pub(crate) fn undo_circle(nodes: &[Node]) -> Option<PlanError> {
    let after = |i: usize| [&*nodes[i].rests_on(), &*nodes[i].undo_before].concat();
    if (0..nodes.len()).all(|i| nodes[i].undo_before.iter().all(|&j| j < i)) {
        return None;
    }
    // Kahn's algorithm (Communications of the ACM 5, 1962).
    let mut before: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
    for i in 0..nodes.len() {
        after(i).into_iter().for_each(|j| before[j].push(i));
    }
    let mut waiting: Vec<usize> = before.iter().map(Vec::len).collect();
    let mut ready: Vec<usize> = (0..nodes.len()).filter(|&i| waiting[i] == 0).collect();
    while let Some(i) = ready.pop() {
        for j in after(i) {
            waiting[j] -= 1;
            if waiting[j] == 0 {
                ready.push(j);
            }
        }
    }
    // Each of those left has another one of them before it: going there again and again leads
    // round a circle.
    let mut way = vec![(0..nodes.len()).find(|&i| waiting[i] != 0)?];
    let circle = loop {
        let at = *way.last()?;
        let next = before[at].iter().copied().find(|&i| waiting[i] != 0)?;
        way.push(next);
        if let Some(first) = way.iter().position(|&i| i == next).filter(|i| i + 1 < way.len()) {
            break &way[first..];
        }
    };
    let last = &nodes[circle.iter().copied().max()?];
    let names: Vec<_> = circle.iter().rev().map(|&i| nodes[i].name()).collect();
    Some(PlanError {
        step: last.name().to_owned(),
        problem: format!("cannot be undone before itself: {}", names.join(" before ")),
        at: last.at(),
    })
}

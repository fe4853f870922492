//! [`Rests`]: what rests on what, by the plan and by the journal.

use super::Plan;
use crate::Ledger;
use std::{collections::HashMap, sync::Arc};

/// What rests on what: by the plan, and by the journal of an earlier one. Steps are numbered as
/// in the plan, and after them come those that are gone from it.
pub(crate) struct Rests {
    pub(crate) names: Vec<Arc<str>>,
    /// For each step those that cannot stand if it is made anew.
    pub(crate) dependants: Vec<Vec<usize>>,
}

impl Rests {
    pub(crate) fn of(plan: &Plan, ledger: &Ledger) -> Self {
        let mut names: Vec<Arc<str>> = plan.nodes.iter().map(|n| n.name.clone()).collect();
        let mut index: HashMap<Arc<str>, usize> =
            names.iter().enumerate().map(|(i, name)| (name.clone(), i)).collect();
        for a in ledger.left().filter(|a| a.started.parent.is_none()) {
            index.entry(a.started.step.clone()).or_insert_with(|| {
                names.push(a.started.step.clone());
                names.len() - 1
            });
        }
        let mut dependants = vec![Vec::new(); names.len()];
        for (i, node) in plan.nodes.iter().enumerate() {
            node.uses().iter().chain(&node.undo_before).for_each(|&d| dependants[d].push(i));
        }
        for a in ledger.left().filter(|a| a.started.parent.is_none()) {
            let Some(&i) = index.get(&a.started.step) else { continue };
            for d in a.rests_on().chain(&a.started.undo_before).filter_map(|name| index.get(name)) {
                dependants[*d].push(i);
            }
        }
        for of_one in &mut dependants {
            of_one.sort_unstable();
            of_one.dedup();
        }
        Self { names, dependants }
    }
}

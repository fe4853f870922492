//! [`Changes`]: what a changed recipe asks of a run before anything new is made, and after.

use super::{EngineError, redo::to_be_redone, undo_order};
use crate::{Account, Diff, Difference, Ledger, Plan, plan::gone};
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

/// Which steps may be replaced when their recipe has changed in a way that cannot be brought about
/// in place: undone, after all that rests on them, and run anew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Replace {
    /// None: such a change is refused before anything acts.
    #[default]
    Never,
    /// These, if they need it, and what rests on them.
    Steps(BTreeSet<String>),
    /// Any that needs it, and what rests on it.
    Any,
}

impl Replace {
    /// Whether a step may be replaced.
    #[must_use]
    pub fn allows(&self, step: &str) -> bool {
        match self {
            Self::Never => false,
            Self::Steps(steps) => steps.contains(step),
            Self::Any => true,
        }
    }
}

/// These steps, by their full names.
impl<S: Into<String>> FromIterator<S> for Replace {
    fn from_iter<I: IntoIterator<Item = S>>(steps: I) -> Self {
        Self::Steps(steps.into_iter().map(Into::into).collect())
    }
}

/// What a run takes back because the recipe has changed, and because it cannot be used as it is.
#[derive(Debug, Default)]
pub(super) struct Changes {
    /// Before it goes on: what is replaced or made anew, and what is gone and in nobody's way.
    pub(super) first: HashSet<Arc<str>>,
    /// What is gone from the recipe.
    pub(super) gone: HashSet<Arc<str>>,
    /// Whether the recipe asks for any of that.
    pub(super) asked: bool,
}

impl Changes {
    /// What is to be done, `late` being what turned out on the way to need replacement.
    ///
    /// # Errors
    ///
    /// When a step would have to be replaced that must not be; or names that are in no plan.
    pub(super) fn of(
        plan: &Plan,
        ledger: &Ledger,
        replace: &Replace,
        late: &[usize],
    ) -> Result<Self, EngineError> {
        if let Replace::Steps(steps) = replace {
            let names: HashSet<&str> = plan.nodes().iter().map(|n| n.name()).collect();
            let strange = steps.iter().filter(|step| !names.contains(step.as_str()));
            let strange: Vec<String> = strange.cloned().collect();
            if !strange.is_empty() {
                return Err(EngineError::NoSuchStep(strange));
            }
        }
        let diff = plan.diff(ledger);
        let refused = diff.replacements().filter(|s| !replace.allows(&s.step)).cloned();
        let refused: Vec<_> = refused.collect();
        if !refused.is_empty() {
            return Err(EngineError::Changed(refused));
        }
        Ok(Self::of_diff(plan, ledger, &diff, late))
    }

    fn of_diff(plan: &Plan, ledger: &Ledger, diff: &Diff, late: &[usize]) -> Self {
        // The first of the diff are the plan's.
        let of_plan = diff.steps.iter().take(plan.nodes().len()).enumerate();
        let replaced = of_plan.filter(|(_, s)| {
            s.is_replaced() || (s.is == Difference::Unfinished && s.recorded_kind.is_some())
        });
        let mut replaced: Vec<usize> =
            replaced.map(|(i, _)| i).chain(late.iter().copied()).collect();
        replaced.sort_unstable();
        replaced.dedup();
        let asked = !replaced.is_empty();
        let mut first = to_be_redone(plan, ledger, replaced);
        let gone: HashSet<Arc<str>> =
            gone(plan, ledger).into_iter().map(|a| a.started.step.clone()).collect();
        if !gone.is_empty() {
            let early = early(ledger, &first, &gone);
            first.extend(early);
        }
        Self { first, asked: asked || !gone.is_empty(), gone }
    }

    /// Every step that is going to be undone.
    pub(super) fn undone<'l>(&self, ledger: &'l Ledger) -> impl Iterator<Item = &'l Account> {
        ledger
            .left()
            .filter(|a| self.first.contains(&a.started.step) || self.gone.contains(&a.started.step))
    }
}

/// Of what is gone, all that nothing rests on but what goes `first` as well.
fn early(
    ledger: &Ledger,
    first: &HashSet<Arc<str>>,
    gone: &HashSet<Arc<str>>,
) -> HashSet<Arc<str>> {
    let accounts: Vec<Account> =
        ledger.left().cloned().collect::<Vec<_>>().into_iter().rev().collect();
    let goes = |i: usize| {
        let name = &accounts[i].started.step;
        first.contains(name) || gone.contains(name)
    };
    let mut after: HashMap<usize, Vec<usize>> = HashMap::new();
    for (before, behind) in undo_order::edges(&accounts) {
        after.entry(before).or_default().push(behind);
    }
    let mut late: Vec<bool> = (0..accounts.len()).map(|i| !goes(i)).collect();
    let mut todo: Vec<usize> = (0..accounts.len()).filter(|&i| late[i]).collect();
    while let Some(i) = todo.pop() {
        for &behind in after.get(&i).into_iter().flatten() {
            if !std::mem::replace(&mut late[behind], true) {
                todo.push(behind);
            }
        }
    }
    let early = accounts.iter().zip(late).filter(|(_, late)| !late);
    early.map(|(a, _)| a.started.step.clone()).collect()
}

//! [`Workflow`]: where steps are written down.

use super::slot::Slot;
use crate::plan::{Node, Plan, PlanError, PlanErrors, undo_circle};
use std::{
    collections::HashMap,
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

/// A workflow that is being written.
///
/// A cheap handle: [`scope`](Workflow::scope) gives another one that writes into the same
/// workflow under a longer name, so a recipe fragment is a function from `&Workflow` to whatever
/// references it wants to hand out.
///
/// ```
/// use hopper_core::{prelude::*, testing::Make};
///
/// let w = Workflow::new("demo");
/// let net = w.scope("net");
/// let vpc = net.step("vpc").does(Make::new("a network"));
/// w.step("host").timeout(std::time::Duration::from_secs(60)).does(Make::new(text!("in {}", vpc)));
/// let plan = w.plan()?;
/// assert_eq!(plan.waves(), [["net/vpc"], ["host"]]);
/// # Ok::<(), hopper_core::PlanErrors>(())
/// ```
#[derive(Clone)]
pub struct Workflow {
    pub(super) shared: Arc<Shared>,
    prefix: String,
}

pub(super) struct Shared {
    pub(super) id: u64,
    name: Arc<str>,
    state: Mutex<Draft>,
}

#[derive(Default)]
pub(super) struct Draft {
    pub(super) nodes: Vec<Node>,
    pub(super) by_name: HashMap<Arc<str>, usize>,
    pub(super) errors: Vec<PlanError>,
}

impl Workflow {
    /// Starts an empty workflow.
    ///
    /// The name is the run's identity: a journal belongs to one workflow.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let shared = Shared {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            name: name.into().into(),
            state: Mutex::default(),
        };
        Self { shared: Arc::new(shared), prefix: String::new() }
    }

    /// The workflow's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.shared.name
    }

    /// The same workflow, with `name/` before the names of the steps added.
    #[must_use]
    pub fn scope(&self, name: impl fmt::Display) -> Self {
        Self { shared: self.shared.clone(), prefix: format!("{}{name}/", self.prefix) }
    }

    /// Names the next step.
    pub fn step(&self, name: impl fmt::Display) -> Slot {
        Slot::new(self.clone(), format!("{}{name}", self.prefix))
    }

    /// Checks the workflow and freezes it.
    ///
    /// # Errors
    ///
    /// Every mistake found, each with its place in the recipe.
    pub fn plan(&self) -> Result<Plan, PlanErrors> {
        let draft = self.draft();
        let mut errors = draft.errors.clone();
        errors.extend(undo_circle(&draft.nodes));
        match errors.is_empty() {
            true => Ok(Plan::new(self.shared.name.clone(), draft.nodes.as_slice().into())),
            false => Err(PlanErrors(errors)),
        }
    }

    pub(super) fn draft(&self) -> MutexGuard<'_, Draft> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Workflow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workflow").field("name", &self.shared.name).finish_non_exhaustive()
    }
}

//! [`Registry`]: which kind is which step.

use crate::{
    Step,
    step::{ErasedStep, erased},
};
use std::{collections::BTreeMap, fmt};

/// Which kind is which step: with it a run is undone from its journal alone, without the recipe.
#[derive(Clone, Default)]
pub struct Registry(BTreeMap<&'static str, &'static dyn ErasedStep>);

impl Registry {
    /// An empty registry.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a step.
    #[must_use]
    pub fn with<S: Step>(mut self) -> Self {
        self.0.insert(S::KIND, erased::<S>());
        self
    }

    /// Adds every step of another registry.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// The kinds, in order.
    pub fn kinds(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.0.keys().copied()
    }

    pub(crate) fn add(&mut self, step: &'static dyn ErasedStep) {
        self.0.insert(step.kind(), step);
    }

    pub(crate) fn get(&self, kind: &str) -> Option<&'static dyn ErasedStep> {
        self.0.get(kind).copied()
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.kinds()).finish()
    }
}

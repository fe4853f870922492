//! [`Envs`]: what steps act with, by type.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    fmt,
    sync::Arc,
};

/// What steps act with, by type: an [`Engine`](crate::Engine) has one of each.
///
/// `()` is always there, for steps that need nothing.
#[derive(Clone)]
pub struct Envs(HashMap<TypeId, Arc<dyn Any + Send + Sync>>);

impl Default for Envs {
    fn default() -> Self {
        Self(HashMap::new()).with(())
    }
}

impl Envs {
    /// Adds an environment.
    #[must_use]
    pub fn with<E: Send + Sync + 'static>(mut self, env: E) -> Self {
        self.0.insert(TypeId::of::<E>(), Arc::new(env));
        self
    }

    pub(crate) fn get<E: 'static>(&self) -> Option<&E> {
        self.0.get(&TypeId::of::<E>()).and_then(|e| e.downcast_ref())
    }

    pub(crate) fn has(&self, id: TypeId) -> bool {
        self.0.contains_key(&id)
    }
}

impl fmt::Debug for Envs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Envs({})", self.0.len())
    }
}

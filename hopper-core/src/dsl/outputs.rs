//! [`Outputs`] and [`Refs`]: what a step gives back, seen from the recipe.

use super::{
    hole::Hole,
    reference::{Ref, Seg, StepRef},
};
use crate::{Input, Value};
use serde::{Serialize, de::DeserializeOwned};
use std::{borrow::Cow, fmt};

/// The output of a step: a [`Value`], `()`, or a struct made with
/// [`outputs!`](crate::outputs).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a step's output",
    note = "use a `Value`, `()`, or declare it with `hopper_core::outputs!`"
)]
pub trait Outputs:
    Serialize + DeserializeOwned + Clone + fmt::Debug + Send + Sync + 'static
{
    /// The typed references that [`Slot::does`](crate::Slot::does) returns.
    type Refs: Refs;
}

/// Typed references to the output of one step.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not refer to a step",
    label = "no reference",
    note = "give what `does` returned for the step, or an `Input` taken from it"
)]
pub trait Refs {
    /// Makes the references from the step's position.
    fn new(at: Cursor) -> Self;
    /// The steps these refer to; none for a literal.
    fn steps(&self) -> Vec<StepRef>;
    /// The steps that must be done too before these may be used: see
    /// [`Input::once`](crate::Input::once).
    fn gates(&self) -> Vec<StepRef> {
        Vec::new()
    }
}

/// A place in a step's output, not yet typed.
#[derive(Clone, Debug)]
pub struct Cursor(pub(crate) Ref);

impl Cursor {
    /// Goes into a field and gives it its type. Called by [`outputs!`](crate::outputs), which
    /// writes the field and its type from the same token, so the two cannot disagree.
    #[must_use]
    pub fn field<T: Value>(&self, name: &'static str) -> Input<T> {
        // `stringify!` keeps the mark of a raw identifier, serde does not.
        let name = name.strip_prefix("r#").unwrap_or(name);
        Input::from_ref(self.0.clone().into_seg(Seg::Field(Cow::Borrowed(name))))
    }

    /// The step.
    #[must_use]
    pub fn step(&self) -> StepRef {
        self.0.step.clone()
    }
}

impl<T: Value> Outputs for T {
    type Refs = Input<T>;
}

impl<T> Refs for Input<T> {
    fn new(at: Cursor) -> Self {
        Input::from_ref(at.0)
    }
    fn steps(&self) -> Vec<StepRef> {
        self.hole().into_iter().flat_map(Hole::refs).map(|r| r.step.clone()).collect()
    }
    fn gates(&self) -> Vec<StepRef> {
        Input::gates(self).to_vec()
    }
}

/// The references to a step without output: good for [`after`](crate::Slot::after) and
/// [`once`](Input::once).
#[derive(Clone, Debug)]
pub struct Done(Cursor);

impl Outputs for () {
    type Refs = Done;
}

impl Refs for Done {
    fn new(at: Cursor) -> Self {
        Self(at)
    }
    fn steps(&self) -> Vec<StepRef> {
        vec![self.0.step()]
    }
}

/// Declares a step's output and the typed references to it.
///
/// ```
/// use hopper_core::{Input, outputs};
///
/// outputs! {
///     /// What creating a queue gives back.
///     pub struct QueueOut -> QueueRefs {
///         /// Its URL.
///         url: String,
///     }
/// }
///
/// fn use_it(queue: &QueueRefs) -> Input<String> {
///     queue.url()
/// }
/// ```
#[macro_export]
macro_rules! outputs {
    ($(#[$meta:meta])* $vis:vis struct $out:ident -> $refs:ident {
        $($(#[$fmeta:meta])* $field:ident : $ty:ty),* $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, $crate::__private::Serialize, $crate::__private::Deserialize)]
        #[serde(crate = "hopper_core::__private::serde")]
        $vis struct $out { $($(#[$fmeta])* $vis $field: $ty),* }

        #[doc = concat!("References to a future [`", stringify!($out), "`].")]
        #[derive(Clone, Debug)]
        $vis struct $refs($crate::Cursor);

        #[allow(dead_code, reason = "a recipe need not use every field")]
        impl $refs {
            $($(#[$fmeta])* #[must_use] $vis fn $field(&self) -> $crate::Input<$ty> {
                self.0.field(stringify!($field))
            })*
        }
        impl $crate::Refs for $refs {
            fn new(at: $crate::Cursor) -> Self { Self(at) }
            fn steps(&self) -> Vec<$crate::StepRef> { vec![self.0.step()] }
        }
        impl $crate::Outputs for $out { type Refs = $refs; }
    };
}

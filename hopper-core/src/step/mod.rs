//! Steps: what a recipe is made of, what they act with, and what they may answer.

mod cx;
mod erased;
mod error;
mod lookup;
mod retry;
#[expect(clippy::module_inception, reason = "the trait is the thing in the file")]
mod step;
mod tenure;

pub use cx::{Cancelled, Cx};
pub(crate) use cx::{CxCore, Port};
#[cfg(feature = "testing")]
pub(crate) use erased::ErasedMade;
pub(crate) use erased::{ErasedStep, erased};
pub use error::{Class, StepError};
pub use lookup::Lookup;
pub use retry::Retry;
pub use step::{Drift, Found, Made, OnUnknown, Step};
pub(crate) use tenure::Tenure;

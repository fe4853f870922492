//! The plan: a workflow that was checked, as inert data.

mod compare;
mod diff;
mod draw;
mod error;
mod node;
#[expect(clippy::module_inception, reason = "the type is the thing in the file")]
mod plan;
mod rests;
mod show;
mod show_diff;
mod undo_circle;

pub use compare::FieldDiff;
pub(crate) use diff::gone;
pub use diff::{Diff, Difference, How, StepDiff};
pub use error::{PlanError, PlanErrors};
pub use node::Node;
pub(crate) use node::Settings;
pub use plan::{Critical, Plan};
pub(crate) use rests::Rests;
pub(crate) use undo_circle::undo_circle;

//! The plan: a workflow that was checked, as inert data.

mod draw;
mod error;
mod node;
#[expect(clippy::module_inception, reason = "the type is the thing in the file")]
mod plan;
mod show;
mod undo_circle;

pub use error::{PlanError, PlanErrors};
pub use node::Node;
pub(crate) use node::Settings;
pub use plan::{Critical, Plan};
pub(crate) use undo_circle::undo_circle;

//! The engine: plans in, effects and records out.
//!
//! [`Schedule`](schedule) decides what may start (pure), [`Driver`](driver) writes records and
//! starts work, [`forward`] runs one step to its end, [`backward`] undoes one.

mod backward;
mod cancel;
mod changes;
mod clock;
mod drift;
mod driver;
#[expect(clippy::module_inception, reason = "the type is the thing in the file")]
mod engine;
mod envs;
mod error;
mod event;
mod forward;
mod job;
mod observer;
mod outbox;
mod recorder;
mod redo;
mod registry;
mod report;
mod reseal;
mod schedule;
mod session;
mod start;
mod substep;
mod undo_order;
mod update;
mod verdict;

pub use cancel::Cancel;
pub use changes::Replace;
pub use clock::Clock;
pub use drift::StepDrift;
pub use engine::{Engine, OnFailure};
pub use envs::Envs;
pub use error::EngineError;
pub use event::Event;
pub use observer::Observer;
pub(crate) use observer::Observers;
pub(crate) use outbox::Outbox;
pub use registry::Registry;
pub use report::{Left, Outcome, Report, StepReport};
pub(crate) use substep::SubStep;

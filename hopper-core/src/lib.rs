//! Steps that know how to undo themselves, composed in code, run by an engine you can trust.
//!
//! Data flows one way:
//!
//! ```text
//! recipe code ─► Workflow ─► Plan ─► Engine ─► Step
//!                                      ├─► Journal ──► resume, undo, status
//!                                      └─► Event ────► progress, report
//! ```
//!
//! - A [`Step`] is a plain serde struct that can `run`, be found again, and `undo`.
//!   Its fields may be [`Input`]s: literals, references to other steps' outputs, or text of both.
//! - A [`Workflow`] composes steps: `w.step("nat").timeout(..).does(NatGateway { .. })` returns
//!   typed references, and a reference is the edge. A recipe is an ordinary function.
//! - A [`Plan`] is the frozen graph: inert, printable, the same bytes every time.
//! - An [`Engine`] runs it: in parallel, journaled, with retries; resumes it; undoes it.
//! - A [`Journal`] is written before and after every effect. Undoing needs nothing else.
//!
//! ```
//! use hopper_core::{MemoryJournal, Outcome, prelude::*, testing::{Make, Shelf}};
//!
//! // A recipe: two things, the second made of the first.
//! fn recipe(w: &Workflow) -> Input<String> {
//!     let flour = w.step("flour").does(Make::new("flour"));
//!     w.step("bread").does(Make::new(text!("bread of {}", flour)))
//! }
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let w = Workflow::new("bakery");
//! let bread = recipe(&w);
//! let plan = w.plan()?; // every mistake at once, each with file and line
//! println!("{plan}");
//!
//! let shelf = Shelf::default(); // what these steps act on
//! let engine =
//!     Engine::new(MemoryJournal::default()).env(shelf.clone()).registry(plan.registry());
//! let report = engine.run(&plan).await?;
//! assert_eq!(report.outcome, Outcome::Done);
//! assert_eq!(report.get(&bread).as_deref(), Some("bread of flour#1#2"));
//!
//! let report = engine.undo().await?;
//! assert_eq!(report.outcome, Outcome::Undone);
//! assert!(shelf.is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")
)]

extern crate self as hopper_core;

mod dsl;
mod engine;
mod journal;
mod ledger;
mod plan;
mod seal;
mod step;
pub mod testing;

pub use dsl::{
    Cursor, Done, Draft, Input, Outputs, Part, Ref, Refs, Secret, Seg, Show, Slot, StepRef,
    ToParts, Value, Workflow,
};
pub use engine::{
    Cancel, Clock, Engine, EngineError, Envs, Event, Left, Observer, OnFailure, Outcome, Registry,
    Replace, Report, StepDrift, StepReport,
};
pub use journal::{
    Data, Edges, Entry, FORMAT, FileJournal, Journal, JournalError, Lease, MemoryJournal, Owner,
    Record, RunRecord, Started, Torn, Updating, kit as journal_kit,
};
pub use ledger::{Account, Ledger, State, Was};
pub use plan::{
    Critical, Diff, Difference, FieldDiff, How, Node, Plan, PlanError, PlanErrors, StepDiff,
};
pub use seal::{Keyring, SealError, SealingKey};
pub use step::{
    Cancelled, Class, Cx, Drift, Found, Lookup, Made, OnUnknown, Retry, Step, StepError,
};

/// Everything a recipe and a step need.
pub mod prelude {
    pub use crate::{
        Cx, Drift, Engine, Found, Input, Lookup, Made, OnFailure, OnUnknown, Outputs, Plan, Refs,
        Registry, Retry, Secret, Step, StepError, Value, Workflow, outputs, text,
    };
}

/// What the macros expand to.
#[doc(hidden)]
pub mod __private {
    pub use crate::dsl::{fill, holes};
    pub use serde::{self, Deserialize, Serialize};
}

//! [`preflight`]: all that is in a plan's way, before anything is made.
//!
//! It only reads, and makes calls with `DryRun`: who we are, and by whose clock; whether every
//! call that the plan will make is permitted; whether quotas leave room for what it makes; whether
//! addresses overlap; whether names are free, and images, keys and instance types there. It tells
//! everything at once.
//!
//! What a step needs, it says itself: see [`needs`](crate::needs).
//!
//! ```
//! use hopper_aws::{Aws, Tags, preflight::preflight, recipes, settings::NetworkSettings};
//! use hopper_core::Workflow;
//! use hopper_mock::{Mock, Quotas};
//!
//! # hopper_core::testing::on_paused_time(async {
//! let w = Workflow::new("hopper");
//! recipes::network(&w.scope("network"), "hopper", &NetworkSettings::default(), &Tags::new());
//! let plan = w.plan()?;
//!
//! let mock = Mock::builder().quotas(Quotas { addresses: 0, ..Quotas::default() }).build();
//! let found = preflight(&plan, &Aws::new(&mock.sdk_config())).await;
//! assert!(!found.is_ok());
//! println!("{found}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod caller;
mod checks;
mod clock;
mod finding;
mod machines;
mod names;
mod network;
mod permissions;
mod quotas;
mod simulation;
mod survey;

pub use crate::needs::Verdict;
pub use checks::{Checks, preflight};
pub use finding::{Finding, Permission, Preflight, Severity, Topic};

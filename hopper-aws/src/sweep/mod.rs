//! Strays: what carries hopper's [mark](crate::mark) and is in no journal at hand.
//!
//! [`strays`] lists them; a [`plan`] removes them, in the order in which they can go.
//!
//! ```no_run
//! # async fn sweep(aws: hopper_aws::Aws, journal: &hopper_core::Ledger) -> Result<(), Box<dyn std::error::Error>> {
//! use hopper_aws::sweep;
//! use hopper_core::{Engine, MemoryJournal, OnFailure};
//!
//! let mut strays = sweep::strays(&aws, &[journal]).await?;
//! strays.retain(|stray| stray.run == "0f2a61c5d3be");
//! let engine = Engine::new(MemoryJournal::default()).env(aws).on_failure(OnFailure::Keep);
//! let report = engine.run(&sweep::plan(&strays)?).await?;
//! println!("{report}");
//! # Ok(())
//! # }
//! ```

mod marked;
mod plan;
mod stray;
mod swept;

pub use plan::plan;
pub use stray::{Stray, strays};

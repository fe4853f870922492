//! One integration binary.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests may")]

mod attack;
mod change;
mod change_parts;
mod cloud;
mod damage;
mod dsl;
mod durable;
mod fail;
mod flaky;
mod format;
mod harness;
#[cfg(feature = "testing")]
mod journal;
mod marker;
mod plan;
mod run;
mod sealed;
mod secret;
mod serde_shapes;
mod shape;
mod takeover;
mod text;
mod tidy;
mod tricks;
mod verdict;
mod vestibule;
mod yard;

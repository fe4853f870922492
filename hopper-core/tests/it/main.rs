//! One integration binary.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "tests may"
)]

mod cloud;
mod fail;
mod durable;
mod flaky;
mod harness;
#[cfg(feature = "testing")]
mod journal;
mod run;
mod tidy;

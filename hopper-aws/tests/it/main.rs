//! Steps and recipes on the simulated AWS.

#![allow(missing_docs, reason = "tests")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

mod calls;
mod chapter;
mod inventory;
mod network;
mod stage;
mod visibility;
mod vpc;

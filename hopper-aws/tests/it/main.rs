//! Steps and recipes on the simulated AWS.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests may")]

mod calls;
mod chapter;
mod inventory;
mod network;
mod stage;
mod visibility;
mod vpc;

//! Steps and recipes on the simulated AWS.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests may")]

mod calls;
mod chapter;
mod ground;
mod iam;
mod iam_attachments;
mod image;
mod instance;
mod inventory;
mod key_pair;
mod lookups;
mod nat_gateway;
mod network;
mod security_groups;
mod stopped_instance;
mod visibility;
mod vpc;

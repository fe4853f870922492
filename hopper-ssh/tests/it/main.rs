//! The client against OpenSSH: a workstation, a bastion and a machine behind it.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

mod basics;
mod cut;
mod ground;
mod sshd;
mod trust;

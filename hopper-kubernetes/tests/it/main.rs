//! Steps that need no machine.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

mod admin_kubeconfig;

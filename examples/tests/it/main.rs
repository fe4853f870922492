//! The programs, driven from outside as a user would.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

mod bad_input;
mod battery;
mod change;
mod chapter_by_hand;
mod cluster;
mod crash;
mod cycle;
mod demo;
mod interrupt;
mod keys;
mod kill;
mod kubeconfig;
mod machines;
mod moto;
mod own_step;
mod plan;
mod preflight;
mod program;
mod python;
mod relay;
mod resolve;
mod serve;
mod sweep;
mod takeover;
mod throwaway;
mod tunnel;
mod valid;

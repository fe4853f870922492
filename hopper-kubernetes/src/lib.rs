//! The inside of a cluster: its machines, kubeadm, and what runs there, reached over SSH.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic, reason = "tests may"))]

pub mod add_ons;
pub mod api;
mod consoles;
mod error;
mod hosts;
pub mod kubeadm;
pub mod kubeconfig;
pub mod pki;
mod printed;
mod said;
pub mod steps;
mod way;

pub use consoles::Consoles;
pub use hosts::Hosts;
pub use way::{Place, Way};

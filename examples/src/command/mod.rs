//! The commands, one a file.

pub mod check;
pub mod cost;
pub mod demo;
pub mod down;
pub mod image;
pub mod kubeconfig;
pub mod plan;
pub mod preflight;
pub mod renew;
pub mod resolve;
pub mod rotate_key;
pub mod serve;
pub mod ssh;
pub mod start;
pub mod status;
pub mod stop;
pub mod sweep;
pub mod tunnel;
pub mod up;

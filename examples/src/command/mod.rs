//! The commands, one a file.

pub mod check;
pub mod demo;
pub mod down;
pub mod image;
pub mod plan;
pub mod preflight;
pub mod resolve;
pub mod rotate_key;
pub mod serve;
pub mod status;
pub mod sweep;
pub mod up;

//! The shell of a host: the part of POSIX sh that scripts of recipes use, with bash's `pipefail`,
//! `[[` and `local`.
//!
//! The syntax is read by `brush-parser`; what it means is here.

mod arithmetic;
mod builtin;
mod compound;
mod expand;
mod fields;
mod io;
mod options;
mod parameter;
mod pattern;
mod redirect;
mod run;
mod state;
mod test;

pub(super) use builtin::unescaped;
pub(super) use io::{Input, Io, Output, Piece};
pub(super) use pattern::glob;
pub(super) use state::{Flow, Shell};

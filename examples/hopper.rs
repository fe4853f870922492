//! Brings a network up on AWS, or on a simulator of it, and takes it down again.
//!
//! ```text
//! cargo run --example hopper -- demo
//! ```

use clap::Parser as _;
use examples::{args::Args, out::complain};
use std::process::ExitCode;

fn main() -> ExitCode {
    match examples::run(&Args::parse()) {
        Ok(code) => code.into(),
        Err(failure) => {
            complain(format_args!("error: {failure}"));
            failure.code.into()
        }
    }
}

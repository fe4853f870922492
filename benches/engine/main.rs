//! The cost of a step: hopper beside steno 0.5 and beside the floor, in one run.
//!
//! `cargo bench -p benches --bench engine` prints the table that stands in the README; with
//! `--quick`, or when it is run as a test, sizes are tiny and the figures mean nothing.
//!
//! Every measurement is a process of its own, so that peak memory is that of one engine and one
//! workload. Subjects take turns, round after round, so that the load of the machine hits all of
//! them alike; the table shows medians. Building the graph is not counted.

mod aim;
mod floor;
mod hopper;
mod machine;
mod measure;
mod peer;
mod step;
mod survey;
mod table;
mod workload;

use clap::{Parser, Subcommand};
use measure::Subject;
use workload::Workload;

/// Measures the engine.
#[derive(Parser)]
struct Args {
    /// Tiny sizes, one round.
    #[arg(long)]
    quick: bool,
    /// As `--quick`.
    #[arg(long)]
    test: bool,
    /// What `cargo bench` passes; without it this is a test, and quick.
    #[arg(long)]
    bench: bool,
    #[command(subcommand)]
    measure: Option<One>,
}

/// One measurement, in this process.
#[derive(Subcommand)]
enum One {
    /// Measures one subject with one workload, and prints a sample as JSON.
    Measure {
        /// Whose cost it is.
        subject: Subject,
        /// What is run.
        #[command(flatten)]
        workload: Workload,
    },
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    if let Some(One::Measure { subject, workload }) = args.measure {
        println!("{}", serde_json::to_string(&measure::measure(subject, workload)?)?);
        return Ok(());
    }
    survey::survey(args.quick || args.test || !args.bench)
}

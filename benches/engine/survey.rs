//! [`survey`]: every subject with every workload, in turns.

use crate::{
    aim, machine,
    measure::{Sample, Subject, median},
    table,
    workload::{Shape, Workload},
};
use anyhow::{Context as _, ensure};
use clap::ValueEnum;
use std::{
    collections::BTreeMap,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// What was measured of a workload, by subject.
pub(crate) type Row = BTreeMap<Subject, Sample>;

/// How often every subject has its turn.
const ROUNDS: usize = 5;
/// What took longer than this has no second turn.
const LONG: Duration = Duration::from_secs(3);

fn workloads(quick: bool) -> Vec<Workload> {
    let w = Workload::new;
    match quick {
        true => {
            vec![w(Shape::Chain, 20), w(Shape::FanOut, 50), w(Shape::Undo, 20), w(Shape::Ladder, 4)]
        }
        false => vec![
            w(Shape::Chain, 1_000),
            w(Shape::Chain, 100_000),
            w(Shape::FanOut, 1_000),
            w(Shape::FanOut, 10_000),
            w(Shape::FanOut, 50_000),
            w(Shape::FanOut, 100_000),
            w(Shape::Undo, 1_000),
            w(Shape::Ladder, 8),
            w(Shape::Ladder, 16),
            w(Shape::Ladder, 24),
        ],
    }
}

/// Measures everything and prints it.
pub(crate) fn survey(quick: bool) -> anyhow::Result<()> {
    let probes = if quick { 3 } else { 200 };
    let before = machine::fdatasync(probes)?;
    let mut rows = Vec::new();
    for workload in workloads(quick) {
        rows.push((workload, row(workload, if quick { 1 } else { ROUNDS })?));
    }
    let after = machine::fdatasync(probes)?;
    println!("{}", table::costs(&rows));
    println!("{}", table::peaks(&rows));
    println!("{}", table::notes(&rows, [before, after]));
    if !quick {
        println!("{}", aim::shown(&rows));
    }
    Ok(())
}

/// Gives every subject that can bear a workload its turns with it.
fn row(workload: Workload, rounds: usize) -> anyhow::Result<Row> {
    let mut samples: BTreeMap<Subject, Vec<Sample>> = BTreeMap::new();
    let mut slow = Vec::new();
    for round in 0..rounds {
        for &subject in Subject::value_variants() {
            if !subject.bears(workload) || slow.contains(&subject) {
                continue;
            }
            let began = Instant::now();
            let sample = apart(subject, workload)?;
            if LONG < began.elapsed() {
                slow.push(subject);
            }
            eprintln!("round {}: {workload}: {subject:?} {:?}", round + 1, sample.run);
            samples.entry(subject).or_default().push(sample);
        }
    }
    Ok(samples.into_iter().filter_map(|(s, all)| Some((s, middle(&all)?))).collect())
}

/// The medians of several turns.
fn middle(all: &[Sample]) -> Option<Sample> {
    Some(Sample {
        run: median(all.iter().map(|s| s.run).collect())?,
        peak_kib: median(all.iter().map(|s| s.peak_kib).collect())?,
        flushes: all.first()?.flushes,
    })
}

/// Measures in a process of its own.
fn apart(subject: Subject, workload: Workload) -> anyhow::Result<Sample> {
    let name = |value: Option<clap::builder::PossibleValue>| {
        value.map(|v| v.get_name().to_owned()).context("a value without a name")
    };
    let output = Command::new(std::env::current_exe()?)
        .arg("measure")
        .arg(name(subject.to_possible_value())?)
        .arg(name(workload.shape.to_possible_value())?)
        .arg(workload.size.to_string())
        .stderr(Stdio::inherit())
        .output()?;
    ensure!(output.status.success(), "{subject:?} failed with {workload}: {}", output.status);
    serde_json::from_slice(&output.stdout).context("the measurement printed no sample")
}

//! [`Workload`]: a graph of steps that do nothing.

use crate::step::{Join, Noop, Refuse};
use clap::ValueEnum;
use hopper_core::{Input, Plan, PlanErrors, Workflow};
use std::fmt;

/// The shape of a graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shape {
    /// Each step takes the output of the one before it.
    Chain,
    /// One step, and all others take its output.
    FanOut,
    /// A chain whose last step fails, so that all of it is undone.
    Undo,
    /// Stages of two steps, each of which takes both outputs of the stage before it, and one
    /// last step.
    Ladder,
}

/// A graph of steps that do nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::Args)]
pub(crate) struct Workload {
    /// Its shape.
    pub(crate) shape: Shape,
    /// How many steps, or stages, it has.
    pub(crate) size: usize,
}

impl Workload {
    pub(crate) const fn new(shape: Shape, size: usize) -> Self {
        Self { shape, size }
    }

    /// How many steps that is.
    pub(crate) fn n_steps(self) -> usize {
        match self.shape {
            Shape::Chain | Shape::Undo | Shape::FanOut => self.size,
            Shape::Ladder => 2 * self.size + 1,
        }
    }

    /// As a recipe.
    pub(crate) fn plan(self) -> Result<Plan, PlanErrors> {
        let w = Workflow::new("bench");
        let first = |w: &Workflow, name| w.step(name).does(Noop { former: 0.into() });
        match self.shape {
            Shape::Chain | Shape::Undo => {
                let mut former: Input<u64> = first(&w, "s0");
                for i in 1..self.size - 1 {
                    former = w.step(format_args!("s{i}")).does(Noop { former });
                }
                match self.shape {
                    Shape::Undo => w.step("last").does(Refuse { former }),
                    _ => w.step("last").does(Noop { former }),
                };
            }
            Shape::FanOut => {
                let root = first(&w, "root");
                for i in 1..self.size {
                    w.step(format_args!("s{i}")).does(Noop { former: root.clone() });
                }
            }
            Shape::Ladder => {
                let mut rungs = (first(&w, "a0"), first(&w, "b0"));
                for i in 1..self.size {
                    let (a, b) = rungs;
                    let left =
                        w.step(format_args!("a{i}")).does(Join { a: a.clone(), b: b.clone() });
                    rungs = (left, w.step(format_args!("b{i}")).does(Join { a, b }));
                }
                let (a, b) = rungs;
                w.step("last").does(Join { a, b });
            }
        }
        w.plan()
    }
}

impl fmt::Display for Workload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = thousands(self.size);
        match self.shape {
            Shape::Chain => write!(f, "chain of {size}"),
            Shape::FanOut => write!(f, "fan-out of {size}"),
            Shape::Undo => write!(f, "failure and undo of {size}"),
            Shape::Ladder => write!(f, "ladder of {size} stages, {} steps", self.n_steps()),
        }
    }
}

/// `50000` as `50,000`.
fn thousands(n: usize) -> String {
    match n / 1000 {
        0 => n.to_string(),
        above => format!("{},{:03}", thousands(above), n % 1000),
    }
}

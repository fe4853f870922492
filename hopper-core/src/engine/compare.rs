//! [`Change`]: how a plan differs from what its journal says was made.

use crate::{Ledger, Plan, journal::Data, ledger::State};
use std::{collections::HashSet, fmt};

/// How a plan differs from what its journal says was made.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Change {
    /// A step that left something is not in the plan any more.
    Gone {
        /// The step.
        step: String,
        /// Its kind.
        kind: String,
    },
    /// A step is of another kind now.
    Kind {
        /// The step.
        step: String,
        /// Its kind in the journal.
        recorded: String,
        /// Its kind in the plan.
        now: String,
    },
    /// A step that is done has other inputs now.
    Inputs {
        /// The step.
        step: String,
        /// Its inputs in the journal.
        recorded: Data,
        /// Its inputs in the plan.
        now: Data,
    },
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gone { step, kind } => write!(f, "{step} ({kind}) is gone from the recipe"),
            Self::Kind { step, recorded, now } => write!(f, "{step} was {recorded}, and is {now}"),
            Self::Inputs { step, recorded, now } => {
                write!(f, "{step} was made with {recorded:?}, and is {now:?}")
            }
        }
    }
}

impl Plan {
    /// How this plan differs from what a journal says was made, as far as that is known before
    /// anything runs. Steps that are new, or of which nothing is left, are no difference.
    #[must_use]
    pub fn changes(&self, ledger: &Ledger) -> Vec<Change> {
        let names: HashSet<&str> = self.nodes.iter().map(|n| n.name()).collect();
        let mut changes = Vec::new();
        for a in ledger.left().filter(|a| a.started.parent.is_none()) {
            if !names.contains(&*a.started.step) {
                let (step, kind) = (a.started.step.to_string(), a.started.kind.to_string());
                changes.push(Change::Gone { step, kind });
            }
        }
        for node in &*self.nodes {
            let Some(a) = ledger.get(&node.name).filter(|a| a.state.is_left()) else { continue };
            let (step, recorded) = (node.name.to_string(), a.started.kind.to_string());
            if recorded != node.kind() {
                changes.push(Change::Kind { step, recorded, now: node.kind().to_owned() });
            } else if a.state == State::Done
                && let Ok(now) = node.resolve(ledger).map(|now| now.redacted())
                && now != a.started.inputs
            {
                changes.push(Change::Inputs { step, recorded: a.started.inputs.clone(), now });
            }
        }
        changes
    }
}

//! [`Stray`]: a thing of a run that no journal answers for; [`strays`]: all of them.

use super::marked::{AllMarked, Marked};
use crate::Aws;
use hopper_core::{Account, Engine, Ledger, MemoryJournal, StepError, Workflow};
use serde::Serialize;
use std::{collections::BTreeSet, fmt};

/// A thing that carries a mark, and that no journal given answers for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Stray {
    /// What it is, e.g. `aws.ec2.vpc`.
    pub kind: String,
    /// Its id; of what has none the name.
    pub id: String,
    /// Its tag `Name`.
    pub name: Option<String>,
    /// The run that made it.
    pub run: String,
    /// The step that made it; empty where the mark does not tell.
    pub step: String,
    /// The step's token.
    pub token: String,
    /// The region.
    pub region: Option<String>,
    /// The Kubernetes clusters that its tags name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub clusters: Vec<String>,
    /// Why it is a stray.
    pub why: String,
}

/// `aws.ec2.vpc vpc-0f… "hopper" of step network/vpc: no journal given has run 1b…`
impl fmt::Display for Stray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.id)?;
        if let Some(name) = &self.name {
            write!(f, " \"{name}\"")?;
        }
        match &*self.step {
            "" => write!(f, ": {}", self.why),
            step => write!(f, " of step {step}: {}", self.why),
        }
    }
}

/// Everything in the account and region that carries a mark and that none of these journals has
/// as left. It only reads.
///
/// What an Auto Scaling group has launched carries the group's mark, and is told only once the
/// group is gone. What carries no mark of its own (routes, associations, policies of a role) goes
/// with what it is in.
///
/// With no journals given, every run there is looks like a stray.
///
/// # Errors
///
/// When AWS does not answer, or refuses to.
pub async fn strays(aws: &Aws, journals: &[&Ledger]) -> Result<Vec<Stray>, StepError> {
    let marked = marked(aws).await?;
    let groups: BTreeSet<&str> = marked
        .iter()
        .filter(|thing| thing.kind == "aws.autoscaling.auto_scaling_group")
        .map(|thing| thing.token.as_str())
        .collect();
    let is_launched = |thing: &Marked| {
        thing.kind != "aws.autoscaling.auto_scaling_group" && groups.contains(&*thing.token)
    };
    let stray = |thing: &Marked| {
        let why = why(thing, journals)?;
        let Marked { kind, id, name, run, step, token, clusters } = thing.clone();
        let region = aws.region().map(ToOwned::to_owned);
        Some(Stray { kind, id, name, run, step, token, region, clusters, why })
    };
    Ok(marked.iter().filter(|thing| !is_launched(thing)).filter_map(stray).collect())
}

async fn marked(aws: &Aws) -> Result<Vec<Marked>, StepError> {
    let w = Workflow::new("strays");
    w.step("marked").does(AllMarked {});
    let plan = w.plan().map_err(StepError::permanent)?;
    let engine = Engine::new(MemoryJournal::default()).env(aws.clone());
    let report = engine.run(&plan).await.map_err(StepError::permanent)?;
    if let Some((_, error)) = report.errors.into_iter().next() {
        return Err(error);
    }
    let output = report.steps.first().and_then(|step| step.output.as_ref());
    let output = output.ok_or_else(|| StepError::permanent("the look for strays was stopped"))?;
    output.get().map_err(StepError::permanent)
}

/// Why a thing is a stray; `None` if a journal has it as left.
fn why(thing: &Marked, journals: &[&Ledger]) -> Option<String> {
    let is_of = |ledger: &&&Ledger| ledger.run().is_some_and(|run| run.run == thing.run);
    let mut why = None;
    for ledger in journals.iter().filter(is_of) {
        let is_its = |a: &&Account| *a.started.token == *thing.token;
        let account = match &*thing.step {
            "" => ledger.steps().iter().find(is_its),
            step => ledger.get(step),
        };
        why = Some(match account {
            None => "the journal has no such step".to_owned(),
            Some(account) if !account.state.is_left() => {
                "the journal says that nothing is left of it".to_owned()
            }
            Some(account) if *account.started.token != *thing.token => {
                "it was made under another token than the journal's".to_owned()
            }
            Some(_) => return None,
        });
    }
    Some(why.unwrap_or_else(|| format!("no journal given has run {}", thing.run)))
}

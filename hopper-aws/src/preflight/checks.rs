//! [`Checks`]: how to look ahead.

use super::{
    caller,
    finding::{Finding, Preflight, Topic},
    machines, names, network, permissions, quotas,
    survey::Survey,
};
use crate::{
    Aws,
    needs::{Catalogue, Needs, catalogue},
};
use hopper_core::{Ledger, Plan};

/// Looks for all that is in the way of a plan's first run. Nothing is changed.
///
/// [`Checks`] goes on with a run, and knows steps of one's own.
pub async fn preflight(plan: &Plan, aws: &Aws) -> Preflight {
    Checks::new(plan).look(aws).await
}

/// How to look ahead.
#[derive(Clone, Debug)]
pub struct Checks<'a> {
    plan: &'a Plan,
    catalogue: Catalogue,
    ledger: Ledger,
}

impl<'a> Checks<'a> {
    /// For a plan's first run, with this crate's steps.
    #[must_use]
    pub fn new(plan: &'a Plan) -> Self {
        Self { plan, catalogue: catalogue(), ledger: Ledger::default() }
    }

    /// With steps of one's own.
    #[must_use]
    pub fn knowing<S: Needs>(mut self) -> Self {
        self.catalogue = self.catalogue.with::<S>();
        self
    }

    /// For a run that goes on: what is done is not looked at again, and what it has made is its
    /// own.
    #[must_use]
    pub fn resuming(mut self, ledger: &Ledger) -> Self {
        self.ledger = ledger.clone();
        self
    }

    /// Looks, and tells everything at once. Nothing is changed.
    pub async fn look(self, aws: &Aws) -> Preflight {
        let mut survey = Survey::of(self.plan, &self.ledger, &self.catalogue);
        let mut found =
            Preflight { findings: std::mem::take(&mut survey.findings), ..Preflight::default() };
        found.findings.extend(network::of_the_plan(&survey));
        found.findings.extend(names::wanted_twice(&survey));
        let (caller, findings) = caller::identify(aws).await;
        found.findings.extend(findings);
        match caller {
            None => {
                let what = "permissions, quotas, names, images and what else AWS has to tell \
                            were not looked at";
                found.findings.push(Finding::warning(Topic::Skipped, what));
            }
            Some(caller) => {
                let trials = std::mem::take(&mut survey.trials);
                let (names, checks) =
                    (std::mem::take(&mut survey.names), std::mem::take(&mut survey.checks));
                let run = survey.run.clone();
                let (permissions, quotas, network, machines, taken, missing) = tokio::join!(
                    permissions::judge(aws, &caller, &survey, trials),
                    quotas::compare(aws, &survey),
                    network::beside_others(aws, &survey),
                    machines::offered(aws, &survey),
                    names::taken(aws, run.as_deref(), names),
                    names::missing(aws, checks),
                );
                found.permissions = permissions.0;
                let all = [permissions.1, quotas, network, machines, taken, missing];
                found.findings.extend(all.into_iter().flatten());
            }
        }
        found.findings.sort();
        found.findings.dedup();
        found
    }
}

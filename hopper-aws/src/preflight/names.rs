//! Names that only one thing can have, and things that have to be there.

use super::{
    finding::{Finding, Topic},
    survey::Survey,
};
use crate::{
    Aws,
    needs::{Check, Name},
};
use futures_util::future::join_all;
use std::collections::{BTreeMap, BTreeSet};

/// Names that two steps of the plan want.
pub(super) fn wanted_twice(survey: &Survey) -> Vec<Finding> {
    let mut wanted = BTreeMap::<(&str, &str), Vec<&str>>::new();
    for (name, step) in &survey.names {
        wanted.entry((name.what, &name.name)).or_default().push(step);
    }
    let twice = wanted.into_iter().filter(|(_, steps)| 1 < steps.len());
    let finding = |((what, name), steps): ((&str, &str), Vec<&str>)| {
        let told = format!("{} steps want the {what} name {name}", steps.len());
        Finding::problem(Topic::Name, told).hint("give each its own").of(steps)
    };
    twice.map(finding).collect()
}

/// Names that others have.
pub(super) async fn taken(
    aws: &Aws,
    run: Option<&str>,
    names: Vec<(Name, String)>,
) -> Vec<Finding> {
    let looks = names.into_iter().map(|(name, step)| async move {
        let Name { what, name, look } = name;
        match look(aws.clone(), name.clone()).await {
            Ok(holder) => {
                let other = holder.filter(|holder| !holder.is_of(run))?;
                let told = format!("the {what} name {name} is taken by one {}", other.told());
                let finding = Finding::problem(Topic::Name, told);
                Some(finding.hint("choose another, or delete what has it").of([step]))
            }
            Err(error) => {
                let told = format!("whether the {what} name {name} is free");
                Some(Finding::unseen(Topic::Name, told, &error).of([step]))
            }
        }
    });
    join_all(looks).await.into_iter().flatten().collect()
}

/// Things that should be there and are not. What several steps want is looked for once.
pub(super) async fn missing(aws: &Aws, checks: Vec<(Check, String)>) -> Vec<Finding> {
    let mut wanted = BTreeMap::<String, (Check, BTreeSet<String>)>::new();
    for (check, step) in checks {
        let entry = wanted.entry(check.what.clone());
        entry.or_insert_with(|| (check, BTreeSet::new())).1.insert(step);
    }
    let looks = wanted.into_values().map(|(check, steps)| async move {
        let Check { what, hint, look } = check;
        match look(aws.clone()).await {
            Ok(true) => None,
            Ok(false) => {
                let told = format!("missing: {what}");
                Some(Finding::problem(Topic::Missing, told).hint(hint).of(steps))
            }
            Err(error) => Some(Finding::unseen(Topic::Missing, what, &error).of(steps)),
        }
    });
    join_all(looks).await.into_iter().flatten().collect()
}

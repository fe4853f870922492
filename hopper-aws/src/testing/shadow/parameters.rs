//! The parameters of another AWS, for machines that ask for them.

use super::follow::{Wrong, done};
use crate::Aws;
use hopper_mock::Mock;
use std::collections::BTreeSet;

/// Brings them to where they are there.
pub(super) async fn follow(aws: &Aws, mock: &Mock) -> Result<(), Wrong> {
    let asked = aws.ssm().get_parameters_by_path().path("/hopper").recursive(true);
    let mut pages = asked.with_decryption(true).into_paginator().send();
    let mut there = BTreeSet::new();
    while let Some(page) = pages.next().await {
        for parameter in page?.parameters() {
            let (Some(name), Some(value)) = (parameter.name(), parameter.value()) else { continue };
            there.insert(name.to_owned());
            let known =
                mock.call("ssm:GetParameter", &[("Name", name), ("WithDecryption", "true")]);
            if known.text("Parameter/Value") == Some(value) {
                continue;
            }
            let kind = parameter.r#type().map_or("String", |kind| kind.as_str());
            let asked = [("Name", name), ("Value", value), ("Type", kind), ("Overwrite", "true")];
            done(mock.call("ssm:PutParameter", &asked))?;
        }
    }
    let here = mock.edit(|world| world.ssm.parameters.keys().cloned().collect::<Vec<_>>());
    for name in here.iter().filter(|name| !there.contains(*name)) {
        done(mock.call("ssm:DeleteParameter", &[("Name", name)]))?;
    }
    Ok(())
}

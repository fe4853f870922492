//! `GetConsoleOutput`.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;

use super::Instance;
use crate::wire::{Answer, Xml};
use crate::world::World;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct GetConsoleOutput {
    instance_id: String,
    /// What is there is always the latest.
    #[serde(default, rename = "Latest")]
    _latest: bool,
}

/// Shows what the console of an instance has printed so far.
pub(crate) fn output(world: &mut World, input: &GetConsoleOutput) -> Answer {
    let instance = world.find::<Instance>(&input.instance_id)?;
    #[cfg(feature = "hosts")]
    let printed = crate::host::printed(world, instance);
    #[cfg(not(feature = "hosts"))]
    let printed = "";
    let output = format!("{}{printed}", instance.console_output);
    let output = Some(output).filter(|output| !output.is_empty());
    Ok(Xml::new()
        .text("instanceId", &instance.id)
        .text("timestamp", world.now)
        .opt("output", output.map(|output| BASE64_STANDARD.encode(output))))
}

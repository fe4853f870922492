//! [`Script`]: runs a script on a machine, once.

use crate::{Hosts, Way, error::ssh, said::Said};
use hopper_core::{Cx, Found, Input, Made, OnUnknown, Secret, Step, StepError};
use serde::{Deserialize, Serialize};

/// Runs a script on a machine, once, whatever happens to the connection: it runs apart from it,
/// under the step's token, and is found again by that.
///
/// What it prints is told line by line as the step's progress, without secrets. If it fails, its
/// last lines are in the error, and the last that begins with `==>`, by which scripts name their
/// parts. What it did goes with the machine: undoing it does nothing.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Script {
    /// The machine.
    pub way: Way,
    /// The script, for `/bin/sh` or what its first line names after `#!`. Whoever may see the
    /// plan may see it.
    pub text: Input<String>,
    /// What it reads from its standard input: where its secrets belong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<Input<Secret<String>>>,
}

impl Step for Script {
    const KIND: &'static str = "ssh.script";
    const ON_UNKNOWN: OnUnknown = OnUnknown::RunAgain;
    type Env = Hosts;
    type Output = ();

    async fn run(&self, hosts: &Hosts, cx: &Cx) -> Result<(), StepError> {
        let mut script = hopper_ssh::Script::new(cx.token(), cx.get(&self.text));
        if let Some(input) = &self.input {
            script = script.input(cx.get(input).expose()?.as_bytes());
        }
        play(hosts, cx, &self.way, &script).await
    }

    async fn find(&self, _: &Hosts, _: &Cx) -> Result<Found<()>, StepError> {
        Ok(Found::Absent) // never asked: it is run again under the same token
    }

    async fn undo(&self, _: &Hosts, _: &Cx, _: Made<'_, ()>) -> Result<(), StepError> {
        Ok(())
    }
}

/// Runs a script on a machine to its end, and tells what it prints.
pub(super) async fn play(
    hosts: &Hosts,
    cx: &Cx,
    way: &Way,
    script: &hopper_ssh::Script,
) -> Result<(), StepError> {
    let machine = hosts.machine(&way.place(cx)?);
    let mut said = Said::default();
    cx.still_owner().await?;
    let run = machine.run(script, |line| {
        cx.progress(line);
        said.hear(line);
    });
    let exit = tokio::select! {
        biased;
        exit = run => exit.map_err(|error| ssh(&error))?,
        why = cx.cancelled() => return Err(why.error()),
    };
    match exit.is_success() {
        true => Ok(()),
        false => Err(said.failed(&way.name, &exit)),
    }
}

//! `hopper renew`: a new token, so that nodes can join next month.

use crate::{
    args::{Format, Renew},
    chores::chores,
    cloud::{Cloud, WorldFile},
    failure::{Failure, code},
    interrupt::Interrupt,
    journal,
    machines::Machines,
    out::say,
    runtime,
};
use hopper_aws::ssm::{RewrittenSecret, SecretByParameter, SecureParameterOut};
use hopper_core::{Data, Done, Input, Owner, Record, Report, Workflow};
use hopper_kubernetes::{
    api::Access,
    steps::{RenewedToken, RevokedToken},
};
use std::time::Duration;

/// How long a token is good unless said otherwise.
pub(super) const TTL: Duration = Duration::from_secs(2 * 60 * 60);

/// The step that writes the parameter.
const WRITTEN: &str = "parameter";

/// Makes a new token, puts it where nodes look for it, and takes the old one away.
///
/// # Errors
///
/// When the run's nodes do not join by a parameter, or nobody answers.
pub fn renew(args: &Renew, interrupt: &Interrupt) -> Result<u8, Failure> {
    let (ledger, site) = journal::run(&args.of)?;
    let machines = Machines::of(&ledger);
    let (Some(access), Some((_, parameter))) = (&machines.access, &machines.parameter) else {
        return Err(Failure::usage(
            "nodes of this run do not join by a parameter: there is nothing to renew",
        ));
    };
    runtime::run(site.backend, async {
        let world = WorldFile::beside(&args.of.journal);
        let cloud = Cloud::open(&site, &ledger, world, None, &args.of.identities).await?;
        let w = Workflow::new("renew");
        let expiration = cloud.later(Duration::from_secs(args.ttl * 60 * 60));
        steps(&w, access, parameter, &expiration, &Input::from(Vec::<String>::new()));
        let report = chores(&w, &cloud, args.of.format, interrupt).await?;
        record(&args.of, &cloud, &machines, &report).await?;
        if args.of.format == Format::Text {
            say(format_args!("nodes can join until {expiration}, as {parameter} says"));
        }
        Ok(code::DONE)
    })
}

/// What renews a token.
pub(super) struct Renewed {
    /// The old one is gone, and the new one is where nodes look for it.
    pub(super) revoked: Done,
}

/// The steps that renew it, once the control plane is there.
pub(super) fn steps(
    w: &Workflow,
    access: &Access,
    parameter: &str,
    expiration: &str,
    ready: &Input<Vec<String>>,
) -> Renewed {
    let before = w.step("join").after(ready).does(SecretByParameter { name: parameter.to_owned() });
    let token = w.step("token").does(RenewedToken {
        access: access.clone(),
        join: before.value(),
        expiration: expiration.to_owned(),
    });
    let written =
        w.step(WRITTEN).does(RewrittenSecret { name: parameter.to_owned(), value: token.json() });
    let revoked = w
        .step("old-token")
        .after(&written)
        .does(RevokedToken { access: access.clone(), join: before.value() });
    Renewed { revoked }
}

/// Has the run's journal know the parameter's new version, so that a check finds it as recorded.
pub(super) async fn record(
    of: &crate::args::Of,
    cloud: &Cloud,
    machines: &Machines,
    report: &Report,
) -> Result<(), Failure> {
    let written = report.steps.iter().find(|step| step.name == WRITTEN);
    let version = written.and_then(|step| step.output.as_ref()?.get::<i64>().ok());
    let (Some(version), Some((step, name))) = (version, &machines.parameter) else { return Ok(()) };
    let journal = journal::open(of).await?;
    let output = Data::of(&SecureParameterOut { name: name.clone(), version });
    let output = output.map_err(Failure::failed)?;
    let at = cloud.now();
    let lease = journal.acquire(&Owner::new("hopper renew"), at).await?;
    let done = Record::Done { step: step.as_str().into(), output };
    journal.append(&lease, at, &[done]).await?;
    Ok(journal.release(lease, at).await?)
}

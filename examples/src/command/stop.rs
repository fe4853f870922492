//! `hopper stop`: the end of the day.

use super::cost;
use crate::{
    args::{Format, Of},
    chores::chores,
    cloud::{Cloud, WorldFile},
    failure::{Failure, code},
    interrupt::Interrupt,
    journal,
    machines::{Launched, Machines},
    out::say,
    runtime,
    summary::command,
};
use hopper_aws::{
    AutoScalingGroupName, InstanceId,
    rest::{RestingGroup, RestingInstance},
};
use hopper_core::Workflow;

/// Stops what costs by the hour and can be stopped, and says what still costs.
///
/// # Errors
///
/// When the journal has no machines, nobody answers, or something cannot be stopped.
pub fn stop(args: &Of, interrupt: &Interrupt) -> Result<u8, Failure> {
    let (ledger, site) = journal::run(args)?;
    let machines = Machines::of(&ledger);
    if machines.launched.iter().all(|machine| machine.is_spent) && machines.groups.is_empty() {
        return Err(Failure::usage("the run has no machines: there is nothing to stop"));
    }
    runtime::run(site.backend, async {
        let world = WorldFile::beside(&args.journal);
        let cloud = Cloud::open(&site, &ledger, world, None, &args.identities).await?;
        let w = Workflow::new("stop");
        for name in &machines.groups {
            let group = AutoScalingGroupName::from(name.as_str()).into();
            w.step(format!("group-{name}")).does(RestingGroup { group });
        }
        for Launched { id, .. } in machines.launched.iter().filter(|machine| !machine.is_spent) {
            let instance = InstanceId::from(id.as_str()).into();
            w.step(format!("machine-{id}")).does(RestingInstance { instance });
        }
        chores(&w, &cloud, args.format, interrupt).await?;
        if args.format == Format::Text {
            let (start, down) = (command("start", &args.journal), command("down", &args.journal));
            say(format_args!("stopped: {start} starts it again, {down} takes it down"));
            say(cost::still(&ledger, cloud.region.as_deref())?);
        }
        Ok(code::DONE)
    })
}

//! `hopper start`: the next morning.

use super::renew::{self, TTL};
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
};
use hopper_aws::{
    AutoScalingGroupName, InstanceId,
    rest::{WokenGroup, WokenInstance},
};
use hopper_core::Workflow;
use hopper_kubernetes::steps::NodesReady;
use std::time::Duration;

/// How long nodes may take once their machines run.
const WITHIN: Duration = Duration::from_secs(900);

/// Starts what was stopped, with a new token for nodes to join with, and waits until they are
/// ready.
///
/// # Errors
///
/// When the journal has no machines, nobody answers, or something does not start.
pub fn start(args: &Of, interrupt: &Interrupt) -> Result<u8, Failure> {
    let (ledger, site) = journal::run(args)?;
    let machines = Machines::of(&ledger);
    runtime::run(site.backend, async {
        let world = WorldFile::beside(&args.journal);
        let cloud = Cloud::open(&site, &ledger, world, None, &args.identities).await?;
        let w = Workflow::new("start");
        let mut running = Vec::new();
        for Launched { id, .. } in machines.launched.iter().filter(|machine| !machine.is_spent) {
            let instance = InstanceId::from(id.as_str()).into();
            running.push(w.step(format!("machine-{id}")).does(WokenInstance { instance }));
        }
        let awake = |slot| running.iter().fold(slot, hopper_core::Slot::after);
        let renewed = match (&machines.access, &machines.parameter) {
            (Some(access), Some((_, parameter))) => {
                let ready = awake(w.step("control-plane")).does(NodesReady {
                    access: access.clone(),
                    selector: "node-role.kubernetes.io/control-plane".to_owned(),
                    count: 1,
                    uninitialized: false,
                    within: WITHIN,
                    group: None,
                });
                let expiration = cloud.later(TTL);
                Some(renew::steps(&w, access, parameter, &expiration, &ready.names()))
            }
            _ => None,
        };
        let mut grown = Vec::new();
        for name in &machines.groups {
            let slot = awake(w.step(format!("group-{name}")));
            let slot = renewed.iter().fold(slot, |slot, renewed| slot.after(&renewed.revoked));
            let group = AutoScalingGroupName::from(name.as_str()).into();
            grown.push(slot.does(WokenGroup { group }));
        }
        let wanted = cloud.resting(&machines.groups).await?;
        if let Some(access) = &machines.access {
            let slot = grown.iter().fold(awake(w.step("nodes")), hopper_core::Slot::after);
            slot.does(NodesReady {
                access: access.clone(),
                selector: "!node-role.kubernetes.io/control-plane".to_owned(),
                count: wanted,
                uninitialized: false,
                within: WITHIN,
                group: None,
            });
        }
        let report = chores(&w, &cloud, args.format, interrupt).await?;
        if renewed.is_some() {
            renew::record(args, &cloud, &machines, &report).await?;
        }
        if args.format == Format::Text {
            say(format_args!("started in {}", cloud.took(&report)));
        }
        Ok(code::DONE)
    })
}

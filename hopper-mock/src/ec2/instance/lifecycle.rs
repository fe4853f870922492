//! Starting, stopping, rebooting and terminating instances, and what happens by itself.

use serde::Deserialize;

use super::{Instance, InstanceState, check_vcpus, profile_association};
use crate::autoscaling;
use crate::ec2::network_interface::{
    self, give_public_ip, primary_of, public_ip_of, take_public_ip,
};
use crate::ec2::{StateReason, dns_name, volume};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::{Transition, World};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct StartInstances {
    #[serde(rename = "InstanceId")]
    ids: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct StopInstances {
    #[serde(rename = "InstanceId")]
    ids: Vec<String>,
    /// The simulator's machines stop in time, forced or not.
    #[serde(default, rename = "Force")]
    _force: bool,
    #[serde(default, rename = "SkipOsShutdown")]
    _skip_os_shutdown: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct TerminateInstances {
    #[serde(rename = "InstanceId")]
    ids: Vec<String>,
    /// The simulator's machines stop in time, forced or not.
    #[serde(default, rename = "Force")]
    _force: bool,
    #[serde(default, rename = "SkipOsShutdown")]
    _skip_os_shutdown: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct RebootInstances {
    #[serde(rename = "InstanceId")]
    ids: Vec<String>,
}

/// Starts stopped instances; either all of them or none.
pub(crate) fn start(world: &mut World, input: &StartInstances) -> Answer {
    let mut more_vcpus = 0;
    for instance in find_all(world, &input.ids)? {
        match instance.state {
            InstanceState::Pending | InstanceState::Running => {}
            InstanceState::Stopped => {
                let started = Instance { state: InstanceState::Pending, ..instance.clone() };
                more_vcpus += started.counted_vcpus();
            }
            _ => return Err(incorrect_state(instance, "started")),
        }
    }
    check_vcpus(world, more_vcpus)?;
    change_all(world, &input.ids, |world, id| {
        if world.ec2.instances[id].state != InstanceState::Stopped {
            return;
        }
        let now = world.now;
        if let Some(instance) = world.ec2.instances.get_mut(id) {
            instance.state = InstanceState::Pending;
            instance.state_reason = None;
            instance.state_transition_reason = String::new();
            (instance.launch_time, instance.boot_time) = (now, now);
        }
        let after = world.settings().latencies.instance_running;
        world.schedule(after, Transition::InstanceRunning(id.to_owned()));
    })
}

/// Stops running instances; either all of them or none.
pub(crate) fn stop(world: &mut World, input: &StopInstances) -> Answer {
    for instance in find_all(world, &input.ids)? {
        match instance.state {
            InstanceState::Running if instance.disable_api_stop => {
                return Err(not_permitted(instance, "stopped", "disableApiStop"));
            }
            InstanceState::Running | InstanceState::Stopping | InstanceState::Stopped => {}
            _ => return Err(incorrect_state(instance, "stopped")),
        }
    }
    change_all(world, &input.ids, |world, id| {
        if world.ec2.instances[id].state.is_running() {
            let reason =
                StateReason::new("Client.UserInitiatedShutdown", "User initiated shutdown");
            begin_stop(world, id, reason);
        }
    })
}

/// Terminates instances; either all of them or none. That one is gone already is no mistake.
pub(crate) fn terminate(world: &mut World, input: &TerminateInstances) -> Answer {
    for instance in find_all(world, &input.ids)? {
        if instance.disable_api_termination && !instance.state.is_ending() {
            return Err(not_permitted(instance, "terminated", "disableApiTermination"));
        }
    }
    change_all(world, &input.ids, |world, id| {
        if !world.ec2.instances[id].state.is_ending() {
            let reason =
                StateReason::new("Client.UserInitiatedShutdown", "User initiated shutdown");
            begin_termination(world, id, reason);
        }
    })
}

/// Starts the operating systems of running instances anew; either all of them or none.
pub(crate) fn reboot(world: &mut World, input: &RebootInstances) -> Answer {
    for instance in find_all(world, &input.ids)? {
        if !instance.state.is_running() {
            return Err(incorrect_state(instance, "rebooted"));
        }
    }
    for id in &input.ids {
        rebooted(world, id);
    }
    Ok(Xml::done())
}

/// The operating system of an instance starts anew, if it runs.
pub(crate) fn rebooted(world: &mut World, id: &str) {
    let now = world.now;
    if let Some(instance) = world.ec2.instances.get_mut(id)
        && instance.state.is_running()
    {
        instance.boot_time = now;
    }
}

impl World {
    /// What `shutdown -h now` on the machine does: it stops the instance, or terminates it, as its
    /// shutdown behaviour says. No call of the API shows it.
    ///
    /// # Errors
    /// An instance that does not exist or does not run.
    pub fn shut_down_guest(&mut self, instance_id: &str) -> Result<(), AwsError> {
        let instance = self.find::<Instance>(instance_id)?;
        instance.check_state(InstanceState::Running)?;
        let reason =
            StateReason::new("Client.InstanceInitiatedShutdown", "Instance initiated shutdown");
        if instance.shutdown_behavior == "terminate" {
            begin_termination(self, instance_id, reason);
        } else {
            begin_stop(self, instance_id, reason);
        }
        Ok(())
    }
}

fn find_all<'a>(world: &'a World, ids: &[String]) -> Result<Vec<&'a Instance>, AwsError> {
    ids.iter().map(|id| world.find(id)).collect()
}

/// Changes instances, and answers with the states before and after.
fn change_all(world: &mut World, ids: &[String], change: impl Fn(&mut World, &str)) -> Answer {
    let mut items = Vec::new();
    for id in ids {
        let before = world.find::<Instance>(id)?.state;
        change(world, id);
        let after = world.find::<Instance>(id)?.state;
        let item = Xml::new()
            .text("instanceId", id)
            .node("currentState", after.show())
            .node("previousState", before.show());
        items.push(item);
    }
    Ok(Xml::new().list("instancesSet", items))
}

fn incorrect_state(instance: &Instance, what: &str) -> AwsError {
    AwsError::new(
        "IncorrectInstanceState",
        format!("The instance '{}' is not in a state from which it can be {what}.", instance.id),
    )
}

fn not_permitted(instance: &Instance, what: &str, attribute: &str) -> AwsError {
    AwsError::new(
        "OperationNotPermitted",
        format!(
            "The instance '{}' may not be {what}. Modify its '{attribute}' instance attribute and \
             try again.",
            instance.id
        ),
    )
    .blocked_by([instance.id.clone()])
}

fn begin_stop(world: &mut World, id: &str, reason: StateReason) {
    leave(world, id, InstanceState::Stopping, reason);
    let after = world.settings().latencies.instance_stopped;
    world.schedule(after, Transition::InstanceStopped(id.to_owned()));
}

/// Terminates an instance on behalf of another service, also one that is protected from it. What
/// is not there, or gone already, stays so.
pub(crate) fn terminate_one(world: &mut World, id: &str) {
    if world.ec2.instances.get(id).is_some_and(|instance| !instance.state.is_ending()) {
        let reason = StateReason::new("Client.UserInitiatedShutdown", "User initiated shutdown");
        begin_termination(world, id, reason);
    }
}

pub(super) fn begin_termination(world: &mut World, id: &str, reason: StateReason) {
    leave(world, id, InstanceState::ShuttingDown, reason);
    let after = world.settings().latencies.instance_terminated;
    world.schedule(after, Transition::InstanceTerminated(id.to_owned()));
}

fn leave(world: &mut World, id: &str, state: InstanceState, reason: StateReason) {
    let moment = world.now.to_string().replace('T', " ");
    let moment = moment.split('.').next().unwrap_or_default();
    if let Some(instance) = world.ec2.instances.get_mut(id) {
        instance.state = state;
        instance.state_transition_reason = match reason.code.as_str() {
            "Client.UserInitiatedShutdown" => format!("User initiated ({moment} GMT)"),
            code => code.to_owned(),
        };
        instance.state_reason = Some(reason);
        autoscaling::instance_left(world, id);
    }
}

/// The instance runs: from now on it has its public address.
pub(crate) fn running(world: &mut World, id: &str) {
    let Some(instance) = world.ec2.instances.get_mut(id) else { return };
    if instance.state != InstanceState::Pending {
        return;
    }
    instance.state = InstanceState::Running;
    instance.state_reason = None;
    let wants_public_ip = instance.associate_public_ip_address;
    let Some(primary) = primary_of(world, id) else { return };
    let (interface_id, private_ip) = (primary.id.clone(), primary.private_ip());
    let has_public_ip =
        private_ip.is_some_and(|address| public_ip_of(world, primary, address).is_some());
    let host = private_ip.map(|address| dns_name::private(world, address)).unwrap_or_default();
    if wants_public_ip && !has_public_ip {
        give_public_ip(world, &interface_id);
    }
    if let Some(instance) = world.ec2.instances.get_mut(id) {
        let name = host.split('.').next().unwrap_or_default();
        instance.console_output.push_str(&format!("\n{name} login: \n"));
    }
}

/// AWS cannot keep the instance going: it is terminated at once.
pub(crate) fn failed(world: &mut World, id: &str, code: &str) {
    let instance = world.ec2.instances.get(id);
    if instance.is_some_and(|instance| instance.state == InstanceState::Pending) {
        let text = "The instance could not be started";
        leave(world, id, InstanceState::ShuttingDown, StateReason::new(code, text));
        terminated(world, id);
    }
}

/// The instance is stopped. Its public address is gone, unless it is an Elastic IP address.
pub(crate) fn stopped(world: &mut World, id: &str) {
    let Some(instance) = world.ec2.instances.get_mut(id) else { return };
    if instance.state != InstanceState::Stopping {
        return;
    }
    instance.state = InstanceState::Stopped;
    let interfaces = network_interface::of_instance(world, id);
    let interfaces: Vec<_> = interfaces.iter().map(|interface| interface.id.clone()).collect();
    for interface_id in interfaces {
        take_public_ip(world, &interface_id);
    }
}

/// The instance is gone, with the interfaces and disks that go with it.
pub(crate) fn terminated(world: &mut World, id: &str) {
    let Some(instance) = world.ec2.instances.get_mut(id) else { return };
    if instance.state != InstanceState::ShuttingDown {
        return;
    }
    instance.state = InstanceState::Terminated;
    let interfaces = network_interface::of_instance(world, id);
    let attachments = interfaces.iter().filter_map(|interface| {
        let held = interface.attachment.as_ref()?;
        Some((interface.id.clone(), held.id.clone(), held.delete_on_termination))
    });
    for (interface_id, attachment_id, is_deleted) in attachments.collect::<Vec<_>>() {
        if is_deleted {
            network_interface::remove(world, &interface_id);
        } else {
            take_public_ip(world, &interface_id);
            network_interface::detached(world, &attachment_id);
        }
    }
    volume::release(world, id);
    #[cfg(feature = "hosts")]
    world.machinery.hosts.terminated(id);
    profile_association::release(world, id);
    let after = world.settings().latencies.gone_but_listed;
    world.schedule(after, Transition::InstanceForgotten(id.to_owned()));
}

/// The terminated instance is not listed any more.
pub(crate) fn forgotten(world: &mut World, id: &str) {
    world.ec2.instances.remove(id);
}

//! [`HostFault`]: what goes wrong on a host.

use serde::{Deserialize, Serialize};

use crate::Mock;

/// A program that will go wrong, once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Fault {
    /// The instance, or none for any.
    instance_id: Option<String>,
    /// What the program's line has in it.
    text: String,
    pub(super) harm: Harm,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Harm {
    /// It prints this on standard error and ends with this status.
    Fail(i32, String),
    /// It never ends.
    Hang,
}

/// A fault of a program on a host, to be finished: see [`Mock::fail_program`].
#[derive(Debug)]
#[must_use = "a fault does nothing until it is told what goes wrong"]
pub struct HostFault<'a> {
    mock: &'a Mock,
    instance_id: Option<String>,
    text: String,
}

impl HostFault<'_> {
    /// Only on this instance.
    pub fn on(mut self, instance_id: &str) -> Self {
        self.instance_id = Some(instance_id.to_owned());
        self
    }

    /// The next such program prints a text on standard error and ends with a status, and does
    /// nothing else.
    pub fn exits(self, status: i32, stderr: &str) {
        let stderr = stderr.to_owned();
        self.arm(Harm::Fail(status, stderr));
    }

    /// The next such program never ends, until its host does.
    pub fn hangs(self) {
        self.arm(Harm::Hang);
    }

    fn arm(self, harm: Harm) {
        let fault = Fault { instance_id: self.instance_id, text: self.text, harm };
        self.mock.with_world(|world| world.hosts().faults.push(fault));
    }
}

impl super::Hosts {
    /// What befalls a program, if anything; it will not befall another.
    pub(super) fn harm(&mut self, instance_id: &str, line: &str) -> Option<Harm> {
        let index = self.faults.iter().position(|fault| {
            let is_here = fault.instance_id.as_ref().is_none_or(|id| id == instance_id);
            is_here && line.contains(&fault.text)
        })?;
        Some(self.faults.remove(index).harm)
    }
}

impl Mock {
    /// Makes the next program go wrong whose line has a text in it: `kubeadm init`.
    pub fn fail_program(&self, text: &str) -> HostFault<'_> {
        HostFault { mock: self, instance_id: None, text: text.to_owned() }
    }

    /// Cuts every connection to an instance. What was run over them runs on.
    pub fn cut_connections(&self, instance_id: &str) {
        self.change_hosts(|world| {
            *world.hosts().cuts.entry(instance_id.to_owned()).or_default() += 1;
        });
    }

    /// Gives an instance another host key, as if another machine answered in its place.
    pub fn change_host_key(&self, instance_id: &str) {
        self.with_world(|world| {
            *world.hosts().key_changes.entry(instance_id.to_owned()).or_default() += 1;
        });
    }
}

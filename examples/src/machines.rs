//! [`Machines`]: where a run's machines are, as its journal says.

use crate::failure::Failure;
use hopper_core::{Account, Ledger};
use hopper_kubernetes::{Place, api::Access};
use serde_json::Value;
use std::{collections::BTreeMap, net::Ipv4Addr};

/// The kind of a step that launches a machine.
pub const INSTANCE: &str = "aws.ec2.instance";
/// The kind of a step that holds a number of machines.
pub const GROUP: &str = "aws.autoscaling.auto_scaling_group";
const REACHED: &str = "ssh.reached";
const PARAMETER: &str = "aws.ssm.secure_parameter";
const JOIN: &str = "kubernetes.join_data";

/// A machine that the run has launched by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Launched {
    /// The step.
    pub step: String,
    /// Its id.
    pub id: String,
    /// Its address in the VPC.
    pub private_ip: Option<Ipv4Addr>,
    /// The public address it began with.
    pub public_ip: Option<Ipv4Addr>,
    /// Whether the recipe stops it itself, e.g. once it has become an image.
    pub is_spent: bool,
}

/// Where a run's machines are, as its journal says.
#[derive(Clone, Debug, Default)]
pub struct Machines {
    /// The one that is reached from here.
    pub bastion: Option<Place>,
    /// Those behind it, the control plane's.
    pub control_plane: Vec<Place>,
    /// Those that it has launched.
    pub launched: Vec<Launched>,
    /// The Auto Scaling groups.
    pub groups: Vec<String>,
    /// The way to the API.
    pub access: Option<Access>,
    /// The parameter that says how to join, if there is one.
    pub parameter: Option<(String, String)>,
}

impl Machines {
    /// What the journal says. Steps are known by their kind, whatever a recipe calls them.
    #[must_use]
    pub fn of(ledger: &Ledger) -> Self {
        let mut machines = Self::default();
        let mut has_join = false;
        for account in ledger.steps().iter().filter(|account| account.is_made()) {
            let (inputs, output) = (inputs(account), output(account));
            if let Ok(access) = serde_json::from_value::<Access>(inputs["access"].clone()) {
                machines.access = Some(access);
            }
            match &*account.started.kind {
                REACHED => machines.reached(&inputs, &output),
                INSTANCE => machines.launched.push(Launched {
                    step: account.started.step.to_string(),
                    id: text(&output["id"]),
                    private_ip: text(&output["private_ip"]).parse().ok(),
                    public_ip: text(&output["public_ip"]).parse().ok(),
                    is_spent: inputs["stopped_later"] == true,
                }),
                GROUP => machines.groups.push(text(&output["name"])),
                PARAMETER => {
                    let step = account.started.step.to_string();
                    machines.parameter = Some((step, text(&output["name"])));
                }
                JOIN => has_join = true,
                _ => (),
            }
        }
        machines.parameter = machines.parameter.filter(|_| has_join);
        if machines.bastion.is_none() {
            machines.unreached(ledger);
        }
        machines
    }

    fn reached(&mut self, inputs: &Value, output: &Value) {
        let Ok(mut place) = serde_json::from_value::<Place>(inputs["way"].clone()) else { return };
        if let Ok(keys) = serde_json::from_value(output["host_keys"].clone()) {
            place.host_keys = keys;
        }
        match place.through {
            None => self.bastion = self.bastion.take().or(Some(place)),
            Some(_) => self.control_plane.push(place),
        }
    }

    /// A recipe that never goes into its machines: their addresses are known, their keys are not.
    fn unreached(&mut self, ledger: &Ledger) {
        let name = ledger.run().map(|run| run.workflow.clone()).unwrap_or_default();
        let place = |name: String, address, through| Place {
            name,
            user: "ubuntu".to_owned(),
            address,
            host_keys: Vec::new(),
            through,
        };
        let bastion = self.launched.iter().find_map(|machine| machine.public_ip);
        let Some(address) = bastion else { return };
        let bastion = place(format!("{name}/bastion"), address, None);
        let inner = self.launched.iter().filter(|m| m.public_ip.is_none() && !m.is_spent);
        let inner = inner.filter_map(|machine| machine.private_ip);
        self.control_plane = inner
            .map(|ip| place(format!("{name}/control-plane"), ip, Some(Box::new(bastion.clone()))))
            .collect();
        self.bastion = Some(bastion);
    }

    /// A machine by what people call it: `bastion`, `master`, `control-plane-2`, or an address behind
    /// the bastion.
    /// `None` if it is none of those.
    ///
    /// # Errors
    ///
    /// When the run has no such machine.
    pub fn named(&self, node: &str) -> Result<Option<Place>, Failure> {
        let missing = |what: &str| Failure::usage(format_args!("the run has no {what}"));
        let Some(bastion) = &self.bastion else { return Err(missing("machine to go through")) };
        let of_id = |id: &str| self.launched.iter().find(|machine| machine.id == id);
        let is_its = |place: &Place| of_id(node).and_then(|m| m.private_ip) == Some(place.address);
        let has_number = |p: &&Place| p.name.ends_with(|c: char| c.is_ascii_digit());
        let first = self.control_plane.iter().find(|p| !has_number(p));
        let first = first.or(self.control_plane.first());
        // `control-plane-2`, as the run calls it.
        let is_called = |p: &&Place| p.name.rsplit('/').next() == Some(node);
        Ok(match node {
            "bastion" => Some(bastion.clone()),
            "master" | "control-plane" => match first {
                Some(place) => Some(place.clone()),
                None => return Err(missing("control plane")),
            },
            _ if of_id(node).is_some_and(|m| Some(bastion.address) == m.public_ip) => {
                Some(bastion.clone())
            }
            _ => {
                let known = self.control_plane.iter();
                let mut known = known.filter(|p| is_its(p) || p.address.to_string() == node);
                known.next().or_else(|| self.control_plane.iter().find(is_called)).cloned()
            }
        })
    }

    /// A machine behind the bastion, of which no key is on record.
    #[must_use]
    pub fn behind(&self, name: &str, address: Ipv4Addr) -> Option<Place> {
        let bastion = self.bastion.as_ref()?;
        Some(Place {
            name: name.to_owned(),
            user: bastion.user.clone(),
            address,
            host_keys: Vec::new(),
            through: Some(Box::new(bastion.clone())),
        })
    }

    /// Which machine had which public address when it was launched.
    #[must_use]
    pub fn public(&self) -> BTreeMap<Ipv4Addr, String> {
        let public = self.launched.iter();
        public.filter_map(|machine| Some((machine.public_ip?, machine.id.clone()))).collect()
    }
}

fn inputs(account: &Account) -> Value {
    serde_json::from_str(account.started.inputs.shown().text()).unwrap_or_default()
}

fn output(account: &Account) -> Value {
    let output = account.output.as_ref().map(hopper_core::Data::shown);
    output.and_then(|output| serde_json::from_str(output.text()).ok()).unwrap_or_default()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

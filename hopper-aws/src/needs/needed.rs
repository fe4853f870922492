//! [`Needed`]: what one step needs.

use super::{Holder, Limit, Place, Trial, Verdict};
use crate::{Aws, Cidr};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use hopper_core::StepError;
use std::{collections::BTreeSet, error::Error, fmt, pin::Pin};

/// What one step needs, collected by [`Needs::needs`](super::Needs::needs).
#[derive(Debug, Default)]
pub struct Needed {
    pub(crate) actions: BTreeSet<Action>,
    pub(crate) changes: Vec<Change>,
    pub(crate) on_roles: Vec<(Place, &'static str)>,
    pub(crate) trials: Vec<Trial>,
    pub(crate) takes: Vec<(Limit, Option<Place>)>,
    pub(crate) kin: Option<Kin>,
    pub(crate) launches: Vec<Launch>,
    pub(crate) stops: Option<Place>,
    pub(crate) names: Vec<Name>,
    pub(crate) checks: Vec<Check>,
}

/// An action of a policy, and on what, if that is known: `role/K8sMaster`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Action {
    pub(crate) resource: Option<String>,
    pub(crate) name: &'static str,
}

/// What is called when some fields change in place.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) fields: &'static [&'static str],
    /// Only when something is not among the field's keys any more: a tag.
    pub(crate) when_less: bool,
    /// On what, if that is known: `role/K8sMaster`.
    pub(crate) resource: Option<String>,
    /// On which role.
    pub(crate) role: Option<Place>,
    pub(crate) actions: Vec<&'static str>,
}

impl Change {
    fn of(fields: &'static [&'static str], actions: &[&'static str]) -> Self {
        let actions = actions.to_vec();
        Self { fields, when_less: false, resource: None, role: None, actions }
    }
}

/// What other steps rest on.
#[derive(Clone, Debug)]
pub(crate) enum Kin {
    Vpc { cidr: Option<Cidr> },
    Subnet { vpc: Place, zone: Option<String>, cidr: Option<Cidr> },
    Template { instance_type: String },
    Role { resource: String },
}

/// Machines that are launched.
#[derive(Clone, Debug)]
pub(crate) struct Launch {
    pub(crate) instance_type: Option<String>,
    pub(crate) template: Place,
    pub(crate) count: usize,
    pub(crate) subnets: Vec<Place>,
}

type Asked<T> = Pin<Box<dyn Future<Output = Result<T, StepError>> + Send>>;

/// A name that only one thing can have.
pub(crate) struct Name {
    pub(crate) what: &'static str,
    pub(crate) name: String,
    pub(crate) look: Box<dyn FnOnce(Aws, String) -> Asked<Option<Holder>> + Send>,
}

/// Something that has to be there.
pub(crate) struct Check {
    pub(crate) what: String,
    pub(crate) hint: &'static str,
    pub(crate) look: Box<dyn FnOnce(Aws) -> Asked<bool> + Send>,
}

impl Needed {
    /// These operations are called, when the step runs or is undone. They are written as in a
    /// policy: `ec2:CreateVpc`.
    pub fn calls(&mut self, actions: &[&'static str]) {
        let actions = actions.iter().map(|name| Action { resource: None, name });
        self.actions.extend(actions);
    }

    /// These operations are called when one of these fields, or a part of it, is
    /// [changed in place](hopper_core::Step::update).
    pub fn changes(&mut self, fields: &'static [&'static str], actions: &[&'static str]) {
        self.changes.push(Change::of(fields, actions));
    }

    /// The same, for operations of IAM on one of its resources: `role/K8sMaster`.
    pub fn changes_on(
        &mut self,
        resource: &str,
        fields: &'static [&'static str],
        actions: &[&'static str],
    ) {
        let resource = Some(resource.to_owned());
        self.changes.push(Change { resource, ..Change::of(fields, actions) });
    }

    /// The same, for operations of IAM on a role, by its name.
    pub fn changes_to_role(
        &mut self,
        role: &Place,
        fields: &'static [&'static str],
        actions: &[&'static str],
    ) {
        let role = Some(role.clone());
        self.changes.push(Change { role, ..Change::of(fields, actions) });
    }

    /// The tags change in place: these operations are called to put them there, and these to take
    /// away what is not wanted any more. Those of IAM are called on one of its resources.
    pub fn retags(
        &mut self,
        resource: Option<&str>,
        put: &[&'static str],
        take_away: &[&'static str],
    ) {
        for (when_less, actions) in [(false, put), (true, take_away)] {
            let resource = resource.map(ToOwned::to_owned);
            let change = Change::of(&["tags"], actions);
            self.changes.push(Change { when_less, resource, ..change });
        }
    }

    /// These operations of IAM are called on one of its resources: `role/K8sMaster`.
    pub fn calls_on(&mut self, resource: impl Into<String>, actions: &[&'static str]) {
        let resource = Some(resource.into());
        let actions = actions.iter().map(|name| Action { resource: resource.clone(), name });
        self.actions.extend(actions);
    }

    /// These operations of IAM are called on a role, by its name.
    pub fn calls_to_role(&mut self, role: &Place, actions: &[&'static str]) {
        self.on_roles.extend(actions.iter().map(|action| (role.clone(), *action)));
    }

    /// Whether this operation is permitted, this call with `DryRun` tells.
    pub fn tries<T, E, Fut>(
        &mut self,
        action: &'static str,
        call: impl FnOnce(Aws) -> Fut + Send + 'static,
    ) where
        Fut: Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send,
        E: ProvideErrorMetadata + Error + Send + 'static,
        T: Send,
    {
        let call = move |aws| -> Pin<Box<dyn Future<Output = Verdict> + Send>> {
            Box::pin(async move { Verdict::of(&call(aws).await) })
        };
        self.trials.push(Trial { action, call: Box::new(call) });
    }

    /// One of these is taken.
    pub fn takes(&mut self, limit: Limit) {
        self.takes.push((limit, None));
    }

    /// One of these is taken, of those in the zone of a subnet.
    pub fn takes_in(&mut self, limit: Limit, subnet: Place) {
        self.takes.push((limit, Some(subnet)));
    }

    /// An instance of a type is launched in a subnet.
    pub fn launches(&mut self, instance_type: &str, subnet: Place) {
        self.launches.push(Launch {
            instance_type: Some(instance_type.to_owned()),
            template: Place::Unknown,
            count: 1,
            subnets: vec![subnet],
        });
    }

    /// So many instances are launched in subnets, from a template.
    pub fn launches_from(&mut self, template: Place, count: usize, subnets: Vec<Place>) {
        self.launches.push(Launch { instance_type: None, template, count, subnets });
    }

    /// Instances of this type will be launched from what the step makes.
    pub fn is_template(&mut self, instance_type: &str) {
        self.kin = Some(Kin::Template { instance_type: instance_type.to_owned() });
    }

    /// It makes this role, as IAM's resource: `role/K8sMaster`.
    pub fn is_role(&mut self, resource: String) {
        self.kin = Some(Kin::Role { resource });
    }

    /// It makes a VPC of these addresses.
    pub fn is_vpc(&mut self, cidr: Option<Cidr>) {
        self.kin = Some(Kin::Vpc { cidr });
    }

    /// It makes a subnet of a VPC.
    pub fn is_subnet(&mut self, vpc: Place, zone: Option<String>, cidr: Option<Cidr>) {
        self.kin = Some(Kin::Subnet { vpc, zone, cidr });
    }

    /// It stops this instance, whose vCPUs are free again.
    pub fn stops(&mut self, instance: Place) {
        self.stops = Some(instance);
    }

    /// This name has to be free: nothing may have it, but for what the run has made itself.
    /// `look` tells who has it.
    pub fn name<Fut>(
        &mut self,
        what: &'static str,
        name: &str,
        look: impl FnOnce(Aws, String) -> Fut + Send + 'static,
    ) where
        Fut: Future<Output = Result<Option<Holder>, StepError>> + Send + 'static,
    {
        let look = move |aws, name| -> Asked<Option<Holder>> { Box::pin(look(aws, name)) };
        self.names.push(Name { what, name: name.to_owned(), look: Box::new(look) });
    }

    /// Something has to be there; `look` tells whether it is.
    pub fn there<Fut>(
        &mut self,
        what: impl Into<String>,
        hint: &'static str,
        look: impl FnOnce(Aws) -> Fut + Send + 'static,
    ) where
        Fut: Future<Output = Result<bool, StepError>> + Send + 'static,
    {
        let look = move |aws| -> Asked<bool> { Box::pin(look(aws)) };
        self.checks.push(Check { what: what.into(), hint, look: Box::new(look) });
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({} {})", self.what, self.name)
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Check({})", self.what)
    }
}

//! `DescribeInstanceStatus`.

use serde::Deserialize;

use super::{Instance, InstanceState};
use crate::ec2::availability_zone::zone_id;
use crate::ec2::describe::page;
use crate::ec2::filter::{self, Attribute, Filter, one};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::World;

impl Instance {
    /// What the status checks say.
    fn status(&self, world: &World) -> &'static str {
        let after = world.settings().latencies.instance_status_ok;
        match self.state {
            InstanceState::Running if world.now.since(self.boot_time) < after => "initializing",
            InstanceState::Running => "ok",
            _ => "not-applicable",
        }
    }

    /// The same for the one detail there is.
    fn reachability(&self, world: &World) -> Option<&'static str> {
        match self.status(world) {
            "ok" => Some("passed"),
            "initializing" => Some("initializing"),
            _ => None,
        }
    }
}

const FILTERS: &[Attribute<Instance>] = &[
    ("availability-zone", |instance, _| one(&instance.availability_zone)),
    ("availability-zone-id", |instance, world| {
        zone_id(world, &instance.availability_zone).into_iter().collect()
    }),
    ("event.code", |_, _| Vec::new()),
    ("event.description", |_, _| Vec::new()),
    ("event.instance-event-id", |_, _| Vec::new()),
    ("event.not-after", |_, _| Vec::new()),
    ("event.not-before", |_, _| Vec::new()),
    ("event.not-before-deadline", |_, _| Vec::new()),
    ("instance-state-code", |instance, _| one(&instance.state.code())),
    ("instance-state-name", |instance, _| one(instance.state.name())),
    ("instance-status.reachability", |instance, world| {
        instance.reachability(world).map(str::to_owned).into_iter().collect()
    }),
    ("instance-status.status", |instance, world| one(instance.status(world))),
    ("operator.managed", |_, _| one(&false)),
    ("operator.principal", |_, _| Vec::new()),
    ("system-status.reachability", |instance, world| {
        instance.reachability(world).map(str::to_owned).into_iter().collect()
    }),
    ("system-status.status", |instance, world| one(instance.status(world))),
];

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DescribeInstanceStatus {
    #[serde(default, rename = "InstanceId")]
    ids: Vec<String>,
    #[serde(default, rename = "Filter")]
    filters: Vec<Filter>,
    #[serde(default)]
    include_all_instances: bool,
    /// No service manages an instance here.
    #[serde(default, rename = "IncludeManagedResources")]
    _include_managed_resources: bool,
    max_results: Option<usize>,
    next_token: Option<String>,
}

/// Lists the status of instances that run, or of all of them where the request asks for it.
pub(crate) fn describe(world: &mut World, input: &DescribeInstanceStatus) -> Answer {
    if !input.ids.is_empty() && input.max_results.is_some() {
        return Err(AwsError::new(
            "InvalidParameterCombination",
            "The parameter instancesSet cannot be used with the parameter maxResults",
        ));
    }
    filter::check(&input.filters, FILTERS, true)?;
    let mut instances: Vec<&Instance> = if input.ids.is_empty() {
        world.ec2.instances.values().filter(|instance| world.sees(&instance.id)).collect()
    } else {
        input.ids.iter().map(|id| world.find(id)).collect::<Result<_, _>>()?
    };
    instances.sort_by_key(|instance| &instance.id);
    instances.dedup_by_key(|instance| &instance.id);
    instances.retain(|instance| {
        (input.include_all_instances || instance.state.is_running())
            && filter::passes(world, *instance, Some(&instance.tags), &input.filters, FILTERS)
    });
    let token = input.next_token.as_deref();
    let (instances, next_token) =
        page(instances, |instance| &instance.id, &(5..=1000), input.max_results, token)?;
    let items = instances.into_iter().map(|instance| {
        let status = || {
            let details = instance
                .reachability(world)
                .map(|status| Xml::new().text("name", "reachability").text("status", status));
            Xml::new().text("status", instance.status(world)).list("details", details)
        };
        Xml::new()
            .text("instanceId", &instance.id)
            .text("availabilityZone", &instance.availability_zone)
            .opt("availabilityZoneId", zone_id(world, &instance.availability_zone).ok())
            .node("instanceState", instance.state.show())
            .node("instanceStatus", status())
            .node("systemStatus", status())
    });
    Ok(Xml::new().list("instanceStatusSet", items).opt("nextToken", next_token))
}

//! `DescribeInstances`.

use std::collections::BTreeMap;

use super::Instance;
use super::filters::FILTERS;
use super::show::reservation;
use crate::ec2::describe::{Describe, Selection, select};
use crate::ec2::filter::Attribute;
use crate::wire::{Answer, Xml};
use crate::world::World;

impl Describe for Instance {
    const IDS: &'static str = "InstanceId";
    const SET: &'static str = "instancesSet";
    const IDS_OR_PAGES: bool = true;
    const FILTERS: &'static [Attribute<Self>] = FILTERS;
    const IGNORED: &'static [&'static str] = &["IncludeManagedResources"];

    fn show(&self, world: &World) -> Xml {
        Instance::show(self, world)
    }
}

/// Lists instances, those of a launch together. Those that are gone are listed for a while.
pub(crate) fn describe(world: &mut World, selection: &Selection) -> Answer {
    let (instances, next_token) = select::<Instance>(world, selection)?;
    let mut reservations: BTreeMap<&str, Vec<&Instance>> = BTreeMap::new();
    for instance in instances {
        reservations.entry(&instance.reservation_id).or_default().push(instance);
    }
    let items = reservations.iter().map(|(id, instances)| reservation(world, id, instances));
    Ok(Xml::new().list("reservationSet", items).opt("nextToken", next_token))
}

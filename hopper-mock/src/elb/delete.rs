//! `DeleteLoadBalancer`.

use serde::Deserialize;

use super::interfaces;
use crate::wire::{Answer, Xml};
use crate::world::World;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DeleteLoadBalancer {
    load_balancer_name: String,
}

/// Deletes a load balancer; its interfaces stay for a while. That there is none is a success too.
pub(crate) fn delete(world: &mut World, input: &DeleteLoadBalancer) -> Answer {
    if let Some(gone) = world.elb.load_balancers.remove(&input.load_balancer_name) {
        interfaces::let_go(world, gone.network_interface_ids);
    }
    Ok(Xml::new())
}

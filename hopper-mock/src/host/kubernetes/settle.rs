//! The controllers go on.

use std::sync::Arc;

use super::cluster::Cluster;
use super::step::Step;
use super::{cloud, collect, living, node, pod, service, token, workload};
use crate::world::World;

/// How often all controllers look until nothing changes any more.
const PASSES: usize = 50;

/// Brings the clusters to the world's time: what is due by then has come, in order.
pub(crate) fn settle(world: &mut World) {
    let ids: Vec<_> = world.machinery.hosts.clusters.keys().cloned().collect();
    for id in ids {
        let cluster = world.machinery.hosts.clusters.get(&id);
        if cluster.is_none_or(|cluster| living(world, cluster).is_none()) {
            continue;
        }
        // It is not in the world meanwhile: controllers change the world.
        let Some(mut shared) = world.machinery.hosts.clusters.remove(&id) else { continue };
        if shared.clock < world.now || shared.version() != shared.settled {
            run(world, Arc::make_mut(&mut shared));
        }
        world.machinery.hosts.clusters.insert(id, shared);
    }
}

fn run(world: &mut World, cluster: &mut Cluster) {
    loop {
        let now = cluster.clock;
        for _ in 0..PASSES {
            let before = (cluster.version(), cluster.timers.clone());
            pass(&mut Step { world, cluster, now });
            if before == (cluster.version(), cluster.timers.clone()) {
                break;
            }
        }
        if world.now <= now {
            break;
        }
        let due = cluster.timers.values().filter(|due| now < **due).min().copied();
        cluster.clock = due.map_or(world.now, |due| due.min(world.now));
    }
    cluster.settled = cluster.version();
}

fn pass(step: &mut Step<'_>) {
    token::run(step);
    collect::run(step);
    node::run(step);
    workload::run(step);
    pod::run(step);
    cloud::run(step);
    service::run(step);
}

//! [`Timeline`]: what happens at its own time, whatever the program does.

use super::{
    FaultKind,
    trouble::{How, Trouble},
    weather::Weather,
};
use hopper_mock::{Mock, Time, ec2::InstanceState};
use std::{collections::BTreeMap, time::Duration};

/// Something that happens.
#[derive(Clone, Debug)]
enum Happening {
    /// The process dies.
    Crash,
    /// Somebody terminates an instance.
    Kill(u64),
    /// Somebody makes a network interface, and takes it away later.
    Linger(u64),
    /// That network interface is taken away.
    Go(String),
}

/// What will happen, and how often each kind of it has.
#[derive(Debug)]
pub(super) struct Timeline {
    mock: Mock,
    /// By time, and then by the order in which it was drawn.
    coming: BTreeMap<(Time, usize), Happening>,
    n: usize,
    pub(super) struck: BTreeMap<FaultKind, u64>,
    /// The interfaces that lingered.
    interfaces: Vec<String>,
}

impl Timeline {
    pub(super) fn new(mock: &Mock, weather: &Weather) -> Self {
        let mut timeline = Self {
            mock: mock.clone(),
            coming: BTreeMap::new(),
            n: 0,
            struck: BTreeMap::new(),
            interfaces: Vec::new(),
        };
        for Trouble { kind, how } in &weather.0 {
            let How::Moment { at, drawn } = how else { continue };
            let happening = match kind {
                FaultKind::Crash => Happening::Crash,
                FaultKind::KilledInstance => Happening::Kill(*drawn),
                _ => Happening::Linger(*drawn),
            };
            timeline.add(*at, happening);
        }
        timeline
    }

    fn add(&mut self, after: Duration, happening: Happening) {
        self.n += 1;
        self.coming.insert((self.mock.now() + after, self.n), happening);
    }

    fn strike(&mut self, kind: FaultKind) {
        *self.struck.entry(kind).or_default() += 1;
    }

    /// How often an interface that lingered was in the way.
    pub(super) fn in_the_way(&self) -> u64 {
        let calls = self.mock.calls();
        let is_ours = |id: &String| self.interfaces.contains(id);
        calls.iter().filter(|call| call.blockers.iter().any(is_ours)).count() as u64
    }

    /// Whether somebody else has changed what the recipe made, so that the world is another than
    /// in calm weather.
    pub(super) fn has_meddled(&self) -> bool {
        let there = self.mock.world().ec2.network_interfaces;
        self.has_killed() || self.interfaces.iter().any(|id| there.contains_key(id))
    }

    /// Whether it has killed an instance.
    pub(super) fn has_killed(&self) -> bool {
        self.struck.contains_key(&FaultKind::KilledInstance)
    }

    /// Whether a thing is not the recipe's.
    pub(super) fn made(&self, id: &str) -> bool {
        self.interfaces.iter().any(|interface| interface == id)
    }

    /// Lets everything happen when its time has come, until the process dies.
    pub(super) async fn until_death(&mut self) {
        while let Some((&(at, n), _)) = self.coming.first_key_value() {
            let now = self.mock.now();
            if now < at {
                tokio::time::sleep(at.since(now)).await;
            }
            match self.coming.remove(&(at, n)) {
                Some(Happening::Crash) => {
                    self.strike(FaultKind::Crash);
                    return;
                }
                Some(Happening::Kill(drawn)) => self.kill(drawn),
                Some(Happening::Linger(drawn)) => self.linger(drawn),
                Some(Happening::Go(id)) => {
                    self.mock.call("DeleteNetworkInterface", &[("NetworkInterfaceId", &id)]);
                }
                None => {}
            }
        }
        std::future::pending().await
    }

    fn kill(&mut self, drawn: u64) {
        let world = self.mock.world();
        let alive = |state| matches!(state, InstanceState::Pending | InstanceState::Running);
        let instances = world.ec2.instances.values().filter(|instance| alive(instance.state));
        let ids: Vec<_> = instances.map(|instance| instance.id.clone()).collect();
        if let Some(id) = choose(&ids, drawn)
            && self.mock.call("TerminateInstances", &[("InstanceId.1", id)]).status == 200
        {
            self.strike(FaultKind::KilledInstance);
        }
    }

    fn linger(&mut self, drawn: u64) {
        let before = self.mock.world();
        let subnets: Vec<_> = before.ec2.subnets.keys().cloned().collect();
        let Some(subnet) = choose(&subnets, drawn) else { return };
        self.mock.call("CreateNetworkInterface", &[("SubnetId", subnet)]);
        let interfaces = self.mock.world().ec2.network_interfaces;
        let is_new = |id: &&String| !before.ec2.network_interfaces.contains_key(*id);
        if let Some(id) = interfaces.keys().find(is_new) {
            self.interfaces.push(id.clone());
            // It outlives the run, and goes while its undo waits.
            self.add(Duration::from_secs(300 + drawn % 300), Happening::Go(id.clone()));
        }
    }
}

fn choose(of: &[String], drawn: u64) -> Option<&String> {
    of.get(usize::try_from(drawn % (of.len() as u64).max(1)).unwrap_or_default())
}

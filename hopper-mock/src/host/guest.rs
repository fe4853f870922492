//! [`Guest`]: a running host, as what runs on it sees it.

use std::time::Duration;

use super::Transcript;
use super::disk::Disk;
use super::fault::Harm;
use super::hosts::Running;
use super::transcript::Command;
use crate::ec2::{Instance, InstanceState};
use crate::settings::Latencies;
use crate::world::World;
use crate::{Mock, Time};

/// A host from its start until it goes off.
#[derive(Clone, Debug)]
pub(super) struct Guest {
    pub(super) mock: Mock,
    pub(super) id: String,
    pub(super) boot_time: Time,
}

impl Guest {
    /// Looks at the disk, or changes it.
    pub(super) fn disk<R>(&self, work: impl FnOnce(&mut Disk) -> R) -> R {
        self.mock.with_world(|world| work(world.hosts().disk(&self.id)))
    }

    /// Looks at what runs, or changes it; nothing runs on a host that is off.
    pub(super) fn running<R: Default>(&self, work: impl FnOnce(&mut Running) -> R) -> R {
        self.mock.with_world(|world| {
            let running = world.hosts().running.get_mut(&self.id);
            running
                .filter(|running| running.boot_time == self.boot_time)
                .map(work)
                .unwrap_or_default()
        })
    }

    /// Both at once.
    pub(super) fn system<R: Default>(&self, work: impl FnOnce(&mut Disk, &mut Running) -> R) -> R {
        self.mock.with_world(|world| {
            let Some(mut running) = world.hosts().running.remove(&self.id) else {
                return R::default();
            };
            let result = work(world.hosts().disk(&self.id), &mut running);
            world.hosts().running.insert(self.id.clone(), running);
            result
        })
    }

    /// The instance as AWS knows it.
    pub(super) fn instance<R: Default>(&self, look: impl FnOnce(&World, &Instance) -> R) -> R {
        self.mock.with_world(|world| match world.ec2.instances.get(&self.id) {
            Some(instance) => look(world, instance),
            None => R::default(),
        })
    }

    /// How long things take.
    pub(super) fn latency(&self, of: impl FnOnce(&Latencies) -> Duration) -> Duration {
        self.mock.with_world(|world| of(&world.settings().latencies))
    }

    /// Whether it still runs, and was not started anew.
    pub(super) fn is_alive(&self) -> bool {
        self.instance(|_, instance| {
            instance.state == InstanceState::Running && instance.boot_time == self.boot_time
        })
    }

    /// Ends when the host goes off, or its connections are cut.
    pub(super) async fn cut(&self) {
        let cuts = |world: &mut World| world.hosts().cuts.get(&self.id).copied();
        let before = self.mock.with_world(cuts);
        loop {
            let changed = self.mock.hosts_changed().notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if !self.is_alive() || self.mock.with_world(cuts) != before {
                return;
            }
            changed.await;
        }
    }

    /// Ends when the host goes off.
    pub(super) async fn off(&self) {
        while self.is_alive() {
            let changed = self.mock.hosts_changed().notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if self.is_alive() {
                changed.await;
            }
        }
    }

    /// What befalls a program.
    pub(super) fn harm(&self, line: &str) -> Option<Harm> {
        self.mock.with_world(|world| world.hosts().harm(&self.id, line))
    }

    /// A program begins: its place in the transcript.
    pub(super) fn begin(&self, user: &str, line: &str) -> usize {
        let command = Command {
            at: self.mock.now(),
            user: user.to_owned(),
            line: line.to_owned(),
            status: None,
            output: String::new(),
        };
        self.transcript(|transcript| {
            transcript.commands.push(command);
            transcript.commands.len() - 1
        })
    }

    /// A program has ended.
    pub(super) fn end(&self, index: usize, status: i32, output: &[u8]) {
        /// As much of a program's output as a transcript keeps.
        const KEPT: usize = 4096;
        let output = String::from_utf8_lossy(&output[..output.len().min(KEPT)]).into_owned();
        self.transcript(|transcript| {
            if let Some(command) = transcript.commands.get_mut(index) {
                command.status = Some(status);
                command.output = output;
            }
        });
    }

    fn transcript<R>(&self, change: impl FnOnce(&mut Transcript) -> R) -> R {
        self.mock.with_world(|world| {
            change(world.hosts().transcripts.entry(self.id.clone()).or_default())
        })
    }
}

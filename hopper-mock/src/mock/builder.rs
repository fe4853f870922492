//! [`Builder`]: how a mock shall be.

use std::path::PathBuf;

use super::clock::Clock;
use super::file::WorldFile;
use super::{Mock, WorldFileError};
use crate::settings::{Latencies, Quotas, Settings, Switches, Throttling, Visibility};
use crate::world::World;

/// Settings for a [`Mock`].
///
/// # Default
/// Seed 0, a fresh account, realistic latencies, the published quotas, no throttling, everything
/// seen at once, one world second a second.
#[derive(Clone, Debug)]
pub struct Builder {
    seed: u64,
    world: Option<World>,
    file: Option<WorldFile>,
    latencies: Option<Latencies>,
    quotas: Option<Quotas>,
    throttling: Option<Throttling>,
    visibility: Option<Visibility>,
    switches: Option<Switches>,
    speed: u32,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            seed: 0,
            world: None,
            file: None,
            latencies: None,
            quotas: None,
            throttling: None,
            visibility: None,
            switches: None,
            speed: 1,
        }
    }
}

impl Builder {
    /// What ids and addresses of a fresh world are drawn from.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Goes on from a world as it was, with its clock. What ran in the background of its hosts does
    /// not run any more: it ended with the process that simulated it.
    #[must_use]
    pub fn world(mut self, world: World) -> Self {
        self.world = Some(world);
        #[cfg(feature = "hosts")]
        if let Some(world) = &mut self.world {
            world.machinery.hosts.end_processes();
        }
        self
    }

    /// Keeps the world in a file, and goes on from it if it is there.
    ///
    /// What a call changes is durable before its reply goes out, and the file is whole at every
    /// moment, so a process may be killed at any. What went on in hosts since the last call is
    /// written when the last handle of the mock is dropped, if nobody else has written the file
    /// meanwhile.
    ///
    /// # Errors
    /// A file that cannot be read, or that holds something else.
    pub fn file(mut self, path: impl Into<PathBuf>) -> Result<Self, WorldFileError> {
        let path = path.into();
        self.file = Some(WorldFile::new(path.clone()));
        self.copy_of(path)
    }

    /// Goes on from the world in a file, if it is there, and leaves the file alone.
    ///
    /// # Errors
    /// A file that cannot be read, or that holds something else.
    pub fn copy_of(self, path: impl Into<PathBuf>) -> Result<Self, WorldFileError> {
        Ok(match WorldFile::new(path.into()).load()? {
            Some(world) => self.world(world),
            None => self,
        })
    }

    /// How long things take.
    #[must_use]
    pub fn latencies(mut self, latencies: Latencies) -> Self {
        self.latencies = Some(latencies);
        self
    }

    /// How many there may be.
    #[must_use]
    pub fn quotas(mut self, quotas: Quotas) -> Self {
        self.quotas = Some(quotas);
        self
    }

    /// How often one may ask.
    #[must_use]
    pub fn throttling(mut self, throttling: Throttling) -> Self {
        self.throttling = Some(throttling);
        self
    }

    /// How late new things are seen.
    #[must_use]
    pub fn visibility(mut self, visibility: Visibility) -> Self {
        self.visibility = Some(visibility);
        self
    }

    /// What differs between accounts.
    #[must_use]
    pub fn switches(mut self, switches: Switches) -> Self {
        self.switches = Some(switches);
        self
    }

    /// How many seconds pass in the world in one second of tokio's, at least 1.
    #[must_use]
    pub fn speed(mut self, speed: u32) -> Self {
        self.speed = speed.max(1);
        self
    }

    /// The mock.
    pub fn build(self) -> Mock {
        let fresh = || World::fresh(self.seed, Settings::default());
        let mut world = self.world.unwrap_or_else(fresh);
        let Settings { latencies, quotas, throttling, visibility, switches } = world.settings_mut();
        replace(latencies, self.latencies);
        replace(quotas, self.quotas);
        replace(throttling, self.throttling);
        replace(visibility, self.visibility);
        replace(switches, self.switches);
        let clock = Clock::new(world.now, self.speed);
        Mock::new(world, clock, self.file)
    }
}

fn replace<T>(setting: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *setting = given;
    }
}

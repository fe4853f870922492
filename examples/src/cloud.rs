//! [`Cloud`]: what a command acts on, the simulator or AWS, and an engine for it.

use crate::{
    failure::Failure,
    login,
    machines::Machines,
    moved::Moved,
    node_image,
    site::{Backend, Behind, Site},
};
use aws_sdk_ec2::{
    error::DisplayErrorContext,
    primitives::{DateTime, DateTimeFormat as Format},
};
use hopper_aws::{
    Aws, Connect,
    machine::{NodeImage, node_images},
    preflight::{Checks, Preflight},
    rest::REST,
    sweep::{Stray, strays},
    testing::{Shadow, hosts_as},
};
use hopper_core::{Clock, Engine, Journal, Ledger, Observer, Plan, Report, StepError};
use hopper_kubernetes::{Hosts, steps::registered};
use hopper_mock::{Latencies, Mock, World};
use hopper_ssh::Identity;
use std::{
    collections::BTreeMap,
    env,
    net::Ipv4Addr,
    path::{Path, PathBuf},
    process,
    time::{Duration, SystemTime},
};

/// The seed of the mock when none is given.
pub const MOCK_SEED: u64 = 1;

/// What a command acts on.
#[derive(Clone, Debug)]
pub struct Cloud {
    aws: Aws,
    mock: Option<Mock>,
    hosts: Hosts,
    /// Who we are there, in a line.
    pub identity: String,
    /// The region.
    pub region: Option<String>,
}

impl Cloud {
    /// The simulator.
    #[must_use]
    pub fn simulated(mock: Mock, identities: Vec<Identity>) -> Self {
        let aws = Aws::new(&mock.sdk_config());
        let region = aws.region().map(str::to_owned);
        let identity = "the simulator, in virtual time".to_owned();
        let hosts = hosts_as(&mock, identities);
        Self { aws, mock: Some(mock), hosts, identity, region }
    }

    /// Goes where the run is, or is to be. It makes nothing.
    ///
    /// `ledger` is what the journal says; the simulator's clock is never behind it.
    ///
    /// # Errors
    ///
    /// When the simulator's world cannot be read, there are no credentials, nothing answers.
    pub async fn open(
        site: &Site,
        ledger: &Ledger,
        world: WorldFile,
        seed: Option<u64>,
        identities: &[PathBuf],
    ) -> Result<Self, Failure> {
        let identities = login::identities(identities)?;
        let mut cloud = match site.backend {
            Backend::Mock => {
                let mock = world.mock(seed.unwrap_or(MOCK_SEED), ledger)?;
                Self::simulated(mock, identities).in_region(site)?
            }
            Backend::Aws => Self::connected(site, ledger, &world, identities).await?,
        };
        let (aws, machines) = (cloud.aws.clone(), Machines::of(ledger).public());
        cloud.hosts = cloud.hosts.wrapped(|dialer| Moved { dialer, aws, machines });
        Ok(cloud)
    }

    /// The simulator, if it is in the region that is asked for.
    fn in_region(self, site: &Site) -> Result<Self, Failure> {
        match (&site.region, &self.region) {
            (Some(asked), Some(is)) if asked != is => Err(Failure::usage(format_args!(
                "the mock is in {is} alone: leave --region {asked} out"
            ))),
            _ => Ok(self),
        }
    }

    /// AWS, or what answers in its place.
    async fn connected(
        site: &Site,
        ledger: &Ledger,
        world: &WorldFile,
        identities: Vec<Identity>,
    ) -> Result<Self, Failure> {
        let mut connect = Connect::default();
        if let Some(region) = &site.region {
            connect = connect.region(region);
        }
        if let Some(url) = &site.endpoint_url {
            connect = connect.endpoint_url(url);
        }
        let there = connect.connect().await.map_err(|error| Failure::before(ledger, error))?;
        let region = there.aws.region().map(str::to_owned);
        let at = site.endpoint_url.as_deref().unwrap_or("AWS");
        let identity = format!(
            "{at}, account {}, region {}, as {}",
            there.account,
            region.as_deref().unwrap_or_default(),
            there.arn
        );
        let hosts = match site.hosts {
            Behind::Ssh => Hosts::new(identities).consoles(there.aws.clone()),
            Behind::Simulated => world.shadow(&there.aws, ledger)?.hosts(identities),
        };
        Ok(Self { aws: there.aws, mock: None, hosts, identity, region })
    }

    /// An engine that acts here.
    pub fn engine(
        &self,
        journal: impl Journal + 'static,
        observer: impl Observer + 'static,
        seed: Option<u64>,
    ) -> Engine {
        let engine = Engine::new(journal)
            .env(self.aws.clone())
            .env(self.hosts.clone())
            .registry(registered(hopper_aws::registry()))
            .observe(observer);
        match self.mock.clone() {
            // No name of a process and no calendar: the same run writes the same journal.
            Some(mock) => engine
                .seed(seed.unwrap_or(MOCK_SEED))
                .owner("hopper on the mock")
                .clock(Clock::new(move || SystemTime::from(mock.now()))),
            None => {
                let user = env::var("USER").unwrap_or_else(|_| "somebody".to_owned());
                let engine = engine.owner(format!("{user}, process {}", process::id()));
                seed.into_iter().fold(engine, Engine::seed)
            }
        }
    }

    /// Looks for what is in the way of a plan. On the simulator it looks at a copy, so that no
    /// time passes and nothing is counted.
    pub async fn preflight(&self, plan: &Plan, ledger: &Ledger) -> Preflight {
        let checks = Checks::new(plan).resuming(ledger);
        match &self.mock {
            None => checks.look(&self.aws).await,
            Some(mock) => {
                let copy = Mock::builder().world(World::clone(&mock.world()));
                let copy = copy.latencies(Latencies::instant()).build();
                checks.look(&Aws::new(&copy.sdk_config())).await
            }
        }
    }

    /// What carries hopper's mark here and none of these journals answers for.
    ///
    /// # Errors
    ///
    /// When nobody answers, or looking is not allowed.
    pub async fn strays(&self, journals: &[&Ledger]) -> Result<Vec<Stray>, StepError> {
        strays(&self.aws, journals).await
    }

    /// The images of nodes that there are.
    ///
    /// # Errors
    ///
    /// When nobody answers, or looking is not allowed.
    pub async fn node_images(&self) -> Result<Vec<NodeImage>, StepError> {
        node_images(&self.aws).await
    }

    /// How its machines are reached.
    #[must_use]
    pub fn hosts(&self) -> &Hosts {
        &self.hosts
    }

    /// Whether it is the simulator.
    #[must_use]
    pub fn is_simulated(&self) -> bool {
        self.mock.is_some()
    }

    /// What time it is there, in milliseconds since 1970.
    #[must_use]
    pub fn now(&self) -> u64 {
        let now = self.mock.as_ref().map_or_else(SystemTime::now, |mock| mock.now().into());
        let now = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        u64::try_from(now.as_millis()).unwrap_or(u64::MAX)
    }

    /// What time it is there after a while, as RFC 3339 has it.
    #[must_use]
    pub fn later(&self, after: Duration) -> String {
        let seconds = i64::try_from(self.now() / 1000 + after.as_secs()).unwrap_or(i64::MAX);
        let time = DateTime::from_secs(seconds).fmt(Format::DateTime);
        time.unwrap_or_default()
    }

    /// How many machines these Auto Scaling groups are to have, as they are or as they were before
    /// they were stopped.
    ///
    /// # Errors
    ///
    /// When nobody answers.
    pub async fn resting(&self, groups: &[String]) -> Result<usize, Failure> {
        let mut n = 0;
        for name in groups {
            let call = self.aws.autoscaling().describe_auto_scaling_groups();
            let reply = call.auto_scaling_group_names(name).send().await;
            let reply = reply.map_err(|error| Failure::failed(DisplayErrorContext(error)))?;
            for group in reply.auto_scaling_groups() {
                let tag = group.tags().iter().find(|tag| tag.key() == Some(REST));
                let counts = tag.and_then(|tag| tag.value()?.split_once(' ')?.1.parse().ok());
                let now = group.desired_capacity().and_then(|n| usize::try_from(n).ok());
                n += counts.or(now).unwrap_or_default();
            }
        }
        Ok(n)
    }

    /// The machines of these Auto Scaling groups.
    ///
    /// # Errors
    ///
    /// When nobody answers.
    pub async fn workers(&self, groups: &[String]) -> Result<Vec<Worker>, Failure> {
        if groups.is_empty() {
            return Ok(Vec::new());
        }
        let filter = aws_sdk_ec2::types::Filter::builder()
            .name("tag:aws:autoscaling:groupName")
            .set_values(Some(groups.to_vec()))
            .build();
        let reply = self.aws.ec2().describe_instances().filters(filter).send().await;
        let reply = reply.map_err(|error| Failure::failed(DisplayErrorContext(error)))?;
        let machines = reply.reservations().iter().flat_map(|r| r.instances());
        let worker = |machine: &aws_sdk_ec2::types::Instance| {
            Some(Worker {
                id: machine.instance_id()?.to_owned(),
                name: machine.private_dns_name().unwrap_or_default().to_owned(),
                address: machine.private_ip_address()?.parse().ok()?,
            })
        };
        Ok(machines.filter_map(worker).collect())
    }

    /// How many calls there were so far; 0 where nobody counts them.
    #[must_use]
    pub fn n_calls(&self) -> usize {
        self.mock.as_ref().map_or(0, |mock| mock.calls().len())
    }

    /// How many calls there were of each operation, without the first `before`. Only the
    /// simulator counts them.
    #[must_use]
    pub fn calls(&self, before: usize) -> Option<BTreeMap<String, usize>> {
        let calls = self.mock.as_ref()?.calls();
        let mut counts = BTreeMap::new();
        for call in calls.iter().skip(before) {
            *counts.entry(call.operation.clone()).or_default() += 1;
        }
        Some(counts)
    }

    /// How long a run took, in words.
    #[must_use]
    pub fn took(&self, report: &Report) -> String {
        let virtually = if self.mock.is_some() { " of virtual time" } else { "" };
        format!("{:.1} s{virtually}", report.took.as_secs_f64())
    }
}

/// A machine of an Auto Scaling group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worker {
    /// Its id.
    pub id: String,
    /// Its name in the VPC, which is its node's.
    pub name: String,
    /// Its address in the VPC.
    pub address: Ipv4Addr,
}

/// The file beside a journal that holds the simulator's world.
#[derive(Clone, Debug)]
pub struct WorldFile {
    path: PathBuf,
    is_kept: bool,
}

impl WorldFile {
    /// The world beside this journal: what a call changes is in the file before it is answered,
    /// and what went on in machines when the command ends. An image's journal, whose name begins
    /// with that of a cluster's, has the cluster's world.
    #[must_use]
    pub fn beside(journal: &Path) -> Self {
        let mut path = node_image::cluster_of(journal).into_os_string();
        path.push(".world");
        Self { path: path.into(), is_kept: true }
    }

    /// The same world, but for reading alone: nothing is written back.
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.is_kept = false;
        self
    }

    /// Machines for what answers there, with this world.
    fn shadow(&self, aws: &Aws, ledger: &Ledger) -> Result<Shadow, Failure> {
        Shadow::of(aws, &self.path).map_err(|error| Failure::before(ledger, error))
    }

    fn mock(&self, seed: u64, ledger: &Ledger) -> Result<Mock, Failure> {
        let builder = Mock::builder().seed(seed);
        let builder = match self.is_kept {
            true => builder.file(&self.path),
            false => builder.copy_of(&self.path),
        };
        let mock = builder.map_err(|error| Failure::before(ledger, error))?.build();
        // A process that was killed may have written records after the world's last change.
        let now = SystemTime::from(mock.now());
        let last = ledger.steps().iter().map(|account| account.at).max().unwrap_or_default();
        let last = SystemTime::UNIX_EPOCH + Duration::from_millis(last);
        mock.advance(last.duration_since(now).unwrap_or_default());
        Ok(mock)
    }
}

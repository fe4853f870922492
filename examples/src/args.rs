//! [`Args`]: what the command line says.

use crate::{
    recipe::Recipe,
    site::{Backend, Behind},
};
use clap::{Args as Group, Parser, Subcommand, ValueEnum};
use hopper_core::Engine;
use std::{path::PathBuf, time::Duration};

/// Brings a cluster up on AWS, or on a simulator of it, and takes it down again.
#[derive(Debug, Parser)]
#[command(name = "hopper", version, arg_required_else_help = true)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Bring everything up, check it and take it down on a simulator, in virtual time
    Demo(Demo),
    /// Show what would be made
    Plan(Plan),
    /// Look for all that is in the way of making it; nothing is changed
    Preflight(Preflight),
    /// Make it, or go on making it
    Up(Up),
    /// Say what the journal says
    Status(Of),
    /// Compare the record with reality; exit code 4 if anything differs
    Check(Of),
    /// Take down what the journal says was made
    Down(Down),
    /// Say what became of a step that cannot be settled by itself
    Resolve(Resolve),
    /// Find what hopper has made and no journal answers for; exit code 4 if there is anything
    ///
    /// What a run makes carries tags that say so. A run whose journal is not given looks like
    /// one whose journal is lost: so --delete wants to be told which runs.
    Sweep(Sweep),
    /// Seal the secrets in the journal with a new key; the first time, make one
    ///
    /// The key is kept in JOURNAL.key, which only its owner can read, or in the environment
    /// variable HOPPER_KEY (32 bytes, as 64 hexadecimal digits or in base64; older keys behind
    /// the current one, with spaces between). With a key, secrets stand sealed in the journal, and
    /// a run that is gone on with has them; without one they are not kept, and are made again.
    /// Nothing else needs it: `down` and `status` do without. What older keys sealed stays in the
    /// journal's past until the journal is gone.
    RotateKey(Of),
    /// Make, list or remove the images that nodes start from
    Image(Image),
    /// Put the cluster into the kubeconfig of this machine, beside all that is in there
    ///
    /// The file as it was is kept beside it, and comes back with --remove if nobody else has
    /// changed it; comments in it are lost meanwhile.
    Kubeconfig(Kubeconfig),
    /// Log in to a machine through the bastion, or run a command there
    Ssh(Ssh),
    /// Have a port of this machine lead to the cluster's API, until Ctrl-C
    Tunnel(Tunnel),
    /// At the end of the day: stop the machines, and say what still costs
    Stop(Of),
    /// The next morning: start them, and wait until the nodes are ready
    Start(Of),
    /// Make a new token for nodes to join with, and take the old one away
    Renew(Renew),
    /// Say what it costs, an hour and a month
    Cost(Cost),
    /// Run the simulator for other AWS clients
    Serve(Serve),
}

/// How to print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For machines: a line of JSON for each event, and one for the report.
    Json,
}

/// How to print a plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum PlanFormat {
    /// A line for each step.
    #[default]
    Text,
    /// Everything.
    Json,
    /// A drawing for Graphviz.
    Dot,
    /// A drawing for Mermaid.
    Mermaid,
}

/// What to do when a step fails, or the run is interrupted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum OnFailure {
    /// Take back everything this run made.
    #[default]
    Undo,
    /// Keep it, to go on later.
    Keep,
}

/// `hopper demo`
#[derive(Debug, Group)]
pub struct Demo {
    /// Makes ids, addresses and tokens repeat
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Which recipe, with which settings.
#[derive(Debug, Default, Group)]
pub struct Choice {
    /// Which recipe
    #[arg(long, value_enum, value_name = "RECIPE")]
    pub recipe: Option<Recipe>,
    /// A TOML file with the recipe's settings
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// `hopper plan`
#[derive(Debug, Group)]
pub struct Plan {
    /// Of what.
    #[command(flatten)]
    pub choice: Choice,
    /// Show how the plan differs from what this journal says was made
    #[arg(long, value_name = "FILE")]
    pub journal: Option<PathBuf>,
    /// Another address than AWS's own, of a journal in S3
    #[arg(long, value_name = "URL")]
    pub endpoint_url: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: PlanFormat,
}

/// `hopper preflight`
#[derive(Debug, Group)]
pub struct Preflight {
    /// Of what, and where.
    #[command(flatten)]
    pub target: Target,
    /// Of which run.
    #[command(flatten)]
    pub of: Of,
}

/// What to make, and where.
#[derive(Debug, Default, Group)]
pub struct Target {
    /// What.
    #[command(flatten)]
    pub choice: Choice,
    /// Where to act [default: the journal's, or mock]
    #[arg(long, value_enum)]
    pub backend: Option<Backend>,
    /// With `--backend aws`: the region [default: the settings', or the environment's]
    #[arg(long)]
    pub region: Option<String>,
    /// With `--endpoint-url` of another simulator of AWS: what is behind its instances [default:
    /// the journal's, or ssh]
    #[arg(long, value_enum)]
    pub hosts: Option<Behind>,
}

/// `hopper up`
#[derive(Debug, Group)]
pub struct Up {
    /// Of what, and where.
    #[command(flatten)]
    pub target: Target,
    /// Of which run.
    #[command(flatten)]
    pub of: Of,
    /// Begin without having looked for what is in the way
    #[arg(long)]
    pub no_preflight: bool,
    /// What to do when a step fails
    #[arg(long, value_enum, default_value_t)]
    pub on_failure: OnFailure,
    /// What may be undone and made anew, with all that rests on it, if the recipe has changed in
    /// a way that cannot be brought about in place: a step, or all. May be given more than once
    #[arg(long, value_name = "STEP")]
    pub replace: Vec<String>,
    /// Makes ids and tokens repeat [default: 1 on the mock, random on AWS]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// How long the journal stays ours.
    #[command(flatten)]
    pub lease: Lease,
}

/// `hopper down`
#[derive(Debug, Group)]
pub struct Down {
    /// Of which run.
    #[command(flatten)]
    pub of: Of,
    /// Leave this step as it is, and take down all the rest; may be given more than once
    #[arg(long, value_name = "STEP")]
    pub skip: Vec<String>,
    /// Take down the image of the nodes too, which is kept otherwise
    #[arg(long)]
    pub image: bool,
    /// How long the journal stays ours.
    #[command(flatten)]
    pub lease: Lease,
}

/// How long the journal stays ours after its last record.
#[derive(Debug, Default, Group)]
pub struct Lease {
    /// How long after it was stopped (Ctrl-Z, a suspended laptop) another run may take over
    /// [default: 60]
    #[arg(long = "lease", value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub seconds: Option<u64>,
}

impl Lease {
    /// Has an engine take it so.
    #[must_use]
    pub fn of(&self, engine: Engine) -> Engine {
        match self.seconds {
            Some(seconds) => engine.lease(Duration::from_secs(seconds)),
            None => engine,
        }
    }
}

/// `hopper image`
#[derive(Debug, Group)]
pub struct Image {
    /// What to do.
    #[command(subcommand)]
    pub command: ImageCommand,
}

/// What to do with images.
#[derive(Debug, Subcommand)]
pub enum ImageCommand {
    /// Make the one that the settings ask for, unless it is there
    Make {
        /// Of what, and where.
        #[command(flatten)]
        target: Target,
        /// The cluster's journal: the image's is beside it.
        #[command(flatten)]
        of: Of,
        /// Makes ids and tokens repeat [default: 1 on the mock, random on AWS]
        #[arg(long, value_name = "N")]
        seed: Option<u64>,
    },
    /// List those that there are
    List {
        /// Where.
        #[command(flatten)]
        target: Target,
        /// The cluster's journal.
        #[command(flatten)]
        of: Of,
    },
    /// Remove one that was made beside this journal
    Remove {
        /// Its name
        name: String,
        /// The cluster's journal.
        #[command(flatten)]
        of: Of,
    },
}

/// `hopper resolve`
#[derive(Debug, Group)]
pub struct Resolve {
    /// The step
    pub step: String,
    /// What it made is gone, or is not ours any more
    #[arg(long, required_unless_present = "done", conflicts_with = "done")]
    pub gone: bool,
    /// It is done
    #[arg(long)]
    pub done: bool,
    /// With `--done`: what it gives, as `hopper status` shows it of others
    #[arg(long, value_name = "JSON", default_value = "null", requires = "done")]
    pub output: String,
    /// Of which run.
    #[command(flatten)]
    pub of: Of,
}

/// `hopper sweep`
#[derive(Debug, Group)]
pub struct Sweep {
    /// A journal that answers for its run: a file, or s3://BUCKET/PREFIX; may be given more than
    /// once [default: hopper.journal]
    #[arg(long = "journal", value_name = "JOURNAL")]
    pub journals: Vec<PathBuf>,
    /// Where to look [default: where the first journal's run is, or mock]
    #[arg(long, value_enum)]
    pub backend: Option<Backend>,
    /// With `--backend aws`: the region [default: the environment's]
    #[arg(long)]
    pub region: Option<String>,
    /// Another address than AWS's own
    #[arg(long, value_name = "URL")]
    pub endpoint_url: Option<String>,
    /// Delete what is found
    #[arg(long)]
    pub delete: bool,
    /// Only what this run has made; may be given more than once
    #[arg(long = "run", value_name = "RUN", conflicts_with = "all")]
    pub runs: Vec<String>,
    /// With --delete: what any run has made that no journal given answers for
    #[arg(long)]
    pub all: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Which journal, and how to print.
#[derive(Clone, Debug, Group)]
pub struct Of {
    /// The journal: a file, or s3://BUCKET/PREFIX for a team (with `--backend aws`)
    #[arg(long, value_name = "JOURNAL", default_value = DEFAULT_JOURNAL)]
    pub journal: PathBuf,
    /// Another address than AWS's own: of `up --backend aws`, and of a journal in S3
    #[arg(long, value_name = "URL")]
    pub endpoint_url: Option<String>,
    /// A private key to log in to machines with; may be given more than once [default: the
    /// agent's, and those in ~/.ssh without a passphrase]
    #[arg(long = "identity", value_name = "FILE")]
    pub identities: Vec<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// `hopper kubeconfig`
#[derive(Debug, Group)]
pub struct Kubeconfig {
    /// Of which run.
    #[command(flatten)]
    pub of: Of,
    /// The file [default: the first of KUBECONFIG, or ~/.kube/config]
    #[arg(long, value_name = "FILE", conflicts_with = "print")]
    pub path: Option<PathBuf>,
    /// Print one with nothing else in it: it is a secret
    #[arg(long)]
    pub print: bool,
    /// Take the cluster out again
    #[arg(long, conflicts_with = "print")]
    pub remove: bool,
    /// Have kubectl use it unless told otherwise
    #[arg(long)]
    pub current: bool,
    /// Where the API answers: the near end of `hopper tunnel`
    #[arg(long, value_name = "URL", default_value = "https://127.0.0.1:6443")]
    pub server: String,
}

/// `hopper ssh`
#[derive(Debug, Group)]
pub struct Ssh {
    /// bastion, master, or a machine's instance id, address or private DNS name. Host keys of the
    /// first two are on record; a worker's is trusted as it is shown
    pub node: String,
    /// What to run there; a shell without it
    #[arg(last = true, value_name = "COMMAND")]
    pub command: Vec<String>,
    /// Give the command what comes in here
    #[arg(long)]
    pub stdin: bool,
    /// Of which run.
    #[command(flatten)]
    pub of: Of,
}

/// `hopper tunnel`
#[derive(Debug, Group)]
pub struct Tunnel {
    /// Where to listen; port 0 is any that is free
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:6443")]
    pub listen: String,
    /// Of which run.
    #[command(flatten)]
    pub of: Of,
}

/// `hopper renew`
#[derive(Debug, Group)]
pub struct Renew {
    /// For how many hours the token is good
    #[arg(long, value_name = "HOURS", default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..=24 * 365))]
    pub ttl: u64,
    /// Of which run.
    #[command(flatten)]
    pub of: Of,
}

/// `hopper cost`
#[derive(Debug, Group)]
pub struct Cost {
    /// Of which recipe, instead of the journal's run.
    #[command(flatten)]
    pub choice: Choice,
    /// In which region [default: the run's, or eu-west-1]
    #[arg(long)]
    pub region: Option<String>,
    /// A table of prices, as examples/prices.toml
    #[arg(long, value_name = "FILE")]
    pub prices: Option<PathBuf>,
    /// Of which run.
    #[command(flatten)]
    pub of: Of,
}

/// The journal that is used when none is named.
pub const DEFAULT_JOURNAL: &str = "hopper.journal";

/// `hopper serve`
#[derive(Debug, Group)]
pub struct Serve {
    /// Where to listen; port 0 is any that is free
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:4566")]
    pub listen: String,
    /// How many seconds pass in the simulator in one second
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub speed: u32,
    /// What ids and addresses are drawn from
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
}

//! `hopper ssh`: into a machine, through the bastion.

use crate::{
    args::Ssh,
    cloud::{Cloud, WorldFile},
    failure::{Failure, code},
    journal,
    machines::Machines,
    runtime,
    site::Backend,
    terminal::Terminal,
};
use hopper_kubernetes::Place;
use hopper_ssh::Output;
use std::io::{self, IsTerminal as _, Read as _, Write as _};

/// What a shell exits with when a signal has ended its command, before the signal's number.
const SIGNALLED: u8 = 128;

/// Runs a command on a machine, or a shell without one.
///
/// # Errors
///
/// When the run has no such machine, or it cannot be reached.
pub fn ssh(args: &Ssh) -> Result<u8, Failure> {
    let (ledger, site) = journal::run(&args.of)?;
    let machines = Machines::of(&ledger);
    // A person at a terminal has real time, also on the simulator.
    let is_shell = args.command.is_empty();
    let time = if is_shell { Backend::Aws } else { site.backend };
    runtime::run(time, async {
        let world = WorldFile::beside(&args.of.journal);
        let cloud = Cloud::open(&site, &ledger, world, None, &args.of.identities).await?;
        let place = place(&machines, &cloud, &args.node).await?;
        let session = cloud.hosts().machine(&place).session().await.map_err(Failure::failed)?;
        let print = |from, bytes: &[u8]| {
            // Whoever reads no more (`hopper ssh … | head`) is no reason to stop half-way.
            let _ = match from {
                Output::Standard => {
                    io::stdout().write_all(bytes).and_then(|()| io::stdout().flush())
                }
                Output::Error => io::stderr().write_all(bytes),
            };
        };
        let exit = if is_shell {
            let terminal = Terminal::raw()?;
            let (kind, size) = (terminal.kind(), terminal.size());
            session.shell(&kind, size, Terminal::input(), print).await
        } else {
            let mut input = Vec::new();
            if args.stdin && !io::stdin().is_terminal() {
                io::stdin().read_to_end(&mut input)?;
            }
            session.exec(&args.command.join(" "), &input, print).await
        };
        let exit = exit.map_err(Failure::failed)?;
        session.close().await;
        let code = exit.code.and_then(|code| u8::try_from(code).ok());
        Ok(code.unwrap_or(if exit.signal.is_some() { SIGNALLED } else { code::FAILED }))
    })
}

/// The machine that people mean.
async fn place(machines: &Machines, cloud: &Cloud, node: &str) -> Result<Place, Failure> {
    if let Some(place) = machines.named(node)? {
        return Ok(place);
    }
    let workers = cloud.workers(&machines.groups).await?;
    let is_it = |worker: &&crate::cloud::Worker| {
        worker.id == node || worker.name == node || worker.address.to_string() == node
    };
    if let Some(worker) = workers.iter().find(is_it) {
        let place = machines.behind(&worker.id, worker.address);
        return place.ok_or_else(|| Failure::usage("the run has no machine to go through"));
    }
    let names = ["bastion", "master"].into_iter().map(ToOwned::to_owned);
    let names: Vec<_> = names.chain(workers.into_iter().map(|worker| worker.id)).collect();
    Err(Failure::usage(format_args!("no machine is called {node}: there are {}", names.join(", "))))
}

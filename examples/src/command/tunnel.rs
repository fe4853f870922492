//! `hopper tunnel`: the cluster's API at a port of this machine.

use crate::{
    args::Tunnel,
    cloud::{Cloud, WorldFile},
    failure::{Failure, code},
    interrupt::Interrupt,
    journal,
    machines::Machines,
    out::{complain, say},
    runtime,
    site::Backend,
};
use tokio::net::TcpListener;

/// The API as the control plane's machine sees it: its certificate is good for this address.
const API: (&str, u16) = ("127.0.0.1", 6443);

/// Carries whoever connects here to the cluster's API, through the bastion, until Ctrl-C. A
/// connection that is lost is made again. Nobody has to be root.
///
/// # Errors
///
/// When the run has no control plane, it cannot be reached, or nobody can listen there.
pub fn tunnel(args: &Tunnel, interrupt: &Interrupt) -> Result<u8, Failure> {
    let (ledger, site) = journal::run(&args.of)?;
    let machines = Machines::of(&ledger);
    let place = machines.named("master")?;
    let place = place.ok_or_else(|| Failure::usage("the run has no control plane"))?;
    // Those who connect have real time, also on the simulator.
    runtime::run(Backend::Aws, async {
        let world = WorldFile::beside(&args.of.journal);
        let cloud = Cloud::open(&site, &ledger, world, None, &args.of.identities).await?;
        let listener = TcpListener::bind(&args.listen).await.map_err(|error| {
            Failure::usage(format_args!("cannot listen at {}: {error}", args.listen))
        })?;
        let machine = cloud.hosts().machine(&place);
        let mut session = machine.session().await.map_err(Failure::failed)?;
        say(format_args!("https://{} is the cluster's API, until Ctrl-C", listener.local_addr()?));
        loop {
            let tell = |error: &hopper_ssh::SshError| complain(error);
            let lost = tokio::select! {
                carried = session.forward(&listener, API.0, API.1, tell) => carried,
                () = interrupt.wait() => break,
            };
            match lost {
                Err(error) if !error.is_lost() => return Err(Failure::failed(error)),
                Err(error) => complain(error),
                Ok(()) => (),
            }
            session.close().await;
            session = tokio::select! {
                session = machine.session() => session.map_err(Failure::failed)?,
                () = interrupt.wait() => return Ok(code::DONE),
            };
        }
        session.close().await;
        Ok(code::DONE)
    })
}

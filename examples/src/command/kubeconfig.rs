//! `hopper kubeconfig`: the cluster in the workstation's kubeconfig.

use crate::{
    args::Kubeconfig,
    failure::{Failure, code},
    journal, keys,
    out::say,
};
use hopper_core::Step as _;
use hopper_kubernetes::{
    kubeconfig::{Entry, File, Holder, holder, merged, without},
    pki::Authority,
    steps::{Authority as AuthorityStep, AuthorityOut},
};
use std::{env, path::PathBuf};

/// Puts the cluster into a kubeconfig, takes it out again, or prints one with nothing else in it.
///
/// # Errors
///
/// When the journal has no authority or no key to read it with, or the file is no kubeconfig, has
/// somebody else's cluster of that name, or cannot be written.
pub fn kubeconfig(args: &Kubeconfig) -> Result<u8, Failure> {
    let (ledger, _) = journal::run(&args.of)?;
    let run = ledger.run().cloned().ok_or_else(|| Failure::usage("there is no run"))?;
    let (name, mark) = (run.workflow, format!("{}/kubeconfig", run.run));
    let path = args.path.clone().map_or_else(default_path, Ok)?;
    let file = File::new(&path, &name);
    let wrong =
        |why: &dyn std::fmt::Display| Failure::usage(format_args!("{} {why}", path.display()));
    let before = file.read().map_err(|error| wrong(&error))?;
    if args.remove {
        let rest = without(before.as_deref().unwrap_or_default(), &name, &mark);
        return match rest.map_err(|error| wrong(&error))? {
            Some(rest) => {
                file.write(&rest)?;
                say(format_args!("took {name} out of {}", path.display()));
                Ok(code::DONE)
            }
            None => Err(wrong(&format_args!("has no {name} of this run"))),
        };
    }
    let Some(keyring) = keys::keyring(&args.of)? else {
        return Err(Failure::usage(
            "the cluster's authority is sealed in the journal: give the key in HOPPER_KEY, or put \
             it beside the journal",
        ));
    };
    let ledger = ledger.unsealed(&keyring).map_err(Failure::usage)?;
    let made = ledger.steps().iter().filter(|account| account.is_made());
    let mut made = made.filter(|account| &*account.started.kind == AuthorityStep::KIND);
    let output = made.next().and_then(|account| account.output.as_ref());
    let authority = output.and_then(|output| output.get::<AuthorityOut>().ok());
    let authority = authority.ok_or_else(|| Failure::usage("the run has no authority"))?;
    let certificate = authority.certificate.expose().map_err(Failure::usage)?;
    let key = authority.key.expose().map_err(Failure::usage)?;
    let authority = Authority::from_pem(certificate, key).map_err(Failure::failed)?;
    let entry = Entry::issue(&name, &args.server, &authority).map_err(Failure::failed)?;
    if args.print {
        say(merged(None, &entry, &mark, true).map_err(Failure::failed)?);
        return Ok(code::DONE);
    }
    // Another certificate in the place of ours is a change of ours: the first backup stays.
    let is_ours = match &before {
        Some(text) => holder(text, &name, &mark).map_err(|error| wrong(&error))? == Holder::We,
        None => false,
    };
    let text = merged(before.as_deref(), &entry, &mark, args.current);
    let text = text.map_err(|error| wrong(&error))?;
    if !is_ours {
        file.keep()?;
    }
    file.write(&text)?;
    say(format_args!("context {name} is in {}", path.display()));
    if !is_ours && before.is_some() {
        say(format_args!("as it was before it is in {}", file.backup().display()));
    }
    say(format_args!("kubectl --context {name} get nodes, while `hopper tunnel` runs"));
    Ok(code::DONE)
}

/// Where kubectl looks: the first file of `KUBECONFIG`, or `~/.kube/config`.
fn default_path() -> Result<PathBuf, Failure> {
    let listed = env::var_os("KUBECONFIG").unwrap_or_default();
    let first = env::split_paths(&listed).find(|path| !path.as_os_str().is_empty());
    let home = || Some(PathBuf::from(env::var_os("HOME")?).join(".kube/config"));
    first.or_else(home).ok_or_else(|| Failure::usage("there is no home: name a file with --path"))
}

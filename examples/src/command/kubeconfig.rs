//! `hopper kubeconfig`: the cluster in the workstation's kubeconfig.

use crate::{
    args::{Format, Kubeconfig, Of},
    failure::{Failure, code},
    journal, keys,
    out::{complain, say},
    summary::{command, typed},
};
use hopper_core::{Ledger, Step as _};
use hopper_kubernetes::{
    kubeconfig::{Entry, File, Rest, is_in, merged},
    pki::Authority,
    steps::{Authority as AuthorityStep, AuthorityOut},
};
use std::{env, fmt::Display, path::PathBuf};

/// Puts the cluster into a kubeconfig, takes it out again, or prints one with nothing else in it.
///
/// # Errors
///
/// When the journal has no authority or no key to read it with, or the file is no kubeconfig, has
/// somebody else's cluster of that name, has a backup of another time beside it, or cannot be
/// written.
pub fn kubeconfig(args: &Kubeconfig) -> Result<u8, Failure> {
    let (ledger, _) = journal::run(&args.of)?;
    let (name, mark) = known_as(&ledger).ok_or_else(|| Failure::usage("there is no run"))?;
    if args.print {
        let entry = administrator(args, ledger, &name)?;
        say(merged(None, &entry, &mark, true).map_err(Failure::failed)?);
        return Ok(code::DONE);
    }
    let path = args.path.clone().or_else(|| places().next());
    let path = path.ok_or_else(|| Failure::usage("there is no home: name a file with --path"))?;
    let place = Place { file: File::new(&path, &name), path, name, mark };
    match args.remove {
        true => place.remove(),
        false => place.put(&administrator(args, ledger, &place.name)?, args.current),
    }
}

/// Says where kubectl still knows the cluster that is gone, if it does.
pub(super) fn say_what_is_left(of: &Of, ledger: &Ledger) {
    let Some((name, mark)) = known_as(ledger) else { return };
    for path in places() {
        let text = File::new(&path, &name).read().ok().flatten().unwrap_or_default();
        if is_in(&text, &name, &mark) != Ok(true) {
            continue;
        }
        let path = path.display().to_string();
        let remove = format!("kubeconfig --remove --path {}", typed(&path));
        let remove = command(&remove, &of.journal);
        let told = format_args!("context {name} is still in {path}: {remove} takes it out");
        match of.format {
            Format::Text => say(told),
            Format::Json => complain(told),
        }
    }
}

/// What the run's cluster is called in a kubeconfig, and what its entries are marked with there.
fn known_as(ledger: &Ledger) -> Option<(String, String)> {
    ledger.run().map(|run| (run.workflow.clone(), format!("{}/kubeconfig", run.run)))
}

/// Where kubectl looks: the files of `KUBECONFIG`, or `~/.kube/config`.
fn places() -> impl Iterator<Item = PathBuf> {
    let listed = env::var_os("KUBECONFIG").unwrap_or_default();
    let listed: Vec<PathBuf> =
        env::split_paths(&listed).filter(|path| !path.as_os_str().is_empty()).collect();
    let home = env::var_os("HOME").filter(|_| listed.is_empty());
    listed.into_iter().chain(home.map(|home| PathBuf::from(home).join(".kube/config")))
}

/// The administrator of the run's cluster, with a new certificate.
fn administrator(args: &Kubeconfig, ledger: Ledger, name: &str) -> Result<Entry, Failure> {
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
    Entry::issue(name, &args.server, &authority).map_err(Failure::failed)
}

/// A file, and what the run's cluster is called there.
struct Place {
    path: PathBuf,
    file: File,
    name: String,
    mark: String,
}

impl Place {
    fn put(&self, entry: &Entry, is_current: bool) -> Result<u8, Failure> {
        let (name, path, file) = (&self.name, self.path.display(), &self.file);
        let before = self.read()?;
        let text = merged(before.as_deref(), entry, &self.mark, is_current);
        let text = text.map_err(|error| self.wrong(error))?;
        // Another certificate in the place of ours is a change of ours: the first backup stays.
        let before = before.filter(|text| is_in(text, name, &self.mark) != Ok(true));
        if let Some(before) = &before {
            if file.has_other_backup(before).map_err(|error| self.wrong(error))? {
                let backup = file.backup().display();
                return Err(Failure::usage(format_args!(
                    "{backup} is there already, and is not {path} as it is now: move it away"
                )));
            }
            file.keep(before)?;
        }
        file.write(&text)?;
        say(format_args!("context {name} is in {path}"));
        if before.is_some() {
            say(format_args!("as it was before it is in {}", file.backup().display()));
        }
        say(format_args!("kubectl --context {name} get nodes, while `hopper tunnel` runs"));
        Ok(code::DONE)
    }

    fn remove(&self) -> Result<u8, Failure> {
        let (name, path) = (&self.name, self.path.display());
        let text = self.read()?.unwrap_or_default();
        let kept = self.file.kept().map_err(|error| self.wrong(error))?;
        let rest = Rest::of(&text, kept.as_deref(), name, &self.mark);
        let rest = rest.map_err(|error| self.wrong(error))?;
        let rest = rest.ok_or_else(|| self.wrong(format_args!("has no {name} of this run")))?;
        self.file.put_back(&rest)?;
        match rest {
            Rest::Kept => say(format_args!("{path} is what it was before {name}")),
            Rest::Nothing => say(format_args!("{path} is gone: it had {name} alone")),
            Rest::Theirs { .. } => say(format_args!("took {name} out of {path}")),
        }
        Ok(code::DONE)
    }

    fn read(&self) -> Result<Option<String>, Failure> {
        self.file.read().map_err(|error| self.wrong(error))
    }

    fn wrong(&self, why: impl Display) -> Failure {
        Failure::usage(format_args!("{} {why}", self.path.display()))
    }
}

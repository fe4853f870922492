//! [`AdminKubeconfig`]: a cluster's administrator in the kubeconfig of the workstation.

use crate::{
    Hosts,
    api::Access,
    kubeconfig::{Entry, File, Holder, KubeconfigError, Rest, holder, merged},
    pki,
};
use hopper_core::{Cx, Drift, Found, Input, Made, Secret, Step, StepError, outputs};
use serde::{Deserialize, Serialize};
use std::{io, path::PathBuf};

/// Puts a cluster's administrator into a kubeconfig on this machine, beside all that is in there.
///
/// The file as it was is kept beside it, as `PATH.before-CLUSTER`. Undone, it is that again, byte
/// for byte; if somebody else has changed the file meanwhile, only what is ours is taken out.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AdminKubeconfig {
    /// The file.
    pub path: PathBuf,
    /// The cluster's name: that of its entries.
    pub cluster: String,
    /// Where the API answers, e.g. `https://127.0.0.1:6443`: the near end of a tunnel.
    pub server: String,
    /// As whom one is there.
    pub administrator: Administrator,
    /// Whether kubectl talks to this cluster unless told otherwise.
    pub current: bool,
}

/// As whom one is in a cluster.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Administrator {
    /// Somebody new, whose certificate the cluster's authority signs.
    Issued {
        /// The authority's certificate, in PEM.
        certificate: Input<Secret<String>>,
        /// The authority's key, in PEM.
        key: Input<Secret<String>>,
    },
    /// The one that kubeadm has made, whose kubeconfig is on the control plane.
    Of(Access),
}

outputs! {
    /// A kubeconfig with a cluster in it.
    pub struct AdminKubeconfigOut -> AdminKubeconfigRefs {
        /// The file.
        path: String,
        /// The context.
        context: String,
    }
}

/// Whether there was a file before, which is kept. Noted before anything is written.
const KEPT: &str = "kept";

impl Step for AdminKubeconfig {
    const KIND: &'static str = "kubernetes.admin_kubeconfig";
    const ATOMIC: bool = true;
    type Env = Hosts;
    type Output = AdminKubeconfigOut;

    async fn run(&self, hosts: &Hosts, cx: &Cx) -> Result<AdminKubeconfigOut, StepError> {
        let file = self.file();
        let before = file.read().map_err(|error| self.io("read", &error).refused())?;
        if let Some(text) = &before {
            match holder(text, &self.cluster, &mark(cx)).map_err(|e| self.wrong(&e).refused())? {
                Holder::We => return Ok(self.out()),
                Holder::Nobody => (),
                Holder::Other(what) => return Err(self.taken(what).refused()),
            }
        }
        let entry = self.entry(hosts, cx).await?;
        let text = merged(before.as_deref(), &entry, &mark(cx), self.current)
            .map_err(|error| self.wrong(&error).refused())?;
        let noted = cx.noted::<bool>(KEPT);
        if before.is_some() && noted != Some(true) && file.backup().exists() {
            let backup = file.backup().display();
            let error = StepError::permanent(format_args!("{backup} is there already"));
            return Err(error.with_hint("move it away: it is not of this run").refused());
        }
        let is_kept = before.is_some() || noted == Some(true);
        if noted != Some(is_kept) {
            cx.note(KEPT, &is_kept).await?;
        }
        if let Some(text) = &before {
            file.keep(text).map_err(|error| self.io("back up", &error))?;
        }
        file.write(&text).map_err(|error| self.io("write", &error))?;
        cx.progress(format_args!("context {} in {}", self.cluster, self.path.display()));
        Ok(self.out())
    }

    async fn find(&self, _: &Hosts, cx: &Cx) -> Result<Found<AdminKubeconfigOut>, StepError> {
        let text = self.file().read().map_err(|error| self.io("read", &error))?;
        let is_begun = cx.noted::<bool>(KEPT).is_some();
        let absent = if is_begun { Found::Underway } else { Found::Absent };
        let Some(text) = text else { return Ok(absent) };
        Ok(match holder(&text, &self.cluster, &mark(cx)).map_err(|error| self.wrong(&error))? {
            Holder::We => Found::Present(self.out()),
            Holder::Nobody => absent,
            Holder::Other(what) => Found::Conflict(self.taken(what).to_string()),
        })
    }

    async fn undo(
        &self,
        _: &Hosts,
        cx: &Cx,
        _: Made<'_, AdminKubeconfigOut>,
    ) -> Result<(), StepError> {
        let file = self.file();
        let text = file.read().map_err(|error| self.io("read", &error))?;
        // Somebody may have deleted it: then nothing of ours is in it.
        if let Some(text) = text {
            let kept = file.kept().map_err(|error| self.io("read the backup of", &error))?;
            let rest = Rest::of(&text, kept.as_deref(), &self.cluster, &mark(cx));
            if let Some(rest) = rest.map_err(|error| self.wrong(&error))? {
                file.put_back(&rest).map_err(|error| self.io("put back", &error))?;
            }
        }
        // What was kept before anything was written.
        match cx.noted(KEPT) == Some(true) {
            true => file.forget().map_err(|error| self.io("remove the backup of", &error)),
            false => Ok(()),
        }
    }

    async fn check(
        &self,
        _: &Hosts,
        cx: &Cx,
        out: &AdminKubeconfigOut,
    ) -> Result<Vec<Drift>, StepError> {
        let gone = || vec![Drift::gone(format_args!("context {} in {}", out.context, out.path))];
        let text = self.file().read().map_err(|error| self.io("read", &error))?;
        let Some(text) = text else { return Ok(gone()) };
        match holder(&text, &self.cluster, &mark(cx)) {
            Ok(Holder::We) => Ok(Vec::new()),
            _ => Ok(gone()),
        }
    }
}

/// What tells ours from others' entries of the same name.
fn mark(cx: &Cx) -> String {
    format!("{}/{}", cx.run_id(), cx.name())
}

impl AdminKubeconfig {
    fn file(&self) -> File {
        File::new(&self.path, &self.cluster)
    }

    async fn entry(&self, hosts: &Hosts, cx: &Cx) -> Result<Entry, StepError> {
        match &self.administrator {
            Administrator::Issued { certificate, key } => {
                let (certificate, key) = (cx.get(certificate).expose()?, cx.get(key).expose()?);
                let pki = |error: pki::PkiError| StepError::permanent(error).refused();
                let authority = pki::Authority::from_pem(certificate, key).map_err(pki)?;
                Entry::issue(&self.cluster, &self.server, &authority).map_err(pki)
            }
            Administrator::Of(access) => {
                let text = access.kubeconfig(hosts, cx).await?;
                Entry::of(&self.cluster, &self.server, &text).map_err(|error| {
                    let machine = &access.way.name;
                    StepError::permanent(format_args!("what kubeadm left on {machine}: {error}"))
                })
            }
        }
    }

    fn out(&self) -> AdminKubeconfigOut {
        let path = self.path.display().to_string();
        AdminKubeconfigOut { path, context: self.cluster.clone() }
    }

    fn io(&self, what: &str, error: &io::Error) -> StepError {
        StepError::permanent(format_args!("cannot {what} {}: {error}", self.path.display()))
    }

    fn wrong(&self, error: &KubeconfigError) -> StepError {
        StepError::permanent(format_args!("{} {error}", self.path.display()))
    }

    fn taken(&self, what: &'static str) -> StepError {
        self.wrong(&KubeconfigError::Taken { what, name: self.cluster.clone() })
    }
}

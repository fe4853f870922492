//! [`Objects`]: objects in a cluster.

use super::Manifest;
use crate::{
    Hosts,
    api::{Access, Look, api, apply, delete, until, within},
};
use hopper_core::{Cx, Found, Made, OnUnknown, Step, StepError};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long the API may take to answer, or to know a kind that was just defined.
const APPLIED: Duration = Duration::from_secs(120);
/// How long an object may take to go that something else has to clear up after: the load balancer
/// of a Service.
const GONE: Duration = Duration::from_secs(600);
/// How long a cluster may be silent until it is believed to be dead; a machine that does not even
/// answer on SSH is waited for as long as [`Hosts::patience`] says.
const DEAD: Duration = Duration::from_secs(60);

/// Applies the objects of a manifest on the server's side, in their order, each marked with the
/// run. One that is there already and was made by another is left alone, and is an error.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Objects {
    /// The cluster.
    pub access: Access,
    /// The objects.
    pub manifest: Manifest,
    /// What becomes of them when the step is undone.
    pub on_undo: OnUndo,
}

/// What becomes of objects when their step is undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnUndo {
    /// They are deleted, and waited for until they are gone: so that what the cluster has made
    /// for them outside of it is gone too.
    Delete,
    /// They end with the cluster's machines. A pod network that is stopped before the machines
    /// leaves interfaces behind (amazon-vpc-cni-k8s, issue 1223).
    Leave,
}

impl Step for Objects {
    const KIND: &'static str = "kubernetes.objects";
    const ON_UNKNOWN: OnUnknown = OnUnknown::RunAgain;
    type Env = Hosts;
    type Output = ();

    async fn run(&self, hosts: &Hosts, cx: &Cx) -> Result<(), StepError> {
        let objects = self.manifest.objects(hosts, cx).await?;
        let client = &self.access.client(hosts, cx).await?;
        for object in &objects {
            until(cx, "the API", APPLIED, || async {
                apply(client, cx, object.clone()).await.map(Look::Ready)
            })
            .await?;
        }
        Ok(())
    }

    async fn find(&self, _: &Hosts, _: &Cx) -> Result<Found<()>, StepError> {
        Ok(Found::Absent) // never asked: applying again changes nothing
    }

    /// The last first. Objects of a cluster that does not answer any more are gone with it.
    async fn undo(&self, hosts: &Hosts, cx: &Cx, _: Made<'_, ()>) -> Result<(), StepError> {
        if self.on_undo == OnUndo::Leave {
            return Ok(());
        }
        let alive = within(cx, "the API", DEAD, || async {
            let client = self.access.client(hosts, cx).await?;
            client.apiserver_version().await.map_err(|error| api("version", &error))?;
            Ok(Look::Ready(client))
        });
        let client = match alive.await? {
            Ok(client) => client,
            Err(last) => {
                cx.progress(format_args!("left to go with the machines, no API {last}"));
                return Ok(());
            }
        };
        let objects = self.manifest.objects(hosts, cx).await?;
        for object in objects.iter().rev() {
            until(cx, "waiting until it is gone", GONE, || async {
                Ok(match delete(&client, cx, object).await? {
                    true => Look::Ready(()),
                    false => Look::NotYet("deleting".to_owned()),
                })
            })
            .await?;
        }
        Ok(())
    }
}

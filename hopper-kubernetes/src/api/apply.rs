//! Objects: applied, on the server's side where it can, marked with the run, and deleted by their
//! mark.

use super::error::api;
use hopper_core::{Cx, StepError};
use kube::{
    Api, Client, ResourceExt as _,
    api::{DeleteParams, DynamicObject, GroupVersionKind, Patch, PatchParams, PostParams},
    discovery::{Scope, pinned_kind},
};
use serde::Deserialize as _;

/// The annotation that says which run has made an object.
const RUN: &str = "hopper/run";
/// The annotation that says which step of it.
const STEP: &str = "hopper/step";
/// What a server answers that does not know how to apply.
const UNSUPPORTED_MEDIA_TYPE: u16 = 415;
/// Who we are to the server ("Server-Side Apply", Kubernetes documentation).
const MANAGER: &str = "hopper";

/// The objects in a manifest of several documents.
pub(crate) fn objects_in(manifest: &str) -> Result<Vec<DynamicObject>, StepError> {
    let wrong = |why: &dyn std::fmt::Display| {
        StepError::permanent(format_args!("the manifest cannot be read: {why}"))
    };
    let documents: Vec<serde_json::Value> =
        serde_saphyr::from_multiple(manifest).map_err(|error| wrong(&error))?;
    let documents = documents.into_iter().filter(|document| !document.is_null());
    documents
        .map(|document| DynamicObject::deserialize(document).map_err(|error| wrong(&error)))
        .collect()
}

/// Applies an object as this step's own.
///
/// # Errors
///
/// Also when there is such an object already, which another has made.
pub(crate) async fn apply(
    client: &Client,
    cx: &Cx,
    mut object: DynamicObject,
) -> Result<(), StepError> {
    let name = object.name_any();
    let Some((api_of, what)) = place(client, &object).await? else {
        let kind = object.types.as_ref().map(|types| &*types.kind).unwrap_or_default();
        return Err(StepError::transient(format_args!("the cluster knows no {kind}")));
    };
    let existing = api_of.get_opt(&name).await.map_err(|error| api("get", &error))?;
    if let Some(existing) = existing.as_ref().filter(|existing| !is_own(cx, existing)) {
        return Err(taken(&what, existing));
    }
    let annotations = object.annotations_mut();
    annotations.insert(RUN.to_owned(), cx.run_id().to_owned());
    annotations.insert(STEP.to_owned(), cx.name().to_owned());
    let params = PatchParams::apply(MANAGER).force();
    cx.still_owner().await?;
    match api_of.patch(&name, &params, &Patch::Apply(&object)).await {
        Err(kube::Error::Api(status)) if status.code == UNSUPPORTED_MEDIA_TYPE => {
            apply_here(&api_of, &object, existing.is_some()).await?;
        }
        applied => _ = applied.map_err(|error| api("apply", &error))?,
    }
    cx.progress(format_args!("{what} applied"));
    Ok(())
}

/// Applies an object where the server cannot, which it could not before 1.16: makes it, or merges it
/// into what is there.
async fn apply_here(
    api_of: &Api<DynamicObject>,
    object: &DynamicObject,
    is_there: bool,
) -> Result<(), StepError> {
    let done = match is_there {
        true => {
            let merge = Patch::Merge(object);
            api_of.patch(&object.name_any(), &PatchParams::default(), &merge).await
        }
        false => api_of.create(&PostParams::default(), object).await,
    };
    done.map(drop).map_err(|error| api("apply", &error))
}

/// Deletes an object if it is this run's own. Says whether it is gone.
pub(crate) async fn delete(
    client: &Client,
    cx: &Cx,
    object: &DynamicObject,
) -> Result<bool, StepError> {
    let name = object.name_any();
    let Some((api_of, what)) = place(client, object).await? else { return Ok(true) };
    let existing = api_of.get_opt(&name).await.map_err(|error| api("get", &error))?;
    let Some(existing) = existing.filter(|existing| is_own(cx, existing)) else { return Ok(true) };
    if existing.metadata.deletion_timestamp.is_none() {
        cx.progress(format_args!("deleting {what}"));
        cx.still_owner().await?;
        match api_of.delete(&name, &DeleteParams::foreground()).await {
            Err(kube::Error::Api(status)) if status.code == 404 => return Ok(true),
            reply => _ = reply.map_err(|error| api("delete", &error))?,
        }
    }
    Ok(false)
}

/// Where an object belongs, and what to call it, e.g. `Service default/demo`; `None` if the cluster
/// does not know its kind.
async fn place(
    client: &Client,
    object: &DynamicObject,
) -> Result<Option<(Api<DynamicObject>, String)>, StepError> {
    let nameless = || StepError::permanent("an object of the manifest has no kind");
    let types = object.types.as_ref().ok_or_else(nameless)?;
    let kind = GroupVersionKind::try_from(types);
    let kind = kind.map_err(|error| StepError::permanent(format_args!("{error}")))?;
    let (resource, capabilities) = match pinned_kind(client, &kind).await {
        Ok(found) => found,
        Err(kube::Error::Discovery(_)) => return Ok(None),
        Err(kube::Error::Api(status)) if status.code == 404 => return Ok(None),
        Err(error) => return Err(api("discovery", &error)),
    };
    let name = object.name_any();
    Ok(Some(match capabilities.scope {
        Scope::Cluster => {
            (Api::all_with(client.clone(), &resource), format!("{} {name}", kind.kind))
        }
        Scope::Namespaced => {
            let namespace = object.namespace().unwrap_or_else(|| "default".to_owned());
            let what = format!("{} {namespace}/{name}", kind.kind);
            (Api::namespaced_with(client.clone(), &namespace, &resource), what)
        }
    }))
}

fn is_own(cx: &Cx, object: &DynamicObject) -> bool {
    object.annotations().get(RUN).is_some_and(|run| run == cx.run_id())
}

fn taken(what: &str, existing: &DynamicObject) -> StepError {
    let annotations = existing.annotations();
    let maker = match (annotations.get(STEP), annotations.get(RUN)) {
        (Some(step), Some(run)) => format!("made by step {step} of run {run}"),
        _ => "not made by hopper".to_owned(),
    };
    StepError::permanent(format_args!("{what} is there already, {maker}"))
        .with_hint("delete it, or leave this one out")
}

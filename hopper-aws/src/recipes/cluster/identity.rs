//! [`identity()`]: whom the machines act as.

use crate::{
    InstanceProfileName, PolicyDocument, Tags,
    machine::render,
    recipes::role_in_profile::role_in_profile,
    settings::{Problem, SettingsError},
};
use hopper_core::{Input, Workflow};
use serde::Serialize;

/// A policy: its name, and its template.
type Template = (&'static str, &'static str);

const CLOUD_CONTROLLER: Template =
    ("cloud-controller", include_str!("policies/cloud-controller.json.j2"));
const POD_NETWORK: Template = ("pod-network", include_str!("policies/pod-network.json.j2"));
const JOIN: Template = ("join", include_str!("policies/join.json.j2"));
/// Lets a machine pull images from ECR.
pub(super) const PULL: Template = ("pull", include_str!("policies/pull.json.j2"));

/// Instance profiles, ready to be used.
pub(super) struct Identity {
    /// The control plane's.
    pub(super) control_plane: Input<InstanceProfileName>,
    /// The nodes'.
    pub(super) node: Input<InstanceProfileName>,
}

#[derive(Clone, Copy, Serialize)]
struct Values<'a> {
    cluster: &'a str,
    parameter: &'a str,
}

/// A role for the control plane and one for the nodes.
///
/// What a policy lets change is tagged as the cluster's own; only what does not change anything is
/// allowed on everything. Nodes may run the pod network, pull images, and read how to join: no pod
/// gets at any of that, since the metadata service answers to the machine alone.
pub(super) fn identity(
    w: &Workflow,
    cluster: &str,
    parameter: &str,
    tags: &Tags,
) -> Result<Identity, SettingsError> {
    let values = Values { cluster, parameter };
    let control_plane = &[CLOUD_CONTROLLER, POD_NETWORK, PULL];
    let node = &[POD_NETWORK, PULL, JOIN];
    let name = |suffix: &str| format!("{cluster}-{suffix}");
    Ok(Identity {
        control_plane: filled(
            &w.scope("control-plane"),
            &name("control-plane"),
            control_plane,
            values,
            tags,
        )?,
        node: filled(&w.scope("node"), &name("node"), node, values, tags)?,
    })
}

/// A role of that name in an instance profile, with policies that need no values.
pub(super) fn profile(
    w: &Workflow,
    name: &str,
    policies: &[Template],
    tags: &Tags,
) -> Result<Input<InstanceProfileName>, SettingsError> {
    filled(w, name, policies, Values { cluster: "", parameter: "" }, tags)
}

fn filled(
    w: &Workflow,
    name: &str,
    policies: &[Template],
    values: Values<'_>,
    tags: &Tags,
) -> Result<Input<InstanceProfileName>, SettingsError> {
    let trust = PolicyDocument::assumed_by("ec2.amazonaws.com");
    let policies: Result<Vec<_>, SettingsError> = policies
        .iter()
        .map(|(name, template)| Ok((*name, document(name, template, values)?)))
        .collect();
    Ok(role_in_profile(w, name, trust, policies?, tags))
}

/// A policy, filled in.
fn document(
    name: &str,
    template: &str,
    values: Values<'_>,
) -> Result<PolicyDocument, SettingsError> {
    let wrong = |why: String| {
        SettingsError::Wrong(vec![Problem { field: format!("policy {name}"), message: why }])
    };
    let text = render(name, template, values).map_err(|error| wrong(error.to_string()))?;
    text.parse().map_err(|error: crate::PolicyDocumentError| wrong(error.to_string()))
}

//! The steps.

mod admin_kubeconfig;
mod authority;
mod control_plane;
mod http_answer;
mod init;
mod init_v1alpha1;
mod join_control_plane;
mod join_data;
mod join_script;
mod manifest;
mod nodes_ready;
mod objects;
mod reached;
mod renewed_token;
mod revoked_token;
mod rollout;
mod script;
mod service_address;
mod shared_pki;
mod token;

pub use admin_kubeconfig::{
    AdminKubeconfig, AdminKubeconfigOut, AdminKubeconfigRefs, Administrator,
};
pub use authority::{Authority, AuthorityOut, AuthorityRefs};
pub use control_plane::ControlPlaneNode;
pub use http_answer::{HttpAnswer, HttpAnswerOut, HttpAnswerRefs};
pub use init::Init;
pub use init_v1alpha1::{InitV1alpha1, InitV1alpha1Out, InitV1alpha1Refs};
pub use join_control_plane::JoinControlPlane;
pub use join_data::{JoinData, JoinDataOut, JoinDataRefs};
pub use join_script::{JOIN, JoinScript, JoinScriptOut, JoinScriptRefs};
pub use manifest::{EnvVar, Manifest};
pub use nodes_ready::{NodesReady, NodesReadyOut, NodesReadyRefs};
pub use objects::{Objects, OnUndo};
pub use reached::{Reached, ReachedOut, ReachedRefs};
pub use renewed_token::{RenewedToken, RenewedTokenOut, RenewedTokenRefs};
pub use revoked_token::RevokedToken;
pub use rollout::{Rollout, Workload};
pub use script::Script;
pub use service_address::{ServiceAddress, ServiceAddressOut, ServiceAddressRefs};
pub use shared_pki::{SharedPki, SharedPkiOut, SharedPkiRefs};
pub use token::{Token, TokenOut, TokenRefs};

/// A registry with these steps as well: with it they are undone from a journal alone.
#[must_use]
pub fn registered(registry: hopper_core::Registry) -> hopper_core::Registry {
    registry
        .with::<AdminKubeconfig>()
        .with::<Authority>()
        .with::<HttpAnswer>()
        .with::<Init>()
        .with::<InitV1alpha1>()
        .with::<JoinControlPlane>()
        .with::<JoinData>()
        .with::<JoinScript>()
        .with::<NodesReady>()
        .with::<Objects>()
        .with::<Reached>()
        .with::<RenewedToken>()
        .with::<RevokedToken>()
        .with::<Rollout>()
        .with::<Script>()
        .with::<ServiceAddress>()
        .with::<SharedPki>()
        .with::<Token>()
}

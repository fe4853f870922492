//! The steps.

mod admin_kubeconfig;
mod authority;
mod http_answer;
mod init;
mod join_data;
mod manifest;
mod nodes_ready;
mod objects;
mod reached;
mod renewed_token;
mod revoked_token;
mod rollout;
mod script;
mod service_address;

pub use admin_kubeconfig::{AdminKubeconfig, AdminKubeconfigOut, AdminKubeconfigRefs};
pub use authority::{Authority, AuthorityOut, AuthorityRefs};
pub use http_answer::{HttpAnswer, HttpAnswerOut, HttpAnswerRefs};
pub use init::Init;
pub use join_data::{JoinData, JoinDataOut, JoinDataRefs};
pub use manifest::{EnvVar, Manifest};
pub use nodes_ready::{NodesReady, NodesReadyOut, NodesReadyRefs};
pub use objects::{Objects, OnUndo};
pub use reached::{Reached, ReachedOut, ReachedRefs};
pub use renewed_token::{RenewedToken, RenewedTokenOut, RenewedTokenRefs};
pub use revoked_token::RevokedToken;
pub use rollout::{Rollout, Workload};
pub use script::Script;
pub use service_address::{ServiceAddress, ServiceAddressOut, ServiceAddressRefs};

/// A registry with these steps as well: with it they are undone from a journal alone.
#[must_use]
pub fn registered(registry: hopper_core::Registry) -> hopper_core::Registry {
    registry
        .with::<AdminKubeconfig>()
        .with::<Authority>()
        .with::<HttpAnswer>()
        .with::<Init>()
        .with::<JoinData>()
        .with::<NodesReady>()
        .with::<Objects>()
        .with::<Reached>()
        .with::<RenewedToken>()
        .with::<RevokedToken>()
        .with::<Rollout>()
        .with::<Script>()
        .with::<ServiceAddress>()
}

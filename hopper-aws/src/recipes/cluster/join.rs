//! [`join()`]: how nodes join, made before there is a cluster.

use crate::{Tags, ssm::SecureParameter};
use hopper_core::{Input, Secret, Workflow};
use hopper_kubernetes::steps::{Authority, AuthorityRefs, JoinData};

/// How nodes join.
pub(super) struct Join {
    /// The cluster's authority.
    pub(super) authority: AuthorityRefs,
    /// With what they may.
    pub(super) token: Input<Secret<String>>,
    /// The parameter that says it, once it is there.
    pub(super) parameter: Input<String>,
}

/// The cluster's authority and a token, and a parameter that says how to join: only the nodes' role
/// may read it. It is gone when it is undone, and the token with the cluster.
pub(super) fn join(
    w: &Workflow,
    cluster: &str,
    parameter: &str,
    endpoint: Input<String>,
    tags: &Tags,
) -> Join {
    let authority = w.step("authority").does(Authority {});
    let data = w.step("data").does(JoinData { hash: authority.hash(), endpoint });
    let kept = w.step("parameter").does(SecureParameter {
        name: parameter.to_owned(),
        value: data.json(),
        description: format!("How a node joins the cluster {cluster}"),
        tags: tags.clone(),
    });
    Join { authority, token: data.token(), parameter: kept.name() }
}

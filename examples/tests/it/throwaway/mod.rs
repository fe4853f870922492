//! The scripts of a cluster's machines, run for real in a root that is thrown away.
//!
//! bash, coreutils, sed, gpg, jq and curl are this machine's own. What a machine alone has
//! (systemctl, apt-get, containerd, kubeadm, …) is stood in for, and the internet, with
//! AWS and the metadata service, is a [`Site`] that has a certificate and checks signatures.

mod bake;
mod control_plane;
mod root;
mod site;
mod worker;

use hopper_aws::{machine::WorkerBoot, settings::ClusterSettings, testing::simulated};
use root::{Ran, Root};
use site::Site;
use std::{collections::BTreeMap, time::Duration};

/// What makes a machine the first of a control plane.
pub(crate) const CONTROL_PLANE: &str =
    include_str!("../../../../hopper-kubernetes/src/steps/control_plane.sh");

/// The settings of a cluster, with the checksums of what stands in for the internet's files.
pub(crate) fn settings() -> ClusterSettings {
    simulated(ClusterSettings::default())
}

/// What a worker runs.
pub(crate) fn boot() -> WorkerBoot {
    WorkerBoot {
        cluster: "hopper".to_owned(),
        parameter: "/hopper/hopper/join".to_owned(),
        max_pods: 17,
        labels: BTreeMap::from([("hopper/pool".to_owned(), "workers".to_owned())]),
        patience: Duration::from_secs(900),
    }
}

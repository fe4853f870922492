//! The volumes of persistent volume claims.

use super::cluster::{Cluster, tags};
use crate::{Aws, ec2::volume, mark::filter, resource::Resource as _};
use aws_sdk_ec2::types::Volume;
use hopper_core::{Cx, StepError};

/// Set by the provider and the EBS driver: the claim a volume was made for, and its namespace.
const CLAIM: &str = "kubernetes.io/created-for/pvc/name";
const NAMESPACE: &str = "kubernetes.io/created-for/pvc/namespace";
/// Set by the EBS driver.
const OF_DRIVER: &str = "ebs.csi.aws.com/cluster";

/// The volumes that Kubernetes has made for the claims of a cluster. A volume is in no VPC: the
/// cluster's name alone says whose it is.
pub(super) async fn find(
    aws: &Aws,
    cx: &Cx,
    cluster: Cluster<'_>,
) -> Result<Vec<Volume>, StepError> {
    let mut found = Volume::describe(aws, cx, vec![filter("tag-key", cluster.key())]).await?;
    found.retain(|volume| {
        let tags = tags(volume.tags());
        let is_of_claim = tags.get(CLAIM).or(tags.get(OF_DRIVER)).is_some();
        cluster.has_made(&tags) && is_of_claim && !volume.is_husk()
    });
    Ok(found)
}

/// Says that volumes stay.
pub(super) fn leave(cx: &Cx, volumes: &[Volume]) {
    for volume in volumes {
        cx.progress(format_args!(
            "{} is left on purpose: it is what somebody has stored{}",
            volume.id(),
            claim(volume)
        ));
    }
}

/// Deletes volumes, and waits until they are gone.
pub(super) async fn clear(aws: &Aws, cx: &Cx, volumes: &[Volume]) -> Result<(), StepError> {
    for volume in volumes {
        let id = volume.id();
        cx.progress(format_args!("deleting {id}, what somebody has stored{}", claim(volume)));
        volume::delete(aws, cx, volume).await?;
    }
    Ok(())
}

/// The claim it was made for, as far as it tells.
fn claim(volume: &Volume) -> String {
    let tags = tags(volume.tags());
    match (tags.get(NAMESPACE), tags.get(CLAIM)) {
        (Some(namespace), Some(name)) => format!(" in claim {namespace}/{name}"),
        (_, Some(name)) => format!(" in claim {name}"),
        _ => String::new(),
    }
}

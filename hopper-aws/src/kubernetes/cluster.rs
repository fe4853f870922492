//! [`Cluster`]: the tags by which the things of a cluster are known.

use crate::{Tags, mark, sdk_tag::SdkTag};

/// The tags by which the things of a cluster are known.
///
/// Sources: `pkg/providers/v1/tags.go` and `aws_loadbalancer.go` of kubernetes/cloud-provider-aws
/// (as of the in-tree provider), `docs/deploy/subnet_discovery.md` and `pkg/deploy/tracking` of
/// the AWS load balancer controller, `pkg/awsutils/awsutils.go` of amazon-vpc-cni-k8s,
/// `pkg/cloud/cloud.go` of aws-ebs-csi-driver.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cluster<'a>(pub(crate) &'a str);

/// What the tag that all providers set begins with; the cluster's name follows.
const KEY: &str = "kubernetes.io/cluster/";
/// Set by the AWS load balancer controller; the value is the cluster's name.
pub(super) const CONTROLLER: &str = "elbv2.k8s.aws/cluster";
/// Set by the provider before Kubernetes 1.6, and by the EBS driver; the value is the cluster's
/// name.
pub(super) const LEGACY: &str = "KubernetesCluster";

impl Cluster<'_> {
    /// The tag that all providers set: its value is `owned` or `shared`.
    pub(super) fn key(self) -> String {
        format!("{KEY}{}", self.0)
    }

    /// The clusters that tags name.
    pub(crate) fn named_in(tags: &[impl SdkTag]) -> impl Iterator<Item = &str> {
        tags.iter().filter_map(|tag| tag.key()?.strip_prefix(KEY))
    }

    /// Whether Kubernetes has made a thing for this cluster.
    pub(super) fn has_made(self, tags: &Tags) -> bool {
        let is = |key: &str, value: &str| tags.get(key) == Some(value);
        tags.get(mark::RUN).is_none()
            && (is(&self.key(), "owned") || is(CONTROLLER, self.0) || is(LEGACY, self.0))
    }

    /// Whether a thing says that it is used by this cluster, whoever has made it.
    pub(super) fn uses(self, tags: &Tags) -> bool {
        tags.get(&self.key()).is_some() || self.has_made(tags)
    }
}

/// An SDK's tags as ours.
pub(super) fn tags(tags: &[impl SdkTag]) -> Tags {
    let pairs =
        tags.iter().filter_map(|tag| Some((tag.key()?.to_owned(), tag.value()?.to_owned())));
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_things_of_a_cluster_are_known_by_their_tags() {
        let cluster = Cluster("hopper");
        let owned = Tags::new().with("kubernetes.io/cluster/hopper", "owned");
        assert!(cluster.has_made(&owned));
        assert!(cluster.has_made(&Tags::new().with("elbv2.k8s.aws/cluster", "hopper")));
        assert!(cluster.has_made(&Tags::new().with("KubernetesCluster", "hopper")));
        // Shared with it, another's, ours, or nobody's.
        let shared = Tags::new().with("kubernetes.io/cluster/hopper", "shared");
        assert!(!cluster.has_made(&shared) && cluster.uses(&shared));
        assert!(!cluster.has_made(&Tags::new().with("kubernetes.io/cluster/hop", "owned")));
        assert!(!cluster.has_made(&Tags::new().with("elbv2.k8s.aws/cluster", "hop")));
        assert!(!cluster.has_made(&owned.with(mark::RUN, "r1")));
        assert!(!cluster.has_made(&Tags::named("hopper")));
    }
}

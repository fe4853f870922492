//! [`Latencies`]: how long AWS takes.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Writes a duration as seconds, so that a settings file reads `"call": 0.4`.
mod seconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(time: &Duration, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_f64(time.as_secs_f64())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Duration, D::Error> {
        Duration::try_from_secs_f64(f64::deserialize(input)?).map_err(D::Error::custom)
    }
}

/// Declares the struct with its defaults beside the fields, in milliseconds.
macro_rules! latencies {
    ($($(#[$doc:meta])+ $name:ident: $millis:literal,)+) => {
        /// How long calls and changes of state take, in world time.
        ///
        /// Each default is a typical value from public logs of real accounts, unless it is
        /// marked as an estimate. [`Latencies::instant`] makes all of them zero.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct Latencies {
            $($(#[$doc])+ #[serde(with = "seconds")] pub $name: Duration,)+
        }

        impl Default for Latencies {
            fn default() -> Self {
                Self { $($name: Duration::from_millis($millis),)+ }
            }
        }

        impl Latencies {
            /// Nothing takes any time. States still change one after the other: what was just
            /// made is `pending` in its own answer and `available` in the next.
            pub fn instant() -> Self {
                Self { $($name: Duration::ZERO,)+ }
            }
        }
    };
}

latencies! {
    /// An ordinary call, there and back (estimate, 0.1 to 1 s).
    call: 400,
    /// A `RunInstances` call (1 to 2 s; 1.54 s in a boot benchmark of 2021).
    run_instances_call: 1_500,
    /// VPC `pending` to `available` (0 to 11 s).
    vpc_available: 1_000,
    /// Subnet `pending` to `available` (0 to 11 s).
    subnet_available: 800,
    /// Instance `pending` to `running` (5 to 18 s).
    instance_running: 13_000,
    /// Instance `pending` to `terminated` where AWS cannot start it (estimate).
    instance_failed: 5_000,
    /// From `running` until sshd answers (3 to 25 s).
    instance_reachable: 20_000,
    /// From launch until both status checks are `ok` (120 to 240 s; estimate).
    instance_status_ok: 150_000,
    /// Instance `stopping` to `stopped` (15 to 60 s; estimate).
    instance_stopped: 25_000,
    /// Instance `shutting-down` to `terminated` (20 to 62 s).
    instance_terminated: 35_000,
    /// How long a terminated instance or a deleted NAT gateway stays listed (about an hour).
    gone_but_listed: 3_600_000,
    /// NAT gateway `pending` to `available` (85 to 125 s, at worst 10 minutes).
    nat_gateway_available: 105_000,
    /// NAT gateway `pending` to `failed` (estimate).
    nat_gateway_failed: 10_000,
    /// NAT gateway `deleting` to `deleted` (37 to 79 s).
    nat_gateway_deleted: 60_000,
    /// From a NAT gateway's end until its address can be released (1 to 9 s): until then AWS says
    /// `AuthFailure`, which is not true (public logs).
    nat_gateway_address_free: 2_000,
    /// Network interface `pending` to `available` (estimate).
    network_interface_available: 1_000,
    /// Network interface `attaching` to `attached` (estimate).
    network_interface_attached: 1_000,
    /// Network interface `detaching` to `available` (estimate).
    network_interface_detached: 3_000,
    /// Image `pending` to `available`, 8 GB (134 to 186 s).
    image_available: 180_000,
    /// Snapshot `pending` to `completed`, apart from an image (estimate).
    snapshot_completed: 60_000,
    /// Volume `creating` to `available` (estimate).
    volume_available: 2_000,
    /// Volume `attaching` to `attached` (estimate).
    volume_attached: 1_000,
    /// Volume `detaching` to `available` (estimate).
    volume_detached: 5_000,
    /// From the deletion of a volume until it is not listed any more (estimate).
    volume_deleted: 2_000,
    /// A `DeleteSnapshot` call (estimate).
    snapshot_deleted: 1_000,
    /// Until EC2 and Auto Scaling see a new or changed instance profile (3 to 60 s, seldom 120).
    instance_profile_visible: 10_000,
    /// Association of a profile with an instance: `associating` to `associated` (estimate).
    instance_profile_associated: 4_000,
    /// Association of a profile with an instance: from `disassociating` until it is gone (estimate).
    instance_profile_disassociated: 4_000,
    /// From the deletion of a service-linked role until it is gone (estimate).
    service_linked_role_deleted: 3_000,
    /// From what makes a group launch until the launch (3 to 17 s).
    group_launch: 5_000,
    /// How long a group waits after its first failed launch (estimate).
    group_launch_retry: 30_000,
    /// Until a group notices that an instance is stopped or terminated (estimate).
    group_health_check: 30_000,
    /// From the creation of a group until its instance is in service (41 to 47 s).
    group_instance_in_service: 45_000,
    /// From the forced deletion of a group until its instances are gone (60 to 390 s).
    group_deleted: 75_000,
    /// A `CreateLoadBalancer` call (3 to 6 s for a classic one).
    load_balancer_created: 6_000,
    /// Network load balancer `provisioning` to `active` (2 to 3 minutes; estimate).
    network_load_balancer_active: 150_000,
    /// Until a load balancer's name resolves and a backend is healthy (30 to 180 s; estimate).
    load_balancer_healthy: 75_000,
    /// From the deletion of a load balancer until its interfaces are gone (1 to 10 minutes;
    /// estimate).
    load_balancer_interfaces_gone: 60_000,
    /// An `apt-get update` (10 to 15 s).
    package_lists_updated: 10_000,
    /// An `apt-get install` that installs anything (30 to 35 s).
    packages_installed: 30_000,
    /// A download of a release or an image of a container (estimate).
    downloaded: 2_000,
    /// Pulling the images of a control plane (the difference of the two `kubeadm init`: 60 and 25 s).
    kubeadm_images_pulled: 35_000,
    /// A `kubeadm init` with its images there (15 to 60 s).
    kubeadm_init: 25_000,
    /// A `kubeadm join` (3 to 8 s).
    kubeadm_joined: 8_000,
    /// Fetching an image of a container, for each that is not there (the pod network has three: 35 s
    /// and 20 s until a node is ready; estimate).
    kube_image_pulled: 5_000,
    /// Until a pod runs whose images are there (estimate).
    kube_pod_started: 2_000,
    /// From when the pod network's pod runs until its node is ready (estimate).
    kube_network_ready: 18_000,
    /// From when the cloud controller manager runs until a node is initialized (5 to 40 s from when
    /// it is applied; estimate).
    kube_node_initialized: 8_000,
    /// How long a kubelet is silent until its node is not ready (`node-monitor-grace-period` of
    /// kube-controller-manager).
    kube_node_lost: 50_000,
    /// From when a node without an instance is not ready until it is removed (`node-monitor-period`
    /// of the cloud controller manager).
    kube_node_removed: 5_000,
    /// From the deletion of a Service until Kubernetes deletes its load balancer (estimate).
    kube_service_lb_deleted: 20_000,
}

impl Latencies {
    /// How long the call itself takes, there and back.
    pub fn of_call(&self, operation: &str) -> Duration {
        match operation {
            "RunInstances" => self.run_instances_call,
            "DeleteSnapshot" => self.snapshot_deleted,
            "CreateLoadBalancer" => self.load_balancer_created,
            _ => self.call,
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may")]
    use super::*;

    #[test]
    fn a_settings_file_may_name_a_few_and_misname_none() {
        let some: Latencies = serde_json::from_str(r#"{"call": 0.05}"#).unwrap();
        assert_eq!(some, Latencies { call: Duration::from_millis(50), ..Latencies::default() });
        assert!(serde_json::from_str::<Latencies>(r#"{"cal": 1}"#).is_err());
        assert!(serde_json::from_str::<Latencies>(r#"{"call": -1}"#).is_err());
    }

    #[test]
    fn run_instances_takes_longer() {
        let latencies = Latencies::default();
        assert!(latencies.of_call("RunInstances") > latencies.of_call("CreateVpc"));
    }
}

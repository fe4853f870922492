//! What a machine with Ubuntu needs so that it leaves the interfaces, routes and packets of pods
//! alone.
//!
//! Source: issue 2103 of amazon-vpc-cni-k8s, and `eni_networking.go` of kops.

use super::step::Step;
use crate::host::ubuntu::Release;

/// Files, what has to be in them, and what happens otherwise.
const NEEDED: [(&str, &[&str], &str); 3] = [
    (
        "/etc/systemd/network/99-default.link",
        &["[Match]", "OriginalName=*", "[Link]", "MACAddressPolicy=none"],
        "systemd-udevd gives the interface of the pod another MAC address: MACAddressPolicy is not none",
    ),
    (
        "/etc/systemd/networkd.conf.d/80-pods.conf",
        &["[Network]", "ManageForeignRoutes=no", "ManageForeignRoutingPolicyRules=no"],
        "systemd-networkd removes the routes and rules of pods: ManageForeignRoutes or ManageForeignRoutingPolicyRules is not no",
    ),
    (
        "/etc/cloud/cloud.cfg.d/99-disable-network-hotplug.cfg",
        &["when:", "boot-new-instance"],
        "cloud-init configures the interfaces of pods when they are plugged in: updates.network.when has hotplug",
    ),
];

/// Why a pod with an address of its own reaches nobody from a machine.
pub(super) fn complaint(step: &mut Step<'_>, instance_id: &str) -> Option<String> {
    let running = step.world.hosts().running.get(instance_id);
    if running.is_some_and(|it| it.policies.get("FORWARD").is_some_and(|policy| policy == "DROP")) {
        let why = "the policy of iptables' chain FORWARD is DROP";
        return Some(format!("dial tcp 10.96.0.1:443: i/o timeout: {why}"));
    }
    let disk = step.world.hosts().disk(instance_id);
    if Release::of(disk) == Release::Xenial {
        return None; // it has neither systemd-networkd nor hotplug in cloud-init
    }
    let lacks = |(path, needed, _): &&(&str, &[&str], &str)| {
        let text = disk.text(path);
        needed.iter().any(|part| !text.contains(part))
    };
    let (_, _, why) = NEEDED.iter().find(lacks)?;
    Some(format!("dial tcp 10.96.0.1:443: i/o timeout: {why}"))
}

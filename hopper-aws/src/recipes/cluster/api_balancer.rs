//! [`api_balancer()`]: where the API is when several machines serve it.

use super::{control_plane::ControlPlane, site::Site};
use crate::{
    SecurityGroupId,
    ec2::{Peer, Protocol},
    elbv2::{Listener, NetworkLoadBalancer, TargetGroup},
};
use hopper_core::{Input, Workflow, text};

/// The port of the API.
const PORT: u16 = 6443;

/// A load balancer inside the VPC, before the API servers.
pub(super) struct ApiBalancer {
    /// Who may reach it.
    pub(super) group: Input<SecurityGroupId>,
    /// `name:port`, as soon as the name is known.
    pub(super) endpoint: Input<String>,
    /// `name:port`, once connections are passed on.
    pub(super) served: Input<String>,
}

/// A network load balancer before the API servers, in the private subnets. It asks each over HTTPS
/// whether it is ready, and reaches it by its own address, so that one that fails is passed over and
/// each reaches itself, too.
pub(super) fn api_balancer(
    w: &Workflow,
    site: &Site<'_>,
    control_plane: &ControlPlane,
) -> ApiBalancer {
    let name = format!("{}-api", site.cluster);
    let tags = site.named("api");
    let group = site.group(w, "api", "What the API is reached through", tags.clone()).id();
    let governs = || Peer::Group(control_plane.group.clone());
    let api = Protocol::tcp(PORT);
    let from = Peer::Group(group.clone());
    let rules = [
        site.allow(w, "control-plane", &group, governs(), api, "The control plane to the API"),
        site.allow(w, "passed-on", &control_plane.group, from, api, "The API, passed on"),
    ];
    let balancer = w.step("load-balancer").does(NetworkLoadBalancer {
        name: name.clone(),
        subnets: site.network.private.clone(),
        security_groups: vec![group.clone()],
        tags: tags.clone(),
    });
    let targets = w.step("target-group").does(TargetGroup {
        name,
        vpc: site.network.vpc.clone(),
        port: PORT,
        health_check_path: "/readyz".to_owned(),
        targets: control_plane.machines().map(|machine| machine.instance.id()).collect(),
        tags: tags.clone(),
    });
    let slot = rules.iter().fold(w.step("listener"), |slot, rule| slot.after(rule));
    let listener = slot.does(Listener {
        load_balancer: balancer.arn(),
        port: PORT,
        target_group: targets.arn(),
        tags,
    });
    ApiBalancer {
        group,
        endpoint: text!("{}:6443", balancer.dns_name()),
        served: text!("{}:6443", balancer.dns_name().once(&listener)),
    }
}

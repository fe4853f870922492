//! Services of the type `LoadBalancer`: the cloud controller manager makes what AWS makes.

use serde_json::{Value, json};

use super::cluster::{list, text};
use super::step::{Step, condition};
use super::{cloud, permission};
use crate::ec2::network_interface;
use crate::kubernetes::{KubeServiceLb, tagged_subnets};
use crate::wire::Request;

const FINALIZER: &str = "service.kubernetes.io/load-balancer-cleanup";
const ANNOTATIONS: &str = "service.beta.kubernetes.io/aws-load-balancer";

/// The calls a load balancer takes. Source: `prerequisites.md` of cloud-provider-aws.
const ACTIONS: [&str; 8] = [
    "ec2:AuthorizeSecurityGroupIngress",
    "ec2:CreateSecurityGroup",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "elasticloadbalancing:ConfigureHealthCheck",
    "elasticloadbalancing:CreateLoadBalancer",
    "elasticloadbalancing:DescribeLoadBalancers",
    "elasticloadbalancing:RegisterInstancesWithLoadBalancer",
];

pub(super) fn run(step: &mut Step<'_>) {
    let Some(own) = cloud::running(step) else { return };
    let Some(cluster) = cloud::cluster_name(step.world, &own) else { return };
    for at in step.cluster.keys("services") {
        let Some(service) = step.cluster.get(&at).cloned() else { continue };
        let is_wanted = text(&service, "/spec/type") == "LoadBalancer"
            && text(&service, "/metadata/deletionTimestamp").is_empty();
        let has_finalizer =
            list(&service, "/metadata/finalizers").iter().any(|one| one == FINALIZER);
        if is_wanted && !has_finalizer {
            step.cluster.edit(&at, add_finalizer);
            step.event(&service, true, "EnsuringLoadBalancer", "Ensuring load balancer");
        }
        if is_wanted && list(&service, "/status/loadBalancer/ingress").is_empty() {
            let made = wanted(step, &own, &cluster, &service);
            let time = step.latency(|latencies| latencies.load_balancer_created);
            let is_due = step.held(&format!("balancer {at}"), made.is_ok(), time);
            let made = made.and_then(|wanted| match is_due {
                true => step.world.kube_service_lb(&wanted).map(Some).map_err(|it| it.to_string()),
                false => Ok(None),
            });
            match made {
                Ok(Some(made)) => {
                    step.cluster.balancers.insert(at.clone(), made.name);
                    step.cluster.edit(&at, |service| {
                        let ingress = json!([{"hostname": made.hostname}]);
                        service["status"]["loadBalancer"]["ingress"] = ingress;
                    });
                    step.event(&service, true, "EnsuredLoadBalancer", "Ensured load balancer");
                    step.cluster.timers.remove(&format!("balancer {at}"));
                }
                Ok(None) => {}
                Err(why) => {
                    let why = format!(
                        "Error syncing load balancer: failed to ensure load balancer: {why}"
                    );
                    step.event(&service, false, "SyncLoadBalancerFailed", &why);
                }
            }
        } else if is_wanted {
            register(step, &at);
        } else if has_finalizer {
            remove(step, &own, &cluster, &at, &service);
        }
    }
}

fn add_finalizer(service: &mut Value) {
    match service["metadata"]["finalizers"].as_array_mut() {
        Some(finalizers) => finalizers.push(json!(FINALIZER)),
        None => service["metadata"]["finalizers"] = json!([FINALIZER]),
    }
}

/// The instances behind load balancers: those of nodes that are ready, but for control planes.
fn backends(step: &Step<'_>) -> Vec<String> {
    let excluded = [
        "node.kubernetes.io/exclude-from-external-load-balancers",
        "node-role.kubernetes.io/master", // what it was until 1.19
    ];
    let nodes = step.cluster.of("nodes").filter(|(_, node)| {
        let labels = &node["metadata"]["labels"];
        excluded.iter().all(|name| labels[name].is_null()) && condition(node, "Ready") == "True"
    });
    let running = nodes.filter_map(|(_, node)| cloud::instance_of(step, node));
    running.filter(|one| one.state.is_running()).map(|one| one.id).collect()
}

/// What is to be made for a Service, or what is missing.
fn wanted(
    step: &mut Step<'_>,
    own: &str,
    cluster: &str,
    service: &Value,
) -> Result<KubeServiceLb, String> {
    let tags: Vec<_> = cloud::tags(step, own).into_iter().collect();
    if let Some((action, role)) = permission::denied(step.world, own, &ACTIONS, &tags) {
        return Err(format!("AccessDenied: {role} is not authorized to perform: {action}"));
    }
    let backends = backends(step);
    let Some(node) = backends.first() else {
        return Err("there are no available nodes for LoadBalancer".to_owned());
    };
    let group = tagged_group(step, cluster, node)?;
    let annotation =
        |name: &str| service["metadata"]["annotations"][format!("{ANNOTATIONS}-{name}")].as_str();
    let is_internal = annotation("internal") == Some("true");
    let vpc_id = step.world.ec2.instances.get(node).map(|it| it.vpc_id.clone()).unwrap_or_default();
    if tagged_subnets(step.world, &vpc_id, cluster, is_internal).is_empty() {
        let role = if is_internal { "internal-elb" } else { "elb" };
        return Err(format!(
            "could not find any suitable subnets for creating the ELB: none has the tags \
             kubernetes.io/cluster/{cluster} and kubernetes.io/role/{role}"
        ));
    }
    let whole =
        format!("{}/{}", text(service, "/metadata/namespace"), text(service, "/metadata/name"));
    let port = |name: &str| {
        let port = service["spec"]["ports"][0][name].as_u64().unwrap_or_default();
        u16::try_from(port).unwrap_or_default()
    };
    let mut wanted =
        KubeServiceLb::new(cluster, &whole, &group).ports(port("port"), port("nodePort"));
    if is_internal {
        wanted = wanted.internal();
    }
    if annotation("type") == Some("nlb") {
        wanted = wanted.network();
    }
    Ok(wanted)
}

/// The security group of a node that the cluster's tag is on, or its only one.
///
/// Source: `findSecurityGroupForInstance` of cloud-provider-aws.
fn tagged_group(step: &Step<'_>, cluster: &str, id: &str) -> Result<String, String> {
    let world = &*step.world;
    let interfaces = network_interface::of_instance(world, id);
    let mut groups: Vec<_> = interfaces.iter().flat_map(|it| it.group_ids.clone()).collect();
    groups.sort();
    groups.dedup();
    let tag = format!("kubernetes.io/cluster/{cluster}");
    let has_tag = |id: &&String| {
        let group = world.ec2.security_groups.get(*id);
        group.is_some_and(|group| group.tags.contains_key(&tag))
    };
    let tagged: Vec<_> = groups.iter().filter(has_tag).cloned().collect();
    match (tagged.as_slice(), groups.as_slice()) {
        ([one], _) | ([], [one]) => Ok(one.clone()),
        ([], _) => Err(format!("no security groups with the tag {tag} found for instance {id}")),
        (several, _) => Err(format!(
            "Multiple tagged security groups found for instance {id}; ensure only the k8s \
             security group is tagged; the tagged groups were {}",
            several.join(" ")
        )),
    }
}

/// Nodes that came later are behind the load balancer as well.
fn register(step: &mut Step<'_>, at: &str) {
    let Some(name) = step.cluster.balancers.get(at).cloned() else { return };
    let Some(balancer) = step.world.elb.load_balancers.get(&name) else { return };
    let known = balancer.instances.clone();
    let missing: Vec<_> = backends(step).into_iter().filter(|id| !known.contains_key(id)).collect();
    for id in missing {
        let params = [("LoadBalancerName", name.as_str()), ("Instances.member.1.InstanceId", &id)];
        let request = Request::named("elb:RegisterInstancesWithLoadBalancer", &params);
        if let Err(error) = request.and_then(|request| step.world.perform(&request)) {
            tracing::debug!(%error, id, "a node is not behind its load balancer");
        }
    }
}

/// The Service goes when its load balancer is gone with its group.
fn remove(step: &mut Step<'_>, own: &str, cluster: &str, at: &str, service: &Value) {
    let action = "elasticloadbalancing:DeleteLoadBalancer";
    let tags: Vec<_> = cloud::tags(step, own).into_iter().collect();
    if let Some((action, role)) = permission::denied(step.world, own, &[action], &tags) {
        let why = format!("AccessDenied: {role} is not authorized to perform: {action}");
        return step.event(service, false, "SyncLoadBalancerFailed", &why);
    }
    let deleting = format!("deleting {at}");
    if !step.cluster.timers.contains_key(&deleting) {
        let (namespace, name) =
            (text(service, "/metadata/namespace"), text(service, "/metadata/name"));
        let whole = format!("{namespace}/{name}");
        step.cluster.timers.insert(deleting.clone(), step.now);
        step.event(service, true, "DeletingLoadBalancer", "Deleting load balancer");
        if let Err(error) = step.world.kube_service_lb_deleted(cluster, &whole) {
            tracing::debug!(%error, "a Service without a load balancer");
        }
    }
    let name = step.cluster.balancers.get(at).cloned().unwrap_or_default();
    let world = &*step.world;
    let is_there = world.elb.load_balancers.contains_key(&name)
        || world.elbv2.load_balancers.values().any(|one| one.name == name)
        || world.ec2.security_groups.values().any(|one| one.name == format!("k8s-elb-{name}"));
    if is_there && !name.is_empty() {
        return;
    }
    step.cluster.timers.remove(&deleting);
    step.cluster.balancers.remove(at);
    step.event(service, true, "DeletedLoadBalancer", "Deleted load balancer");
    step.cluster.edit(at, |service| {
        if let Some(finalizers) = service["metadata"]["finalizers"].as_array_mut() {
            finalizers.retain(|one| one != FINALIZER);
        }
        service["status"]["loadBalancer"] = json!({});
    });
    super::collect::remove_if_done(step.cluster, at);
}

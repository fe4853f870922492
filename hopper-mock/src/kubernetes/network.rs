//! The network load balancer of a Service, as the cloud provider makes it.

use super::KubeServiceLb;
use super::client::{Given, nodes};
use crate::ec2::Subnet;
use crate::wire::AwsError;
use crate::world::World;

/// Makes the target group, the load balancer, its listener and the rules that let clients and
/// health checks reach the nodes, and gives the name clients reach it by.
pub(super) fn make(
    world: &mut World,
    wanted: &KubeServiceLb,
    vpc_id: &str,
    name: &str,
) -> Result<String, AwsError> {
    let KubeServiceLb { cluster, service, nodes_group, port, node_port, .. } = wanted;
    let group = Given::default()
        .with("Name", target_group_name(world, service))
        .with("Protocol", "TCP")
        .with("Port", node_port)
        .with("VpcId", vpc_id)
        .with("TargetType", "instance")
        .with("HealthCheckProtocol", "TCP")
        .with("HealthCheckIntervalSeconds", 10)
        .with("HealthyThresholdCount", 3)
        .with("UnhealthyThresholdCount", 3)
        .tags(cluster, service)
        .call(world, "elbv2:CreateTargetGroup")?;
    let group_arn = group.get("TargetGroups/0/TargetGroupArn").unwrap_or_default();
    let made = Given::default()
        .with("Name", name)
        .with("Type", "network")
        .with("Scheme", if wanted.is_internal { "internal" } else { "internet-facing" })
        .list("Subnets", &wanted.subnets)
        .tags(cluster, service)
        .call(world, "elbv2:CreateLoadBalancer")?;
    let arn = made.get("LoadBalancers/0/LoadBalancerArn").unwrap_or_default();
    Given::default()
        .with("LoadBalancerArn", arn)
        .with("Protocol", "TCP")
        .with("Port", port)
        .with("DefaultActions.member.1.Type", "forward")
        .with("DefaultActions.member.1.TargetGroupArn", group_arn)
        .call(world, "elbv2:CreateListener")?;
    let mut given = Given::default().with("TargetGroupArn", group_arn);
    let nodes = nodes(world, nodes_group);
    for (place, id) in (1..).zip(&nodes) {
        given = given.with(format!("Targets.member.{place}.Id"), id);
    }
    if !nodes.is_empty() {
        given.call(world, "elbv2:RegisterTargets")?;
    }
    let mut rules = Given::default()
        .with("GroupId", nodes_group)
        .with("IpPermissions.1.IpProtocol", "tcp")
        .with("IpPermissions.1.FromPort", node_port)
        .with("IpPermissions.1.ToPort", node_port)
        .with("IpPermissions.1.IpRanges.1.CidrIp", "0.0.0.0/0")
        .with("IpPermissions.1.IpRanges.1.Description", rule("client", name));
    for (place, id) in (2..).zip(&wanted.subnets) {
        let cidr_block = world.find::<Subnet>(id)?.cidr_block;
        let range = format!("IpPermissions.1.IpRanges.{place}");
        rules = rules
            .with(format!("{range}.CidrIp"), cidr_block)
            .with(format!("{range}.Description"), rule("health", name));
    }
    rules.call(world, "AuthorizeSecurityGroupIngress")?;
    Ok(made.get("LoadBalancers/0/DNSName").unwrap_or_default().to_owned())
}

/// How the provider marks its rules in the nodes' group.
pub(super) fn rule(purpose: &str, name: &str) -> String {
    format!("kubernetes.io/rule/nlb/{purpose}={name}")
}

/// `k8s-NAMESPACE-NAME-NUMBER`, with eight characters of each name.
fn target_group_name(world: &mut World, service: &str) -> String {
    let (namespace, name) = service.split_once('/').unwrap_or(("default", service));
    let cut =
        |text: &str| text.chars().filter(char::is_ascii_alphanumeric).take(8).collect::<String>();
    let number = world.machinery.ids.draw("kube-target-group") >> 24;
    format!("k8s-{}-{}-{number:010x}", cut(namespace), cut(name))
}

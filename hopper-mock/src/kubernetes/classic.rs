//! The classic load balancer of a Service, as the cloud provider makes it.

use super::KubeServiceLb;
use super::client::{Given, call, cluster_tag, nodes};
use crate::wire::AwsError;
use crate::world::World;

/// Makes the group, the load balancer and the rule that lets it reach the nodes, and gives the
/// name clients reach it by.
pub(super) fn make(
    world: &mut World,
    wanted: &KubeServiceLb,
    vpc_id: &str,
    name: &str,
) -> Result<String, AwsError> {
    let KubeServiceLb { cluster, service, nodes_group, port, node_port, .. } = wanted;
    let group_id = make_group(world, wanted, vpc_id, name)?;
    let made = Given::default()
        .with("LoadBalancerName", name)
        .with("Listeners.member.1.Protocol", "TCP")
        .with("Listeners.member.1.LoadBalancerPort", port)
        .with("Listeners.member.1.InstanceProtocol", "TCP")
        .with("Listeners.member.1.InstancePort", node_port)
        .list("Subnets", &wanted.subnets)
        .list("SecurityGroups", std::slice::from_ref(&group_id))
        .with("Scheme", if wanted.is_internal { "internal" } else { "internet-facing" })
        .tags(cluster, service)
        .call(world, "elb:CreateLoadBalancer")?;
    Given::default()
        .with("GroupId", nodes_group)
        .with("IpPermissions.1.IpProtocol", "-1")
        .with("IpPermissions.1.Groups.1.GroupId", &group_id)
        .call(world, "AuthorizeSecurityGroupIngress")?;
    Given::default()
        .with("LoadBalancerName", name)
        .with("HealthCheck.Target", format!("TCP:{node_port}"))
        .with("HealthCheck.Interval", 10)
        .with("HealthCheck.Timeout", 5)
        .with("HealthCheck.UnhealthyThreshold", 6)
        .with("HealthCheck.HealthyThreshold", 2)
        .call(world, "elb:ConfigureHealthCheck")?;
    let mut given = Given::default().with("LoadBalancerName", name);
    let nodes = nodes(world, nodes_group);
    for (place, id) in (1..).zip(&nodes) {
        given = given.with(format!("Instances.member.{place}.InstanceId"), id);
    }
    if !nodes.is_empty() {
        given.call(world, "elb:RegisterInstancesWithLoadBalancer")?;
    }
    Ok(made.get("DNSName").unwrap_or_default().to_owned())
}

/// The group of the load balancer: clients may reach its port, and tell it how large packets may
/// be.
fn make_group(
    world: &mut World,
    wanted: &KubeServiceLb,
    vpc_id: &str,
    name: &str,
) -> Result<String, AwsError> {
    let group_name = format!("k8s-elb-{name}");
    let description = format!("Security group for Kubernetes ELB {name} ({})", wanted.service);
    let (tag, port) = (cluster_tag(&wanted.cluster), wanted.port.to_string());
    let made = call(
        world,
        "CreateSecurityGroup",
        &[
            ("GroupName", &group_name),
            ("GroupDescription", &description),
            ("VpcId", vpc_id),
            ("TagSpecification.1.ResourceType", "security-group"),
            ("TagSpecification.1.Tag.1.Key", &tag),
            ("TagSpecification.1.Tag.1.Value", "owned"),
        ],
    )?;
    let group_id = made.get("groupId").unwrap_or_default().to_owned();
    call(
        world,
        "AuthorizeSecurityGroupIngress",
        &[
            ("GroupId", &group_id),
            ("IpPermissions.1.IpProtocol", "tcp"),
            ("IpPermissions.1.FromPort", &port),
            ("IpPermissions.1.ToPort", &port),
            ("IpPermissions.1.IpRanges.1.CidrIp", "0.0.0.0/0"),
            ("IpPermissions.2.IpProtocol", "icmp"),
            ("IpPermissions.2.FromPort", "3"),
            ("IpPermissions.2.ToPort", "4"),
            ("IpPermissions.2.IpRanges.1.CidrIp", "0.0.0.0/0"),
        ],
    )?;
    Ok(group_id)
}

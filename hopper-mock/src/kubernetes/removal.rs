//! What the cloud provider does when a Service is deleted.

use std::time::Duration;

use super::client::{Given, call, is_of};
use super::network::rule;
use crate::ec2::{Peer, SecurityGroupRule};
use crate::elbv2;
use crate::wire::AwsError;
use crate::world::{Transition, World};

/// How often the provider tries to delete a group, and how many times before it gives up: 10
/// minutes, from its source.
const TRY_EVERY: Duration = Duration::from_secs(10);
const TRIES: u32 = 60;

impl World {
    /// Does what the cloud provider does when a Service is deleted: some time later it deletes the
    /// load balancer, and when its interfaces are gone the security group.
    ///
    /// # Errors
    /// `LoadBalancerNotFound`, if the Service has none.
    pub fn kube_service_lb_deleted(
        &mut self,
        cluster: &str,
        service: &str,
    ) -> Result<(), AwsError> {
        let classic = self.elb.load_balancers.values();
        let classic = classic.map(|balancer| (&balancer.name, &balancer.tags));
        let newer = self.elbv2.load_balancers.values();
        let newer = newer.map(|balancer| (&balancer.arn, &balancer.tags));
        let mut all = classic.chain(newer);
        let found = all.find(|(_, tags)| is_of(tags, cluster, service));
        let Some((id, _)) = found else {
            let why = format!("The Service {service} of {cluster} has no load balancer");
            return Err(AwsError::new("LoadBalancerNotFound", why));
        };
        let removed = Transition::KubeLoadBalancerRemoved(id.clone());
        self.schedule(self.settings().latencies.kube_service_lb_deleted, removed);
        Ok(())
    }
}

/// The provider gets to it: it revokes the rules for the load balancer with this name or ARN and
/// deletes it, and begins to try to delete its group. If the load balancer is gone it does
/// nothing, and what is left stays.
pub(crate) fn removed(world: &mut World, id: &str) {
    let done = if let Some(balancer) = world.elb.load_balancers.get(id) {
        let group_ids = balancer.group_ids.clone();
        remove_classic(world, id, group_ids)
    } else if let Some(balancer) = world.elbv2.load_balancers.get(id).cloned() {
        remove_network(world, &balancer)
    } else {
        Ok(())
    };
    if let Err(error) = done {
        tracing::warn!(%error, id, "Kubernetes could not delete the load balancer");
    }
}

fn remove_classic(world: &mut World, name: &str, group_ids: Vec<String>) -> Result<(), AwsError> {
    let is_own = |id: &String| {
        let group = world.ec2.security_groups.get(id);
        group.is_some_and(|group| group.name == format!("k8s-elb-{name}"))
    };
    let own: Vec<_> = group_ids.into_iter().filter(is_own).collect();
    for id in &own {
        let peer = Peer::Group(id.clone());
        revoke(world, |rule| rule.peer == peer && rule.group_id != *id)?;
    }
    call(world, "elb:DeleteLoadBalancer", &[("LoadBalancerName", name)])?;
    for id in own {
        world.schedule(TRY_EVERY, Transition::KubeGroupTried(id, TRIES));
    }
    Ok(())
}

fn remove_network(world: &mut World, balancer: &elbv2::LoadBalancer) -> Result<(), AwsError> {
    let arn = [("LoadBalancerArn", balancer.arn.as_str())];
    let groups = call(world, "elbv2:DescribeTargetGroups", &arn)?;
    call(world, "elbv2:DeleteLoadBalancer", &arn)?;
    for group in groups.all("TargetGroups/*/TargetGroupArn") {
        call(world, "elbv2:DeleteTargetGroup", &[("TargetGroupArn", group)])?;
    }
    let marks = ["client", "health"].map(|purpose| rule(purpose, &balancer.name));
    let is_marked = |rule: &SecurityGroupRule| {
        rule.description.as_ref().is_some_and(|description| marks.contains(description))
    };
    revoke(world, is_marked)
}

/// Revokes all ingress rules that fit, whichever group they are in.
fn revoke(world: &mut World, fits: impl Fn(&SecurityGroupRule) -> bool) -> Result<(), AwsError> {
    let rules = world.ec2.security_group_rules.values();
    let found = rules.filter(|rule| !rule.is_egress && fits(rule));
    let found: Vec<_> = found.map(|rule| (rule.group_id.clone(), rule.id.clone())).collect();
    for (group_id, id) in found {
        Given::default()
            .with("GroupId", group_id)
            .with("SecurityGroupRuleId.1", id)
            .call(world, "RevokeSecurityGroupIngress")?;
    }
    Ok(())
}

/// The provider tries to delete the group of a load balancer, which works when the interfaces are
/// gone and no rule names it. After the last try it gives up, and the group stays.
pub(crate) fn tried_group(world: &mut World, id: &str, tries_left: u32) {
    match call(world, "DeleteSecurityGroup", &[("GroupId", id)]) {
        Err(error) if error.code == "DependencyViolation" && 1 < tries_left => {
            let again = Transition::KubeGroupTried(id.to_owned(), tries_left - 1);
            world.schedule(TRY_EVERY, again);
        }
        Err(error) => tracing::debug!(%error, id, "Kubernetes leaves the group as it is"),
        Ok(_) => {}
    }
}

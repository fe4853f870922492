//! What the cloud provider needs to talk to AWS.

use crate::ec2::{Instance, Subnet, network_interface};
use crate::settings::Visibility;
use crate::wire::{Answer, AwsError, Request};
use crate::world::{Tags, World};

/// One call; the operation is written as in a policy.
pub(super) fn call(world: &mut World, operation: &str, params: &[(&str, &str)]) -> Answer {
    world.perform(&Request::named(operation, params)?)
}

/// Does all of something or nothing, and sees at once what it makes: the provider asks again
/// until it does.
pub(super) fn all_or_nothing<T>(
    world: &mut World,
    act: impl FnOnce(&mut World) -> Result<T, AwsError>,
) -> Result<T, AwsError> {
    let before = world.clone();
    let visibility = std::mem::replace(&mut world.settings_mut().visibility, Visibility::Off);
    let result = act(world);
    match result {
        Ok(_) => world.settings_mut().visibility = visibility,
        Err(_) => *world = before,
    }
    result
}

/// The tag by which everything of a cluster is known.
pub(super) fn cluster_tag(cluster: &str) -> String {
    format!("kubernetes.io/cluster/{cluster}")
}

/// The tag by which the load balancer of a Service is known.
pub(super) const SERVICE_TAG: &str = "kubernetes.io/service-name";

/// Whether these are the tags of the load balancer of a Service of a cluster.
pub(super) fn is_of(tags: &Tags, cluster: &str, service: &str) -> bool {
    tags.get(&cluster_tag(cluster)).is_some_and(|value| value == "owned")
        && tags.get(SERVICE_TAG).is_some_and(|value| value == service)
}

/// The subnets the provider finds by their tags, one for each zone.
pub(crate) fn tagged_subnets(
    world: &World,
    vpc_id: &str,
    cluster: &str,
    is_internal: bool,
) -> Vec<String> {
    let role =
        if is_internal { "kubernetes.io/role/internal-elb" } else { "kubernetes.io/role/elb" };
    let cluster = cluster_tag(cluster);
    let is_one = |subnet: &&Subnet| {
        subnet.vpc_id == vpc_id
            && subnet.tags.contains_key(role)
            && subnet.tags.contains_key(&cluster)
    };
    let mut found: Vec<&Subnet> = world.ec2.subnets.values().filter(is_one).collect();
    found.sort_by_key(|subnet| (&subnet.availability_zone, &subnet.id));
    found.dedup_by_key(|subnet| &subnet.availability_zone);
    found.into_iter().map(|subnet| subnet.id.clone()).collect()
}

/// The instances that run in a security group: the nodes.
pub(super) fn nodes(world: &World, group_id: &str) -> Vec<String> {
    let is_in = |instance: &&Instance| {
        let interfaces = network_interface::of_instance(world, &instance.id);
        interfaces.iter().any(|interface| interface.group_ids.iter().any(|id| id == group_id))
    };
    let running = world.ec2.instances.values().filter(|instance| instance.state.is_running());
    running.filter(is_in).map(|instance| instance.id.clone()).collect()
}

/// Parameters that are put together, as [`call`] takes them.
#[derive(Clone, Debug, Default)]
pub(super) struct Given(Vec<(String, String)>);

impl Given {
    /// Adds one.
    #[expect(clippy::needless_pass_by_value, reason = "callers pass literals, numbers, references")]
    pub(super) fn with(mut self, name: impl Into<String>, value: impl ToString) -> Self {
        self.0.push((name.into(), value.to_string()));
        self
    }

    /// Adds a list: `Subnets.member.1` and so on.
    pub(super) fn list(self, name: &str, values: &[String]) -> Self {
        (1..)
            .zip(values)
            .fold(self, |given, (place, value)| given.with(format!("{name}.member.{place}"), value))
    }

    /// Adds what marks a load balancer, or its target group.
    pub(super) fn tags(self, cluster: &str, service: &str) -> Self {
        self.with("Tags.member.1.Key", SERVICE_TAG)
            .with("Tags.member.1.Value", service)
            .with("Tags.member.2.Key", cluster_tag(cluster))
            .with("Tags.member.2.Value", "owned")
    }

    /// Makes the call.
    pub(super) fn call(&self, world: &mut World, operation: &str) -> Answer {
        let pairs: Vec<_> = self.0.iter().map(|(name, value)| (&**name, &**value)).collect();
        call(world, operation, &pairs)
    }
}

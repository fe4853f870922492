//! What the roles of instances allow.

use crate::iam::Policies;
use crate::world::World;

/// The action among these that the role of an instance does not allow, with the role's ARN.
pub(super) fn denied(
    world: &World,
    instance_id: &str,
    actions: &[&str],
    tags: &[(String, String)],
) -> Option<(String, String)> {
    let first = || actions.first().map(|action| (*action).to_owned()).unwrap_or_default();
    let Some((name, arn)) = role(world, instance_id) else {
        return Some((first(), "no role: the instance has no instance profile".to_owned()));
    };
    let context: Vec<_> = tags
        .iter()
        .flat_map(|(name, value)| {
            ["aws:RequestTag", "aws:ResourceTag", "ec2:ResourceTag"]
                .map(|key| (format!("{key}/{name}"), value.clone()))
        })
        .collect();
    let policies = Policies::of_role(world, name);
    let allows = |action: &str| {
        let resource = resource(world, action);
        policies.as_ref().is_some_and(|p| p.allow(world, action, &resource, &context))
    };
    let denied = actions.iter().find(|action| !allows(action))?;
    Some(((*denied).to_owned(), arn.to_owned()))
}

/// The name and the ARN of the role of an instance.
fn role<'a>(world: &'a World, instance_id: &str) -> Option<(&'a str, &'a str)> {
    let profile = world.ec2.instances.get(instance_id)?.iam_instance_profile.as_ref()?;
    let name = profile.arn.rsplit('/').next()?;
    let profile = world.iam.instance_profiles.get(name)?;
    let role = world.iam.roles.get(profile.role.as_ref()?)?;
    Some((&role.name, &role.arn))
}

/// A resource an action is about, as its policies may name it.
fn resource(world: &World, action: &str) -> String {
    let (service, verb) = action.split_once(':').unwrap_or_default();
    let (region, account) = (world.region.as_str(), world.account.as_str());
    let kind = match (service, verb) {
        (_, verb) if verb.starts_with("Describe") || verb.starts_with("Get") => {
            return "*".to_owned();
        }
        ("ecr", _) => {
            return "arn:aws:ecr:us-west-2:602401143452:repository/amazon-k8s-cni".to_owned();
        }
        ("elasticloadbalancing", _) => {
            return format!("arn:aws:elasticloadbalancing:{region}:{account}:loadbalancer/a0");
        }
        (_, verb) if verb.contains("SecurityGroup") => "security-group/sg-0",
        _ => "network-interface/eni-0",
    };
    format!("arn:aws:ec2:{region}:{account}:{kind}")
}

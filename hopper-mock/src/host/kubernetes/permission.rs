//! What the roles of instances allow, as `SimulatePrincipalPolicy` tells.

use crate::wire::Request;
use crate::world::World;

/// The action among these that the role of an instance does not allow, with the role's name.
pub(super) fn denied(
    world: &mut World,
    instance_id: &str,
    actions: &[&str],
    tags: &[(String, String)],
) -> Option<(String, String)> {
    let first = || actions.first().map(|action| (*action).to_owned()).unwrap_or_default();
    let Some(role) = role(world, instance_id) else {
        return Some((first(), "no role: the instance has no instance profile".to_owned()));
    };
    let before = actions.iter().find(|action| !is_allowed(world, &role, action, tags))?;
    Some(((*before).to_owned(), role))
}

/// The ARN of the role of an instance.
fn role(world: &World, instance_id: &str) -> Option<String> {
    let profile = world.ec2.instances.get(instance_id)?.iam_instance_profile.as_ref()?;
    let name = profile.arn.rsplit('/').next()?;
    let profile = world.iam.instance_profiles.get(name)?;
    let role = world.iam.roles.values().find(|role| profile.role.as_ref() == Some(&role.name))?;
    Some(role.arn.clone())
}

fn is_allowed(world: &mut World, role: &str, action: &str, tags: &[(String, String)]) -> bool {
    let resource = resource(world, action);
    let mut params = vec![
        ("PolicySourceArn".to_owned(), role.to_owned()),
        ("ActionNames.member.1".to_owned(), action.to_owned()),
        ("ResourceArns.member.1".to_owned(), resource),
    ];
    let mut n = 0;
    for (name, value) in tags {
        for key in ["aws:RequestTag", "aws:ResourceTag", "ec2:ResourceTag"] {
            n += 1;
            let entry = format!("ContextEntries.member.{n}");
            params.push((format!("{entry}.ContextKeyName"), format!("{key}/{name}")));
            params.push((format!("{entry}.ContextKeyValues.member.1"), value.clone()));
            params.push((format!("{entry}.ContextKeyType"), "string".to_owned()));
        }
    }
    let pairs: Vec<_> =
        params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let answer = Request::named("iam:SimulatePrincipalPolicy", &pairs)
        .and_then(|request| world.perform(&request));
    answer.is_ok_and(|shown| shown.get("EvaluationResults/0/EvalDecision") == Some("allowed"))
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

//! ARNs of parameters, which also name them.

use super::Ssm;
use crate::world::World;

/// The ARN of a parameter. Those that AWS publishes belong to no account.
pub(super) fn arn(world: &World, name: &str, is_public: bool) -> String {
    let account = if is_public { "" } else { world.account.as_str() };
    let path = name.strip_prefix('/').unwrap_or(name);
    format!("arn:aws:ssm:{}:{account}:parameter/{path}", world.region)
}

/// The name in an ARN of the account; other texts are names already. An ARN does not tell `/a`
/// from `a`, so the one that exists is meant.
pub(super) fn name(world: &World, text: &str) -> String {
    let own = arn(world, "", false);
    match text.strip_prefix(&own) {
        None => text.to_owned(),
        Some(path) if !path.contains('/') && Ssm::seen(world, path).is_some() => path.to_owned(),
        Some(path) => format!("/{path}"),
    }
}

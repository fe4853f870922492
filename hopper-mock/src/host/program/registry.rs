//! Who may pull which image: ECR's private registries want a login, all others none.
//!
//! Source: "Private registry authentication" in the ECR user guide, and the errors of containerd
//! 2.2.

use crate::ecr;
use crate::iam::Policies;
use crate::world::World;

/// Whether an image may be pulled with a login, `AWS:TOKEN`, or without one.
pub(super) fn admits(world: &World, image: &str, login: Option<&str>) -> Result<(), String> {
    let Some((account, region, repository)) = private(image) else { return Ok(()) };
    let fail = |why: &str| {
        Err(format!(
            "failed to pull and unpack image \"{image}\": failed to resolve reference \"{image}\": {why}"
        ))
    };
    let (registry, rest) = image.split_once('/').unwrap_or_default();
    let tag = rest.rsplit_once(':').map_or("latest", |(_, tag)| tag);
    let manifest = format!("https://{registry}/v2/{repository}/manifests/{tag}");
    let Some(password) = login.and_then(|login| login.strip_prefix("AWS:")) else {
        return fail(
            "pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials",
        );
    };
    let Some(who) = ecr::logged_in(world, password) else {
        let why = format!("unexpected status from HEAD request to {manifest}: 401 Unauthorized");
        return fail(&why);
    };
    let arn = format!("arn:aws:ecr:{region}:{account}:repository/{repository}");
    let needed = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];
    let policies = Policies::of_role(world, &who);
    let allow =
        |action: &&str| policies.as_ref().is_some_and(|p| p.allow(world, action, &arn, &[]));
    if who.is_empty() || needed.iter().all(allow) {
        return Ok(());
    }
    fail(&format!("unexpected status from HEAD request to {manifest}: 403 Forbidden"))
}

/// Account, region and repository of an image in a private registry.
fn private(image: &str) -> Option<(&str, &str, &str)> {
    let (registry, rest) = image.split_once('/')?;
    let (account, region) = registry.split_once(".dkr.ecr.")?;
    let region = region.strip_suffix(".amazonaws.com")?;
    let repository = rest.split('@').next()?;
    let repository = match repository.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => repository,
        _ => repository,
    };
    Some((account, region, repository))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_registries_are_known_by_their_names() {
        let image = "602401143452.dkr.ecr.us-west-2.amazonaws.com/amazon-k8s-cni:v1.23.0";
        assert_eq!(private(image), Some(("602401143452", "us-west-2", "amazon-k8s-cni")));
        assert_eq!(private("registry.k8s.io/pause:3.10.1"), None);
        assert_eq!(private("public.ecr.aws/eks/coredns"), None);
    }
}

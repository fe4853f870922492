//! [`launchable`]: what everything that instances start from needs.

use super::{Draft, Needed, Place, ask};
use crate::{ImageId, InstanceProfileName, mark::filter};
use hopper_core::Input;

/// The image and the key pair, if they are not the plan's own, have to be there; and a role may
/// only be given away by whoever is permitted to.
pub(crate) fn launchable(
    draft: &Draft,
    needs: &mut Needed,
    image: &Input<ImageId>,
    key_name: &Input<Option<String>>,
    profile: Option<&Input<InstanceProfileName>>,
) {
    if let Some(image) = draft.get(image).map(ToString::to_string) {
        let what = format!("the image {image}");
        needs.there(what, "check its id, and the region", |aws| async move {
            let call = aws.ec2().describe_images().filters(filter("image-id", image));
            let reply = ask("DescribeImages", || call.clone().send()).await?;
            Ok(!reply.images().is_empty())
        });
    }
    if let Some(Some(key)) = draft.get(key_name).cloned() {
        let what = format!("the key pair {key}");
        needs.there(what, "import it, or name another", |aws| async move {
            let call = aws.ec2().describe_key_pairs().filters(filter("key-name", key));
            let reply = ask("DescribeKeyPairs", || call.clone().send()).await?;
            Ok(!reply.key_pairs().is_empty())
        });
    }
    // Of a profile that is there, the role is not known.
    if profile.is_some_and(|profile| Place::of(draft, profile).id().is_some()) {
        needs.calls(&["iam:PassRole"]);
    }
}

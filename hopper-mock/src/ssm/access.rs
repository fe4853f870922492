//! [`named`]: the parameters a request is about, for those who judge whether it may be made.

use super::{Ssm, arn};
use crate::wire::Request;
use crate::world::{Tags, World};

/// What a request is about.
#[derive(Debug)]
pub(crate) struct Named<'a> {
    pub(crate) arn: String,
    pub(crate) tags: Option<&'a Tags>,
    /// The customer's key its value is decrypted with. The key of Systems Manager itself lets
    /// everybody decrypt who may read the parameter ("AWS KMS encryption for SecureString" in the
    /// Systems Manager user guide).
    pub(crate) key_id: Option<String>,
}

/// The parameters in `Name`, `Names` or `ResourceId`.
pub(crate) fn named<'a>(world: &'a World, request: &Request) -> Vec<Named<'a>> {
    let is_name = |name: &str| matches!(name, "Name" | "ResourceId") || name.starts_with("Names.");
    let decrypts = request.operation.starts_with("Get")
        && request.params.text("WithDecryption") == Some("true");
    let pairs = request.params.pairs().into_iter().filter(|(name, _)| is_name(name));
    pairs
        .map(|(_, text)| {
            let name = arn::name(world, &text);
            // A version or a label is no part of the name.
            let name = name.split(':').next().unwrap_or_default();
            let is_public = name.starts_with("/aws/service/");
            let parameter = Ssm::seen(world, name);
            let key_id = parameter
                .filter(|one| decrypts && one.is_secure())
                .and_then(|one| one.key_id.clone().filter(|key| key != "alias/aws/ssm"));
            let key_id = key_id.map(|key| match key.starts_with("alias/") {
                true => key,
                false => format!("key/{}", key.rsplit('/').next().unwrap_or_default()),
            });
            let tags = parameter.map(|one| &one.tags);
            Named { arn: arn::arn(world, name, is_public), tags, key_id }
        })
        .collect()
}

//! Tokens of sessions with the metadata service: what version 2 wants.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE;
use sha2::{Digest as _, Sha256};

use crate::world::World;

/// The longest a token lasts, in seconds.
const LONGEST: u64 = 21_600;

/// A token that lasts for as many seconds as are asked for; none unless that is 1 second to 6
/// hours.
pub(super) fn issue(world: &World, instance_id: &str, seconds: Option<&str>) -> Option<String> {
    let seconds = seconds?.parse().ok().filter(|seconds| (1..=LONGEST).contains(seconds))?;
    let end = (world.now + Duration::from_secs(seconds)).as_millis();
    Some(sealed(world, instance_id, end))
}

/// Whether a token is one of this instance, and not over.
pub(super) fn is_good(world: &World, instance_id: &str, token: &str) -> bool {
    let end = token.split_once('-').and_then(|(_, end)| i64::from_str_radix(end, 16).ok());
    end.is_some_and(|end| world.now.as_millis() < end && token == sealed(world, instance_id, end))
}

/// A token says until when it is good, and who made it.
fn sealed(world: &World, instance_id: &str, end: i64) -> String {
    let seal = Sha256::digest(format!("metadata of {instance_id} {end} {}", world.user_id));
    let seal = BASE64_URL_SAFE.encode(seal).replace(['-', '='], "_");
    format!("AQAEA{}-{end:x}", &seal[..32])
}

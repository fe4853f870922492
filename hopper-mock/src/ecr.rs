//! Amazon ECR, as far as a node needs it: the token with which images are pulled.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::Time;
use crate::iam::Session;
use crate::wire::{Answer, Request, Xml, from_params};
use crate::world::{World, unknown_operation};

/// How long a token lasts ("Private registry authentication" in the ECR user guide).
const LASTS: Duration = Duration::from_secs(12 * 3600);

/// Answers a request to ECR.
pub(crate) fn operate(world: &mut World, request: &Request) -> Answer {
    match request.operation.as_str() {
        "GetAuthorizationToken" => token(world, request, &from_params(&request.params)?),
        _ => Err(unknown_operation(request)),
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct GetAuthorizationToken {
    /// Registries to log in to; a token is good for all the caller may pull from.
    #[serde(default, rename = "registryIds")]
    _registry_ids: Vec<String>,
}

/// A token with the permissions of the caller.
fn token(world: &World, request: &Request, _: &GetAuthorizationToken) -> Answer {
    let who = Session::of(world, request).map(|session| session.role().to_owned());
    let expires = world.now + LASTS;
    let password = password(world, &who.unwrap_or_default(), expires);
    let (account, region) = (&world.account, &world.region);
    let data = Xml::new()
        .secret("authorizationToken", &BASE64_STANDARD.encode(format!("AWS:{password}")))
        .bare("expiresAt", format!("{}", expires.as_millis() / 1000))
        .text("proxyEndpoint", format!("https://{account}.dkr.ecr.{region}.amazonaws.com"));
    Ok(Xml::new().list("authorizationData", [data]))
}

/// A password says of itself whose it is, until when, and that it was made here.
fn password(world: &World, who: &str, expires: Time) -> String {
    let claim = format!("{who} {}", expires.as_millis());
    let seal = Sha256::digest(format!("registry {claim} {}", world.user_id));
    let seal: String = seal.iter().map(|byte| format!("{byte:02x}")).collect();
    BASE64_STANDARD.encode(format!("{claim} {seal}"))
}

/// Who logs in to a registry with a password: a role, or the account's user for an empty name.
/// None for one that is wrong or over.
#[cfg(feature = "hosts")]
pub(crate) fn logged_in(world: &World, shown: &str) -> Option<String> {
    let claim = String::from_utf8(BASE64_STANDARD.decode(shown).ok()?).ok()?;
    let mut parts = claim.split(' ');
    let (who, millis) = (parts.next()?, parts.next()?.parse::<i64>().ok()?);
    let since_start = u64::try_from(millis - Time::START.as_millis()).ok()?;
    let expires = Time::START + Duration::from_millis(since_start);
    let is_right = shown == password(world, who, expires) && world.now < expires;
    is_right.then(|| who.to_owned())
}

//! The credentials of an instance's role.

use serde_json::json;

use crate::Time;
use crate::iam::{Credentials, role_of_instance};
use crate::world::World;

/// The document of credentials; none for a role that is not the instance's.
pub(super) fn text(world: &mut World, instance_id: &str, role: &str) -> Option<String> {
    role_of_instance(world, instance_id).filter(|own| own == role)?;
    let credentials = Credentials::of_instance(world, instance_id)?;
    let session = &credentials.session;
    let document = [
        ("Code", "Success".to_owned()),
        ("LastUpdated", whole(session.issued)),
        ("Type", "AWS-HMAC".to_owned()),
        ("AccessKeyId", credentials.access_key_id),
        ("SecretAccessKey", credentials.secret_access_key),
        ("Token", credentials.token),
        ("Expiration", whole(session.expiration)),
    ];
    let lines = document.map(|(name, value)| format!("  \"{name}\" : {}", json!(value)));
    Some(format!("{{\n{}\n}}", lines.join(",\n")))
}

/// A time to the second.
pub(super) fn whole(time: Time) -> String {
    let text = time.to_string();
    format!("{}Z", text.split('.').next().unwrap_or_default())
}

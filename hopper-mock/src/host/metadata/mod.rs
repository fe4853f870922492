//! The instance metadata service, version 1 and 2.
//!
//! Source: "Use the Instance Metadata Service" and "Instance metadata categories" in the EC2 user
//! guide.

mod categories;
mod credentials;
mod document;
mod token;

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::Guest;
use crate::ec2::Instance;
use crate::world::World;

/// The address of the service, which only the instance itself reaches.
pub(super) const ADDRESS: &str = "169.254.169.254";

/// What is asked of the service.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question<'a> {
    pub(super) method: &'a str,
    /// The path below the address, with its slash: `/latest/meta-data/instance-id`.
    pub(super) path: &'a str,
    /// The headers, their names in lower case.
    pub(super) headers: &'a [(String, String)],
}

impl Question<'_> {
    fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers.find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

/// What the service answers: the text, or the status of a refusal. Programs of a host are one hop
/// away, which every hop limit allows.
pub(super) fn answer(guest: &Guest, question: Question<'_>) -> Result<String, u16> {
    let Some(path) = question.path.trim_start_matches('/').strip_prefix("latest") else {
        return Err(404);
    };
    let path = path.trim_start_matches('/');
    guest.mock.with_world(|world| {
        let Some(instance) = world.ec2.instances.get(&guest.id).cloned() else { return Err(404) };
        let options = &instance.metadata_options;
        if options.http_endpoint != "enabled" {
            return Err(403);
        }
        if path == "api/token" {
            let asked = question.header("x-aws-ec2-metadata-token-ttl-seconds");
            return match question.method {
                "PUT" => token::issue(world, &instance.id, asked).ok_or(400),
                _ => Err(405),
            };
        }
        let shown = question.header("x-aws-ec2-metadata-token");
        let is_refused = match shown {
            Some(shown) => !token::is_good(world, &instance.id, shown),
            None => options.http_tokens == "required",
        };
        if is_refused {
            return Err(401);
        }
        if question.method != "GET" {
            return Err(405);
        }
        find(world, &instance, path).ok_or(404)
    })
}

/// The text at a path: of a category, or the names in a directory.
fn find(world: &mut World, instance: &Instance, path: &str) -> Option<String> {
    match path {
        "" => {
            let data = if instance.user_data.is_some() { "\nuser-data" } else { "" };
            return Some(format!("dynamic\nmeta-data{data}"));
        }
        "user-data" => {
            let data = BASE64_STANDARD.decode(instance.user_data.as_ref()?).ok()?;
            return Some(String::from_utf8_lossy(&data).into_owned());
        }
        "dynamic/instance-identity/document" => return Some(document::text(world, instance)),
        "dynamic" | "dynamic/" => return Some("instance-identity/".to_owned()),
        "dynamic/instance-identity" | "dynamic/instance-identity/" => {
            return Some("document".to_owned());
        }
        _ => {}
    }
    let path = path.strip_prefix("meta-data")?.trim_start_matches('/');
    if let Some(role) =
        path.strip_prefix("iam/security-credentials/").filter(|role| !role.is_empty())
    {
        return credentials::text(world, &instance.id, role);
    }
    let categories = categories::all(world, instance);
    categories.get(path).cloned().or_else(|| listing(&categories, path.trim_end_matches('/')))
}

fn listing(categories: &BTreeMap<String, String>, directory: &str) -> Option<String> {
    let below = if directory.is_empty() { String::new() } else { format!("{directory}/") };
    let inside = categories.keys().filter_map(|path| path.strip_prefix(&below));
    let mut names: Vec<_> = inside
        .map(|rest| match rest.split_once('/') {
            Some((directory, _)) => format!("{directory}/"),
            None => rest.to_owned(),
        })
        .collect();
    names.dedup();
    (!names.is_empty()).then(|| names.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_lists_what_is_in_it() {
        let paths = ["ami-id", "iam/info", "iam/security-credentials/node", "mac"];
        let all = paths.map(|path| (path.to_owned(), String::new())).into();
        assert_eq!(listing(&all, "").as_deref(), Some("ami-id\niam/\nmac"));
        assert_eq!(listing(&all, "iam").as_deref(), Some("info\nsecurity-credentials/"));
        assert_eq!(listing(&all, "iam/security-credentials").as_deref(), Some("node"));
        assert_eq!(listing(&all, "placement"), None);
    }
}

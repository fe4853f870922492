//! The managed policies of AWS that are known here, with the documents AWS published by April
//! 2026. Of each only the default version is known.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::policy::{Policy, PolicyVersion};
use crate::Time;
use crate::world::{Tags, unique_id_of};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Published {
    name: String,
    path: String,
    version: u32,
    create_date: Time,
    update_date: Time,
    document: String,
}

impl From<Published> for Policy {
    fn from(published: Published) -> Self {
        let Published { name, path, version, create_date, update_date, document } = published;
        Self {
            unique_id: unique_id_of("ANPA", &name),
            arn: format!("arn:aws:iam::aws:policy{path}{name}"),
            name,
            path,
            create_date,
            update_date,
            default_version: version,
            last_version: version,
            versions: [(version, PolicyVersion { document, create_date: update_date })].into(),
            description: None,
            tags: Tags::new(),
        }
    }
}

/// AWS's policies by ARN.
pub(super) fn policies() -> &'static BTreeMap<String, Policy> {
    static POLICIES: LazyLock<BTreeMap<String, Policy>> = LazyLock::new(|| {
        // A test reads all of them, so there is no error to tell.
        let published: Vec<Published> =
            serde_json::from_str(include_str!("aws_managed.json")).unwrap_or_default();
        published.into_iter().map(Policy::from).map(|policy| (policy.arn.clone(), policy)).collect()
    });
    &POLICIES
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::document::Document;

    #[test]
    fn every_policy_of_aws_is_a_policy() {
        assert_eq!(policies().len(), 30);
        for policy in policies().values() {
            let version = &policy.versions[&policy.default_version];
            assert!(Document::parse(&version.document).is_ok(), "{}", policy.arn);
        }
    }
}

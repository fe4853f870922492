//! [`Diff`]: how one world differs from another.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;
use serde_json::Value;

use super::World;

/// Every difference in what exists, in a stable order.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Diff(pub Vec<Difference>);

/// A place in the world where two worlds differ.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// Where, such as `ec2/vpcs/vpc-0a/state`.
    pub path: String,
    /// What was there, if anything was.
    pub before: Option<Value>,
    /// What is there now, if anything is.
    pub after: Option<Value>,
}

impl Diff {
    /// Whether the worlds hold the same things.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|difference| writeln!(f, "{difference}"))
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = &self.path;
        match (&self.before, &self.after) {
            (None, None) => write!(f, "  {path}"),
            (None, Some(after)) => write!(f, "+ {path} {after}"),
            (Some(before), None) => write!(f, "- {path} {before}"),
            (Some(before), Some(after)) => write!(f, "~ {path} {before} -> {after}"),
        }
    }
}

impl World {
    /// How this world differs from what it was before. Time and what is not a resource (ids to
    /// come, tokens, settings) are left out.
    pub fn diff(&self, before: &World) -> Diff {
        let mut found = Vec::new();
        compare("", &before.resources(), &self.resources(), &mut found);
        Diff(found)
    }

    /// Everything that exists, as data: service, kind, id, fields.
    pub(super) fn resources(&self) -> Value {
        // A world always serializes: its keys are texts and it has no fallible fields.
        let mut world = serde_json::to_value(self).unwrap_or_default();
        if let Some(fields) = world.as_object_mut() {
            fields.retain(|_, field| field.is_object());
            fields.remove("machinery");
        }
        // AWS made these for itself, as part of using a service.
        let roles = world.pointer_mut("/iam/roles").and_then(Value::as_object_mut);
        if let Some(roles) = roles {
            roles.retain(|_, role| role.get("linked_service").is_none_or(Value::is_null));
        }
        // That an image was used is no change to it.
        let images = world.pointer_mut("/ec2/images").and_then(Value::as_object_mut);
        for image in images.into_iter().flat_map(|images| images.values_mut()) {
            image.as_object_mut().and_then(|image| image.remove("last_launched_time"));
        }
        world
    }
}

fn compare(path: &str, before: &Value, after: &Value, found: &mut Vec<Difference>) {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            for key in before.keys().chain(after.keys()).collect::<BTreeSet<_>>() {
                let path = if path.is_empty() { key.clone() } else { format!("{path}/{key}") };
                match (before.get(key), after.get(key)) {
                    (Some(before), Some(after)) => compare(&path, before, after, found),
                    (before, after) => found.push(Difference {
                        path,
                        before: before.cloned(),
                        after: after.cloned(),
                    }),
                }
            }
        }
        _ if before == after => {}
        _ => found.push(Difference {
            path: path.to_owned(),
            before: Some(before.clone()),
            after: Some(after.clone()),
        }),
    }
}

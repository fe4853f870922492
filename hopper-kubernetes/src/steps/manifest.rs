//! [`Manifest`]: where objects come from.

use crate::{Hosts, Way, api::objects_in, printed::printed};
use hopper_core::{Cx, Input, StepError};
use kube::api::DynamicObject;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Where objects come from: YAML of one or more documents.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Manifest {
    /// This text.
    Text(Input<String>),
    /// A file on a machine.
    File {
        /// The machine.
        way: Box<Way>,
        /// Where it is there.
        path: String,
        /// Its SHA-256, in hexadecimal, if it is known.
        sha256: Option<String>,
        /// What else is set in its objects.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        env: Vec<EnvVar>,
    },
}

/// A variable of every container of a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvVar {
    /// The container, e.g. `aws-node`.
    pub container: String,
    /// The variable, e.g. `CLUSTER_NAME`.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl From<&str> for Manifest {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Manifest {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<Input<String>> for Manifest {
    fn from(text: Input<String>) -> Self {
        Self::Text(text)
    }
}

impl Manifest {
    /// Reads the objects.
    pub(crate) async fn objects(
        &self,
        hosts: &Hosts,
        cx: &Cx,
    ) -> Result<Vec<DynamicObject>, StepError> {
        match self {
            Self::Text(text) => objects_in(cx.get::<String>(text)),
            Self::File { way, path, sha256, env } => {
                let text = read(hosts, cx, way, path, sha256.as_deref()).await?;
                let mut objects = objects_in(&text)?;
                objects.iter_mut().for_each(|object| env.iter().for_each(|env| env.set(object)));
                Ok(objects)
            }
        }
    }
}

impl EnvVar {
    /// Sets it in the pods' template of an object, if that has such a container.
    fn set(&self, object: &mut DynamicObject) {
        let containers = object.data.pointer_mut("/spec/template/spec/containers");
        let containers = containers.and_then(serde_json::Value::as_array_mut).into_iter().flatten();
        for container in containers.filter(|container| container["name"] == *self.container) {
            let variable = serde_json::json!({ "name": self.name, "value": self.value });
            match container["env"].as_array_mut() {
                Some(env) => {
                    env.retain(|other| other["name"] != *self.name);
                    env.push(variable);
                }
                None => container["env"] = vec![variable].into(),
            }
        }
    }
}

/// A file of a machine's, if it has the checksum it should have. Checksums are of bytes, so the
/// bytes are read.
async fn read(
    hosts: &Hosts,
    cx: &Cx,
    way: &Way,
    path: &str,
    sha256: Option<&str>,
) -> Result<String, StepError> {
    let place = way.place(cx)?;
    let wrong = |why: &dyn std::fmt::Display| {
        StepError::permanent(format_args!("{path} on {}: {why}", place.name))
    };
    let bytes = printed(hosts, &place, &format!("cat '{path}'")).await?;
    let actual: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    match sha256 {
        Some(sha256) if actual != sha256 => {
            Err(wrong(&format_args!("its SHA-256 is {actual}, and should be {sha256}")))
        }
        _ => String::from_utf8(bytes).map_err(|error| wrong(&error)),
    }
}

//! [`Config`]: cloud-config, as far as it makes a difference here.

use serde::Deserialize;
use serde_json::{Map, Value};

/// What is configured.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Config {
    pub(super) bootcmd: Vec<Command>,
    pub(super) write_files: Vec<File>,
    pub(super) packages: Vec<Package>,
    pub(super) package_update: bool,
    pub(super) package_upgrade: bool,
    pub(super) runcmd: Vec<Command>,
    pub(super) hostname: Option<String>,
    pub(super) fqdn: Option<String>,
    pub(super) prefer_fqdn_over_hostname: bool,
    pub(super) preserve_hostname: bool,
    /// Everything else.
    #[serde(flatten)]
    pub(super) others: Map<String, Value>,
}

/// A line for a shell, or the words of a command.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Command {
    Line(String),
    Words(Vec<Word>),
}

/// A word; YAML may take one for a number.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Word {
    Text(String),
    Other(Value),
}

/// A package, or one with its version.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Package {
    Name(String),
    Version(Vec<String>),
}

/// A file to be written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) path: String,
    #[serde(default)]
    pub(super) content: String,
    pub(super) encoding: Option<String>,
    pub(super) owner: Option<String>,
    pub(super) permissions: Option<String>,
    #[serde(default)]
    pub(super) append: bool,
    #[serde(default)]
    pub(super) defer: bool,
}

/// Reads a document.
///
/// # Errors
/// What is wrong with it.
pub(super) fn read(text: &str) -> Result<Config, String> {
    let value: Value = serde_saphyr::from_str(text).map_err(|error| first_line(&error))?;
    match value {
        Value::Null => Ok(Config::default()),
        value => serde_json::from_value(value).map_err(|error| first_line(&error)),
    }
}

/// The rest of an error may show what is in the document.
fn first_line(error: &dyn std::fmt::Display) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}

/// What cloud-init knows and the simulator does nothing with.
const PASSED_OVER: &[&str] = &[
    "apt",
    "apt_pipelining",
    "ca_certs",
    "chpasswd",
    "disable_root",
    "disk_setup",
    "final_message",
    "fs_setup",
    "groups",
    "growpart",
    "locale",
    "manage_etc_hosts",
    "merge_how",
    "mounts",
    "ntp",
    "output",
    "package_reboot_if_required",
    "password",
    "phone_home",
    "power_state",
    "resize_rootfs",
    "snap",
    "ssh_authorized_keys",
    "ssh_deletekeys",
    "ssh_keys",
    "ssh_pwauth",
    "swap",
    "timezone",
    "updates",
    "user",
    "users",
];

impl Config {
    /// What is to be said of the keys that come to nothing.
    pub(super) fn warnings(&self) -> Vec<String> {
        let all = self.others.keys();
        all.map(|key| match PASSED_OVER.contains(&key.as_str()) {
            true => format!("the simulator does nothing with {key}"),
            false => format!(
                "cloud-config failed schema validation! Additional properties are not allowed \
                 ('{key}' was unexpected). You may run 'sudo cloud-init schema --system' to check \
                 the details."
            ),
        })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_come_to_nothing_are_told() {
        let config =
            read("#cloud-config\nruncmd: [[echo, 1], 'echo 2']\ntimezone: UTC\nrun_cmd: []\n");
        let config = config.unwrap();
        assert_eq!(config.runcmd.len(), 2);
        let told = config.warnings();
        assert!(told[0].contains("'run_cmd' was unexpected"), "{told:?}");
        assert_eq!(told[1], "the simulator does nothing with timezone");
        assert!(read("#cloud-config\nruncmd: {a: [}\n").is_err());
        assert!(read("#cloud-config\nwrite_files: [{file: /x}]\n").is_err());
        assert!(read("#cloud-config\n").unwrap().runcmd.is_empty());
    }
}

//! [`BlockDeviceMapping`]: a disk in a launch configuration.

use serde::{Deserialize, Serialize};

use crate::wire::Xml;

/// A disk that differs from the image's, with the API's names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct BlockDeviceMapping {
    /// The name of the device.
    pub device_name: String,
    /// Leaves out a disk of the image.
    pub no_device: Option<bool>,
    /// What the disk shall be.
    pub ebs: Option<Ebs>,
}

/// A disk of EBS; what is not said is as in the image.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Ebs {
    /// What is on it at first.
    pub snapshot_id: Option<String>,
    /// Its size in GiB.
    pub volume_size: Option<u32>,
    /// Its type.
    pub volume_type: Option<String>,
    /// Whether it goes with the instance.
    pub delete_on_termination: Option<bool>,
    /// Its I/O operations a second.
    pub iops: Option<u32>,
    /// Its MiB a second.
    pub throughput: Option<u32>,
    /// Whether it is encrypted.
    pub encrypted: Option<bool>,
}

impl Ebs {
    /// Its members that are there, by their names in both APIs.
    fn members(&self) -> Vec<(&'static str, String)> {
        let text = |value: &Option<String>| value.clone();
        let number = |value: Option<u32>| value.map(|value| value.to_string());
        let flag = |value: Option<bool>| value.map(|value| value.to_string());
        let members = [
            ("SnapshotId", text(&self.snapshot_id)),
            ("VolumeSize", number(self.volume_size)),
            ("VolumeType", text(&self.volume_type)),
            ("DeleteOnTermination", flag(self.delete_on_termination)),
            ("Iops", number(self.iops)),
            ("Throughput", number(self.throughput)),
            ("Encrypted", flag(self.encrypted)),
        ];
        members.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

impl BlockDeviceMapping {
    pub(super) fn show(&self) -> Xml {
        let ebs = self.ebs.as_ref().map(|ebs| {
            ebs.members().into_iter().fold(Xml::new(), |xml, (name, value)| xml.text(name, value))
        });
        Xml::new()
            .text("DeviceName", &self.device_name)
            .opt("NoDevice", self.no_device)
            .opt_node("Ebs", ebs)
    }

    /// The parameters of the nth mapping of a launch.
    pub(super) fn parameters(&self, n: usize) -> Vec<(String, String)> {
        let named = |name: &str| format!("BlockDeviceMapping.{n}.{name}");
        let mut parameters = vec![(named("DeviceName"), self.device_name.clone())];
        if self.no_device == Some(true) {
            parameters.push((named("NoDevice"), String::new()));
        }
        for (name, value) in self.ebs.iter().flat_map(Ebs::members) {
            parameters.push((named(&format!("Ebs.{name}")), value));
        }
        parameters
    }
}

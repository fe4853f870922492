//! [`RootVolume`]: the disk an instance starts from.

use aws_sdk_ec2::types::{BlockDeviceMapping, EbsBlockDevice, VolumeType};
use serde::{Deserialize, Serialize};

/// The disk an instance starts from: of type `gp3`, and gone with the instance.
///
/// By default it is encrypted, and as large as the image says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RootVolume {
    /// The image's root device: `/dev/sda1` for Ubuntu, `/dev/xvda` for Amazon Linux. A launch
    /// with another one fails, since AWS would add a second disk.
    pub device: String,
    /// Its size in GiB; the image's otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u32>,
    /// Whether it is encrypted, with the account's key for volumes.
    pub encrypted: bool,
}

impl Default for RootVolume {
    fn default() -> Self {
        Self { device: "/dev/sda1".to_owned(), size: None, encrypted: true }
    }
}

impl RootVolume {
    /// As a launch takes it.
    pub(crate) fn request(&self) -> BlockDeviceMapping {
        let disk = EbsBlockDevice::builder()
            .volume_type(VolumeType::Gp3)
            .set_volume_size(self.size.map(|size| i32::try_from(size).unwrap_or(i32::MAX)))
            .encrypted(self.encrypted)
            .delete_on_termination(true)
            .build();
        BlockDeviceMapping::builder().device_name(&self.device).ebs(disk).build()
    }
}

//! Texts that people write, and names of devices.

use crate::wire::AwsError;

/// Refuses a description of more than 255 characters, the length the console gives for those of
/// images, snapshots and network interfaces.
pub(super) fn check_description(text: &str) -> Result<(), AwsError> {
    if text.chars().count() <= 255 {
        return Ok(());
    }
    Err(AwsError::new(
        "InvalidParameterValue",
        "The description exceeds the maximum length of 255 characters",
    ))
}

/// Whether a disk can have this name: `/dev/sda1`, `/dev/xvdf`, with or without the folder.
///
/// Source: the EC2 user guide's page on device names.
pub(super) fn is_device_name(name: &str) -> bool {
    let name = name.strip_prefix("/dev/").unwrap_or(name);
    let rest = ["sd", "xvd", "hd"].iter().find_map(|prefix| name.strip_prefix(prefix));
    let Some(rest) = rest else { return false };
    let letters = rest.trim_end_matches(|c: char| c.is_ascii_digit());
    (1..=2).contains(&letters.len())
        && letters.bytes().all(|byte| byte.is_ascii_lowercase())
        && rest.len() - letters.len() <= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    // [D] The names the user guide lists for Linux.
    #[test]
    fn devices_have_names() {
        for name in ["/dev/sda1", "/dev/sdf", "/dev/sdf15", "/dev/xvda", "xvdba", "sdh", "/dev/hda"]
        {
            assert!(is_device_name(name), "{name}");
        }
        for name in ["", "/dev/", "/dev/sd", "/dev/nvme0n1", "/dev/sdf123", "disk", "/dev/SDF"] {
            assert!(!is_device_name(name), "{name}");
        }
    }
}

//! How requests name owners of images and snapshots.

use crate::wire::AwsError;

/// Refuses what is neither the number of an account nor one of the words.
///
/// # Errors
/// `InvalidUserID.Malformed`, which the error codes page gives for `DescribeImages`.
pub(super) fn check_owners(owners: &[String], words: &[&str]) -> Result<(), AwsError> {
    let is_account = |owner: &str| owner.len() == 12 && owner.bytes().all(|b| b.is_ascii_digit());
    match owners.iter().find(|owner| !is_account(owner) && !words.contains(&owner.as_str())) {
        None => Ok(()),
        Some(owner) => {
            let why = format!("Invalid user id: \"{owner}\"");
            Err(AwsError::new("InvalidUserID.Malformed", why))
        }
    }
}

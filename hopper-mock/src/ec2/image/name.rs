//! The names of images.

use super::Image;
use crate::wire::AwsError;
use crate::world::World;

/// Refuses a name that is malformed or that another image of the account has.
///
/// Source: the API reference of `CreateImage`: 3 to 128 letters, digits, parentheses, square
/// brackets, spaces, periods, slashes, dashes, single quotes, at-signs or underscores.
pub(super) fn check_new(world: &World, name: &str) -> Result<(), AwsError> {
    let is_taken = |c: char| c.is_ascii_alphanumeric() || "()[] ./-'@_".contains(c);
    if !(3..=128).contains(&name.len()) || !name.chars().all(is_taken) {
        return Err(AwsError::new(
            "InvalidAMIName.Malformed",
            "AMI names must be between 3 and 128 characters long, and may contain letters, \
             numbers, '(', ')', '[', ']', ' ', '.', '/', '-', ''', '@' and '_'",
        ));
    }
    let is_same = |image: &&Image| image.is_own(world) && image.name == name;
    if let Some(other) = world.ec2.images.values().find(is_same) {
        return Err(AwsError::new(
            "InvalidAMIName.Duplicate",
            format!("AMI name {name} is already in use by AMI {}", other.id),
        )
        .blocked_by([other.id.clone()]));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    // [D] The characters and lengths of names.
    #[test]
    fn names_have_a_form() {
        let world = World::fresh(1, Settings::default());
        for name in ["k8s-1.10.3-001", "a.b", "x (y) [z] / 'q' @_", &"n".repeat(128)] {
            assert!(check_new(&world, name).is_ok(), "{name}");
        }
        for name in ["ab", "a:b", "näme", "", &"n".repeat(129)] {
            let error = check_new(&world, name).unwrap_err();
            assert_eq!(error.code, "InvalidAMIName.Malformed", "{name}");
        }
    }
}

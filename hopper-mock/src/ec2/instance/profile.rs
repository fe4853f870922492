//! The instance profile in a launch.

use serde::{Deserialize, Serialize};

use super::IamInstanceProfile;
use crate::iam::profile_seen_by_ec2;
use crate::wire::AwsError;
use crate::world::World;

/// A profile by its ARN or its name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ProfileRequest {
    pub(crate) arn: Option<String>,
    pub(crate) name: Option<String>,
}

/// The profile a request names.
///
/// # Errors
/// `InvalidParameterValue` for one that EC2 does not see (yet), or that has no role.
pub(crate) fn find(
    world: &World,
    request: &ProfileRequest,
) -> Result<IamInstanceProfile, AwsError> {
    let (field, value) = match (&request.arn, &request.name) {
        (Some(_), Some(_)) => {
            return Err(AwsError::new(
                "InvalidParameterCombination",
                "The parameter iamInstanceProfile.name may not be used in combination with \
                 iamInstanceProfile.arn",
            ));
        }
        (Some(arn), None) => ("arn", arn),
        (None, Some(name)) => ("name", name),
        (None, None) => return Err(AwsError::missing("iamInstanceProfile.name")),
    };
    let invalid =
        |why: &str| AwsError::invalid_value(&format!("iamInstanceProfile.{field}"), value, why);
    let profile = profile_seen_by_ec2(world, value)
        .filter(|profile| value == if field == "arn" { &profile.arn } else { &profile.name })
        .ok_or_else(|| invalid(&format!("Invalid IAM Instance Profile {field}")))?;
    if profile.role.is_none() {
        let arn = &profile.arn;
        return Err(invalid(&format!(
            "IAM Instance Profile \"{arn}\" has no associated IAM Roles"
        )));
    }
    Ok(IamInstanceProfile { arn: profile.arn.clone(), id: profile.unique_id.clone() })
}

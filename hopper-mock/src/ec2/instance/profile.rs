//! The instance profile in a launch.

use serde::Deserialize;

use super::IamInstanceProfile;
use crate::wire::AwsError;
use crate::world::World;

/// A profile by its ARN or its name.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ProfileRequest {
    arn: Option<String>,
    name: Option<String>,
}

/// The profile a launch names.
///
/// # Errors
/// `InvalidParameterValue` for one that EC2 does not see.
pub(super) fn find(
    _world: &World,
    request: &ProfileRequest,
) -> Result<IamInstanceProfile, AwsError> {
    let (parameter, value) = match (&request.arn, &request.name) {
        (Some(_), Some(_)) => {
            return Err(AwsError::new(
                "InvalidParameterCombination",
                "The parameter iamInstanceProfile.name may not be used in combination with \
                 iamInstanceProfile.arn",
            ));
        }
        (Some(arn), None) => ("iamInstanceProfile.arn", arn),
        (None, Some(name)) => ("iamInstanceProfile.name", name),
        (None, None) => return Err(AwsError::missing("iamInstanceProfile.name")),
    };
    let why =
        format!("Invalid IAM Instance Profile {}", parameter.rsplit('.').next().unwrap_or(""));
    Err(AwsError::invalid_value(parameter, value, &why))
}

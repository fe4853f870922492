//! Options of a group that are words: health checks and termination policies.

use serde::{Deserialize, Serialize};

use crate::autoscaling::error::validation;
use crate::autoscaling::termination_policy;
use crate::wire::AwsError;

/// Who says whether an instance is well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum HealthCheckType {
    /// EC2 alone.
    #[default]
    Ec2,
    /// EC2 and the load balancers.
    Elb,
}

impl HealthCheckType {
    /// Its name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ec2 => "EC2",
            Self::Elb => "ELB",
        }
    }

    pub(super) fn named(name: &str) -> Result<Self, AwsError> {
        let types = [Self::Ec2, Self::Elb].into_iter();
        types.clone().find(|known| known.name() == name).ok_or_else(|| {
            let known: Vec<_> = types.map(Self::name).collect();
            validation(format!("Invalid Health Check Type(s): {name}. Known: {}", known.join(", ")))
        })
    }
}

/// The termination policies of a request, `Default` if it names none.
pub(super) fn termination_policies(names: &[String]) -> Result<Vec<String>, AwsError> {
    if names.is_empty() {
        return Ok(vec!["Default".to_owned()]);
    }
    match names.iter().find(|name| !termination_policy::NAMES.contains(&name.as_str())) {
        None => Ok(names.to_vec()),
        Some(unknown) => Err(validation(format!(
            "Termination policy is not valid: {unknown}. Known: {}",
            termination_policy::NAMES.join(", ")
        ))),
    }
}

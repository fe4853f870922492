//! What went wrong inside a machine, as a step's error.

use hopper_core::StepError;
use hopper_ssh::SshError;

/// A connection may come about again; another key, or none that is taken, stays as it is.
pub(crate) fn ssh(error: &SshError) -> StepError {
    match error {
        error if error.is_lost() => StepError::transient(error),
        error => StepError::permanent(error),
    }
}

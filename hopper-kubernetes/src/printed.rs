//! [`printed()`]: what a command on a machine prints.

use crate::{Hosts, Place, error::ssh};
use hopper_core::StepError;
use hopper_ssh::Output;

/// What a command on a machine prints on its standard output, byte for byte.
///
/// # Errors
///
/// When the machine is not reached, and with what it says on its standard error when it fails.
pub(crate) async fn printed(
    hosts: &Hosts,
    place: &Place,
    command: &str,
) -> Result<Vec<u8>, StepError> {
    let session = hosts.machine(place).session().await.map_err(|error| ssh(&error))?;
    let (mut output, mut said) = (Vec::new(), Vec::new());
    let exit = session.exec(command, b"", |to, bytes| match to {
        Output::Standard => output.extend_from_slice(bytes),
        Output::Error => said.extend_from_slice(bytes),
    });
    match exit.await.map_err(|error| ssh(&error))?.is_success() {
        true => Ok(output),
        false => Err(StepError::permanent(format_args!(
            "`{command}` on {} failed: {}",
            place.name,
            String::from_utf8_lossy(&said).trim()
        ))),
    }
}

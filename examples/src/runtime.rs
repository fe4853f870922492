//! Runtimes: in virtual time for the simulator, in real time for AWS.

use crate::site::Backend;
use std::{future::Future, io};
use tokio::runtime::Builder;

/// Runs a command to its end.
///
/// In virtual time waiting takes no time, and on one thread everything happens in the same order
/// in every run. AWS takes its time, and one thread is enough for waiting.
///
/// # Errors
///
/// When the runtime cannot be made, or the command fails.
pub fn run<T, E: From<io::Error>>(
    backend: Backend,
    command: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    let mut runtime = Builder::new_current_thread();
    runtime.enable_all().start_paused(backend == Backend::Mock);
    runtime.build()?.block_on(command)
}

//! The mock: a world with a clock, a record of calls, faults, and ways in.

mod builder;
mod calls;
mod clock;
mod doom;
mod exchange;
mod fault;
mod file;
mod giving;
mod handle;
#[cfg(feature = "hosts")]
mod hosts;
mod http_client;
mod kube;
mod sdk;
mod server;
mod watch;

pub use builder::Builder;
pub use calls::{Call, Calls};
pub use doom::Doom;
pub use exchange::Broken;
pub use fault::Fault;
pub use file::WorldFileError;
pub use handle::Mock;
pub use server::Server;
pub use watch::Moment;

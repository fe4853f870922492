//! SSH to the machines of a cluster, without a binary: through a bastion, with host keys pinned
//! per cluster, and with scripts that run once whatever happens to the connection.
//!
//! - A [`Dialer`] gives a stream of bytes to an address: [`Tcp`], a [`Machine`] that is a bastion
//!   (direct-tcpip), or a test's own in memory. The client is the same over all of them.
//! - [`Connect`] says as whom, with which [`Identity`]s and trusting which [`HostKeys`], and waits
//!   until a host answers. It gives a [`Session`]: commands with their output line by line,
//!   uploads, streams to other addresses, forwarded ports.
//! - A [`Machine`] connects anew when its connection is lost. It runs a [`Script`] apart from the
//!   connection: one that was cut off is found again by its token, and is not run a second time.
//!
//! ```no_run
//! use hopper_ssh::{Connect, Host, HostKeys, Identity, Machine, Script, Tcp};
//! use std::sync::Arc;
//!
//! # async fn bake() -> Result<(), hopper_ssh::SshError> {
//! let connect = Connect::new("ubuntu", [Identity::file("id_ed25519")?]);
//! let bastion = Machine::new(connect.clone(), Arc::new(Tcp), Host::new("bastion", "203.0.113.7"));
//! let builder = Machine::new(connect, Arc::new(bastion), Host::new("builder", "10.0.0.9"));
//! let script = Script::new("bake-1", "set -eu\nsudo apt-get install -y kubeadm\n");
//! let exit = builder.run(&script, |line| println!("{line}")).await?;
//! assert!(exit.is_success());
//! # Ok(())
//! # }
//! ```

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic, reason = "tests may"))]

mod attach;
mod client;
mod connect;
mod console;
mod dialer;
mod error;
mod host;
mod host_keys;
mod identity;
mod lines;
mod machine;
mod quote;
mod redact;
mod script;
mod session;

pub use attach::Output;
pub use connect::Connect;
pub use console::{fingerprints_in, host_keys_in};
pub use dialer::{Dialer, Io, Stream, Tcp};
pub use error::SshError;
pub use host::Host;
pub use host_keys::{HostKeys, Trust};
pub use identity::Identity;
pub use lines::Lines;
pub use machine::Machine;
pub use redact::Redact;
pub use russh::keys::PublicKey;
pub use script::Script;
pub use session::{Exit, Session};

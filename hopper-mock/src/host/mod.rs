//! Hosts: what is inside the machines that EC2 runs.
//!
//! Every running instance has a disk, an SSH server with a host key of its own, and a shell that
//! knows the programs a Kubernetes recipe runs. [`Mock::dial`](crate::Mock::dial) gives a
//! connection to one, if AWS would let it through. A host starts in the world's time and then runs
//! its user data; an image made of it has its disk.

mod boot;
mod console;
mod dial;
mod disk;
mod disk_form;
mod fault;
mod guest;
mod hosts;
mod key;
mod kubernetes;
mod metadata;
mod package;
mod path;
mod program;
mod server;
mod session;
mod shell;
mod transcript;
mod ubuntu;
mod unit;
mod user_data;

pub(crate) use boot::start_by_itself;
pub(crate) use console::printed;
pub use dial::Connection;
pub use fault::HostFault;
use guest::Guest;
pub(crate) use hosts::Hosts;
pub(crate) use kubernetes::settle;
pub use transcript::{Command, Transcript};

pub use crate::ec2::Origin;

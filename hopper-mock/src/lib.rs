//! A deterministic AWS in memory, for tests and for trying things out.
//!
//! A [`Mock`] is one account in one region. Any client of the AWS SDK talks to it through
//! [`Mock::sdk_config`], any other program (the `aws` CLI, boto3) through [`Mock::serve`]. It
//! speaks AWS's wire protocols, refuses what AWS refuses with AWS's codes, and takes AWS's time,
//! which is tokio's: under a paused clock hours pass in no time.
//!
//! ```
//! use hopper_mock::Mock;
//!
//! # let mut runtime = tokio::runtime::Builder::new_current_thread();
//! # runtime.enable_all().start_paused(true).build()?.block_on(async {
//! let mock = Mock::builder().seed(7).build();
//! let config = mock.sdk_config(); // for any client: `aws_sdk_ec2::Client::new(&config)`
//! # let _ = config;
//!
//! // The next call takes effect, and its answer is lost on the way.
//! mock.fail("CreateVpc").lose_reply();
//! // A call over the wire, as a client makes it: with latency and faults.
//! let lost = mock.send("CreateVpc", &[("CidrBlock", "10.0.0.0/16")]).await;
//! assert!(lost.is_err());
//!
//! // A call past both, for arranging and for looking.
//! let refused = mock.call("CreateVpc", &[("CidrBlock", "10.0.0.0/8")]);
//! assert_eq!(refused.code(), Some("InvalidVpc.Range"));
//!
//! print!("{}", mock.calls()); // one to a line, with what the fault did
//! assert_eq!(mock.calls().of("CreateVpc").count(), 2);
//! let left: Vec<_> = mock.world().leftovers().iter().map(|left| left.kind).collect();
//! assert_eq!(left, ["vpc"]); // nobody was told, and it is there
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! * The [`World`] is a pure state machine. [`Mock::world`] gives a copy to print, compare and go
//!   on from; [`Mock::edit`] changes it behind everyone's back.
//! * [`Mock::fail`] makes calls go wrong; [`Mock::doom`] lets them be accepted and come to
//!   nothing.
//! * [`Mock::kube_service_lb`] lets Kubernetes make what nobody asked AWS for.
//! * With the feature `hosts`, what runs is more than a record: `Mock::dial` connects to machines
//!   that answer on SSH and run scripts.
//! * [`Mock::calls`] is the record of all calls.
//! * The same seed and the same calls at the same times give the same ids, addresses and answers.

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")
)]

pub mod autoscaling;
pub mod ec2;
mod ecr;
pub mod elb;
pub mod elbv2;
#[cfg(feature = "hosts")]
pub mod host;
pub mod iam;
mod kubernetes;
mod mock;
pub mod s3;
mod servicequotas;
pub mod settings;
pub mod ssm;
mod sts;
mod time;
mod wire;
mod world;

pub use kubernetes::{KubeLoadBalancer, KubeServiceLb};
pub use mock::{Broken, Builder, Call, Calls, Doom, Fault, Mock, Moment, Server, WorldFileError};
pub use settings::{Bucket, Latencies, Quotas, Settings, Switches, Throttling, Visibility};
pub use time::{Time, TimeError};
pub use wire::{Answer, AwsError, HttpParts, Params, Protocol, Reply, Request, Service, Xml};
pub use world::{Diff, Difference, Leftover, Picture, World};

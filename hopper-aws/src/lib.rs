//! Steps on AWS that know how to undo themselves, and the recipes made of them.
//!
//! - [`Aws`] is what every step acts with: the clients, the tags to put on everything, and one
//!   poller that all waits share.
//! - A step is one resource, one file: [`ec2::Vpc`], [`ec2::Subnet`], … Each tags what it makes in
//!   the call that makes it, can find it again by that [mark], waits until it is usable,
//!   and takes it back until it is really gone.
//! - [`recipes`] compose the steps; [`kit`] is what steps of one's own are made of.
//! - With the feature `testing`, a stage to test recipes on: offline, in virtual time.
//! - [`registry()`] knows every step, so a run is undone from its journal alone.
//!
//! ```
//! use hopper_aws::{Aws, Tags, recipes, registry, settings::NetworkSettings};
//! use hopper_core::{Engine, MemoryJournal, Outcome, Workflow};
//! use hopper_mock::Mock;
//!
//! # hopper_core::testing::on_paused_time(async {
//! // A plan: nothing happens yet.
//! let w = Workflow::new("hopper");
//! let settings = NetworkSettings::default();
//! recipes::network(&w.scope("network"), "hopper", &settings, &Tags::new());
//! let plan = w.plan()?;
//!
//! // A simulated AWS; `Connect::default().connect()` leads to the real one.
//! let mock = Mock::builder().seed(7).build();
//! let aws = Aws::new(&mock.sdk_config());
//! let engine = Engine::new(MemoryJournal::default()).env(aws).registry(registry());
//! let report = engine.run(&plan).await?;
//! assert_eq!(report.outcome, Outcome::Done);
//! println!("{report}"); // two minutes of the simulator's time, none of ours
//!
//! engine.undo().await?;
//! assert!(mock.world().leftovers().is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The SDK's own retries are off: they would repeat a create whose reply was lost. Reads are
//! retried here, steps by the engine, after it has looked for what the lost call made.

#![cfg_attr(
    not(feature = "ec2"),
    allow(dead_code, unreachable_pub, reason = "most of the frame serves EC2")
)]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")
)]

#[cfg(feature = "autoscaling")]
pub mod autoscaling;
mod aws;
#[cfg(feature = "ec2")]
mod blockers;
mod call;
mod cidr;
mod claim;
mod classify;
mod comparison;
#[cfg(feature = "https")]
mod connect;
#[cfg(feature = "ec2")]
pub mod ec2;
#[cfg(feature = "elb")]
pub mod elb;
#[cfg(feature = "elb")]
pub mod elbv2;
mod error;
mod fresh;
#[cfg(feature = "iam")]
pub mod iam;
mod ids;
#[cfg(feature = "ec2")]
pub mod kit;
#[cfg(feature = "elb")]
pub mod kubernetes;
#[cfg(feature = "ec2")]
pub mod machine;
#[cfg(feature = "ec2")]
mod made;
pub mod mark;
pub mod needs;
mod pace;
#[cfg(feature = "iam")]
mod policy_document;
#[cfg(feature = "ec2")]
mod poll;
#[cfg(feature = "preflight")]
pub mod preflight;
#[cfg(feature = "ec2")]
mod public_key;
#[cfg(feature = "ec2")]
pub mod recipes;
mod registry;
#[cfg(feature = "ec2")]
mod removal;
#[cfg(feature = "ec2")]
mod resource;
#[cfg(feature = "ec2")]
pub mod rest;
#[cfg(feature = "ec2")]
mod retag;
#[cfg(feature = "s3")]
pub mod s3;
mod sdk_tag;
#[cfg(feature = "ec2")]
pub mod settings;
#[cfg(feature = "ssm")]
pub mod ssm;
#[cfg(feature = "sts")]
pub mod sts;
#[cfg(feature = "ec2")]
pub mod sweep;
mod tags;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(any(feature = "elb", feature = "iam"))]
mod unwanted;

pub use aws::Aws;
pub use cidr::{Cidr, CidrError};
#[cfg(feature = "https")]
pub use connect::{Connect, ConnectError, Connected};
pub use ids::*;
#[cfg(feature = "iam")]
pub use policy_document::{PolicyDocument, PolicyDocumentError};
#[cfg(feature = "ec2")]
pub use public_key::{PublicKey, PublicKeyError};
pub use registry::registry;
#[cfg(feature = "s3")]
pub use s3::S3Journal;
pub use tags::Tags;

//! [`Needs`]: what a step will ask of AWS, told before it runs.
//!
//! Every step says in its own file which operations it calls, undone or done, and what has to be
//! free or there for it. [`preflight`](crate::preflight) looks at all of it at once.
//!
//! ```
//! use hopper_aws::{Aws, SecurityGroupId, needs::{Draft, Needed, Needs}};
//! use hopper_core::prelude::*;
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Serialize, Deserialize)]
//! struct Quiet {
//!     group: Input<SecurityGroupId>,
//! }
//!
//! impl Needs for Quiet {
//!     fn needs(&self, _: &Draft, needs: &mut Needed) {
//!         needs.calls(&["ec2:RevokeSecurityGroupEgress", "ec2:AuthorizeSecurityGroupEgress"]);
//!     }
//! }
//! # impl Step for Quiet {
//! #     const KIND: &'static str = "acme.quiet";
//! #     type Env = Aws;
//! #     type Output = ();
//! #     async fn run(&self, _: &Aws, _: &Cx) -> Result<(), StepError> { Ok(()) }
//! #     async fn find(&self, _: &Aws, _: &Cx) -> Result<Found<()>, StepError> { Ok(Found::Absent) }
//! #     async fn undo(&self, _: &Aws, _: &Cx, _: Made<'_, ()>) -> Result<(), StepError> { Ok(()) }
//! # }
//! ```

#![cfg_attr(
    not(feature = "preflight"),
    allow(dead_code, unused_imports, reason = "it is a look ahead that asks")
)]

mod ask;
mod catalogue;
mod holder;
mod inside;
#[cfg(feature = "ec2")]
mod launchable;
mod limit;
mod needed;
mod place;
mod trial;

pub use ask::{ask, ask_if_any};
pub use catalogue::{Catalogue, catalogue};
pub use holder::Holder;
pub use hopper_core::Draft;
#[cfg(feature = "ec2")]
pub(crate) use launchable::launchable;
pub use limit::Limit;
pub use needed::Needed;
pub(crate) use needed::{Action, Change, Check, Kin, Launch, Name};
pub use place::Place;
pub(crate) use trial::Trial;
pub use trial::Verdict;

use hopper_core::Step;

/// What a step will ask of AWS, and what has to be free or there for it.
pub trait Needs: Step {
    /// Says it. `draft` reads the inputs, as far as they are known.
    fn needs(&self, draft: &Draft, needs: &mut Needed);
}

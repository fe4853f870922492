//! A recipe on the simulated AWS, for tests: offline, in virtual time, the same every time.
//!
//! - [`Stage`]: a recipe and a world to play it in. It gives the plan, plays a [`Run`], and
//!   [endures](Stage::endure): fails at every step, does every step and every undo twice, crashes
//!   after every record, and [goes through bad weather](Stage::in_bad_weather).
//! - [`Run`]: a run on the stage: its report, its calls, its drift, its undo, and jumps in time.
//! - [`storm`]: a thousand runs, each in a weather of its own: seeded faults of every [kind](FaultKind),
//!   and whatever happens, a run ends complete or undone.
//! - [`crash_everywhere`]: the process dies at every call of the run and of its undo;
//!   [`crash_in_change`]: of the run of a recipe that has changed.
//! - [`hosts`]: the machines of the simulated AWS, for steps inside them; a stage's engine has them.
//! - [`simulated`]: a cluster's settings, for the simulated AWS.
//! - [`redacted`]: text with ids and tokens that stay the same when a recipe grows.
//!
//! A test of a recipe of one's own, with `insta` for the snapshots:
//!
//! ```
//! use hopper_aws::{Tags, ec2::Vpc, testing::Stage};
//! use hopper_core::{Outcome, Workflow};
//! use std::time::Duration;
//!
//! fn recipe(w: &Workflow) {
//!     w.step("vpc").does(Vpc {
//!         cidr: "10.0.0.0/16".parse().map(hopper_aws::Cidr::into).expect("a CIDR"),
//!         dns_support: true,
//!         dns_hostnames: true,
//!         tags: Tags::named("lab"),
//!     });
//! }
//!
//! let stage = Stage::new(recipe);
//! println!("{}", stage.plan()); // insta::assert_snapshot!(stage.plan());
//!
//! let run = stage.up(); // no account, no network, no waiting
//! assert_eq!(run.report().outcome, Outcome::Done);
//! println!("{}\n{}", run.calls(), run.report()); // snapshots as well
//!
//! run.later(Duration::from_secs(86_400));
//! assert_eq!(run.check(), []);
//! run.down(); // panics if anything is left
//!
//! // A fault: the reply to the create is lost. It is found, and not made twice.
//! let run = Stage::new(recipe).given(|mock| mock.fail("CreateVpc").lose_reply()).up();
//! assert_eq!(run.mock().world().leftovers().len(), 1);
//!
//! stage.endure(); // whatever fails, and whenever the process dies
//! ```
//!
//! Stages are for plain `#[test]` functions: each makes a runtime of its own, on paused time.

mod crash;
mod death;
mod hosts;
mod redacted;
mod run;
mod shadow;
mod simulated;
mod stage;
mod storm;

pub use crash::{
    Crashes, crash_at, crash_everywhere, crash_in_change, crash_somewhere, crash_twice,
};
pub use death::{Crash, Phase};
pub use hosts::{OPERATOR, hosts, hosts_as, operator_public_key};
pub use redacted::redacted;
pub use run::Run;
pub use shadow::Shadow;
pub use simulated::simulated;
pub use stage::Stage;
pub use storm::{FaultKind, Storm, StormEnd, StormSeed, storm};

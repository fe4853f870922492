//! What steps on AWS are made of, for steps of one's own.
//!
//! - Calls: [`read`] and [`read_if_any`] repeat, [`act`] is made once.
//! - What was made: [`once`] notes it, [`sought`] finds it again, [`ids`] is for taking it back.
//! - Waiting: [`until`] it is as wanted, at a [`Pace`]; [`remove`] until it is gone.
//! - [`Comparison`] of what was asked for with what is there.
//!
//! ```
//! use aws_sdk_ec2::types::{self, Filter, ResourceType};
//! use hopper_aws::{Aws, SecurityGroupId, Tags, VpcId, kit::*, mark};
//! use hopper_core::prelude::*;
//! use serde::{Deserialize, Serialize};
//!
//! /// A security group that lets everything out and nothing in.
//! #[derive(Serialize, Deserialize)]
//! struct Quiet {
//!     vpc: Input<VpcId>,
//! }
//!
//! impl Step for Quiet {
//!     const KIND: &'static str = "acme.quiet";
//!     const ATOMIC: bool = true; // one thing, one call
//!     type Env = Aws;
//!     type Output = SecurityGroupId;
//!
//!     async fn run(&self, aws: &Aws, cx: &Cx) -> Result<SecurityGroupId, StepError> {
//!         once(aws, cx, || async {
//!             let tags = mark::specification(aws, cx, ResourceType::SecurityGroup, &Tags::new());
//!             let vpc = cx.get(&self.vpc).as_str();
//!             let call = aws.ec2().create_security_group().group_name("quiet").vpc_id(vpc);
//!             let call = call.description("lets nothing in").tag_specifications(tags);
//!             let reply = act(aws, cx, "CreateSecurityGroup", || call.clone().send()).await?;
//!             Ok(reply.group_id.unwrap_or_default().into())
//!         })
//!         .await
//!     }
//!
//!     async fn find(&self, aws: &Aws, cx: &Cx) -> Result<Found<SecurityGroupId>, StepError> {
//!         Ok(match sought::<types::SecurityGroup, _>(aws, cx).await? {
//!             Sought::One(group) => Found::Present(group.id().into()),
//!             Sought::Not(found) => found,
//!         })
//!     }
//!
//!     async fn undo(
//!         &self,
//!         aws: &Aws,
//!         cx: &Cx,
//!         made: Made<'_, SecurityGroupId>,
//!     ) -> Result<(), StepError> {
//!         let done = made.done().map(SecurityGroupId::as_str);
//!         for id in ids::<types::SecurityGroup>(aws, cx, done).await? {
//!             let call = aws.ec2().delete_security_group().group_id(&id);
//!             let removal = Removal::new("DeleteSecurityGroup", &id, Blocked::SecurityGroup(&id));
//!             remove(aws, cx, removal, || call.clone().send()).await?;
//!         }
//!         Ok(())
//!     }
//! }
//! ```

pub use crate::{
    blockers::Blocked,
    call::{act, read, read_if_any},
    comparison::Comparison,
    error::{incomplete, of as step_error},
    made::{
        Sought, existing, ids, marked_patiently, noted, once, patiently, sought, sought_by_key,
        underway, until_some,
    },
    pace::Pace,
    poll::{Verdict, until, visible},
    removal::{Removal, remove},
    resource::{Polled, Resource, get, look, marked},
    sdk_tag::SdkTag,
};

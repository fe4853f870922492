//! A place on a route table, which carries no tags: is what stands there the step's own?
//!
//! On a table that the run has made, itself or along with its VPC, it is. On any other it is only
//! what was put there after the step had seen, and noted, that the place was empty.

use super::{RouteTable, Vpc};
use crate::{Aws, RouteTableId, claim::maker};
use aws_sdk_ec2::types;
use hopper_core::{Cx, StepError};
use std::future::Future;

/// The note that the place was empty.
const VACANT: &str = "vacant";

/// Whether what stands in the step's place may be its own.
pub(super) fn may_be_own(cx: &Cx, table: &RouteTableId) -> bool {
    is_of_run(cx, table) || is_noted(cx)
}

/// Makes sure that nothing stands in the step's place before it puts something there. Says whether
/// what may stand there nevertheless is the step's own, of a try whose reply was lost.
///
/// Two who do the same at the same moment both see an empty place. AWS answers the second that
/// such a route exists, but gives it the association of the first as if it were its own.
pub(super) async fn claim<Fut>(
    aws: &Aws,
    cx: &Cx,
    table: &RouteTableId,
    taken: impl FnOnce() -> Fut + Send,
) -> Result<bool, StepError>
where
    Fut: Future<Output = Result<Option<StepError>, StepError>> + Send,
{
    if is_of_run(cx, table) || (is_noted(cx) && !aws.fresh().is_refused(cx.token())) {
        return Ok(true);
    }
    match taken().await? {
        Some(error) => Err(error.refused()),
        None => cx.note(VACANT, &true).await.map(|()| false),
    }
}

/// Whose a table is, e.g. `rtb-1 (not made by hopper)`.
pub(super) fn whose(table: &types::RouteTable) -> String {
    format!("{} ({})", table.route_table_id().unwrap_or_default(), maker(table.tags()))
}

fn is_noted(cx: &Cx) -> bool {
    cx.noted(VACANT) == Some(true)
}

fn is_of_run(cx: &Cx, id: &RouteTableId) -> bool {
    cx.rests_on::<RouteTable>(|table| table.id == *id)
        || cx.rests_on::<Vpc>(|vpc| vpc.main_route_table == *id)
}

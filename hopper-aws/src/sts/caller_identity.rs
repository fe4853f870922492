//! [`CallerIdentity`]: in whose name the calls are made.

use crate::{
    Aws,
    call::read,
    error::incomplete,
    needs::{Draft, Needed, Needs},
};
use hopper_core::{Cx, Lookup, StepError, outputs};
use serde::{Deserialize, Serialize};

/// Looks up in whose name the calls are made. Needs no permission.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct CallerIdentity {}

outputs! {
    /// In whose name the calls are made.
    pub struct CallerIdentityOut -> CallerIdentityRefs {
        /// The account, e.g. `123456789012`.
        account: String,
        /// The user or role.
        arn: String,
        /// Its unique id.
        user_id: String,
    }
}

impl Needs for CallerIdentity {
    fn needs(&self, _: &Draft, needs: &mut Needed) {
        needs.calls(&["sts:GetCallerIdentity"]);
    }
}

impl Lookup for CallerIdentity {
    const KIND: &'static str = "aws.sts.caller_identity";
    type Env = Aws;
    type Output = CallerIdentityOut;

    async fn look_up(&self, aws: &Aws, cx: &Cx) -> Result<CallerIdentityOut, StepError> {
        let call = aws.sts().get_caller_identity();
        let reply = read(aws, cx, "GetCallerIdentity", || call.clone().send()).await?;
        let lacking = |what| incomplete("GetCallerIdentity", what);
        Ok(CallerIdentityOut {
            account: reply.account.ok_or_else(|| lacking("account"))?,
            arn: reply.arn.ok_or_else(|| lacking("ARN"))?,
            user_id: reply.user_id.ok_or_else(|| lacking("user id"))?,
        })
    }
}

//! [`SecretByParameter`] and [`RewrittenSecret`]: a secret in Parameter Store that is there
//! already.

use crate::{
    Aws,
    call::{act, read},
    error::incomplete,
};
use hopper_core::{Cx, Found, Input, Lookup, Made, OnUnknown, Secret, Step, StepError, outputs};
use serde::{Deserialize, Serialize};

/// Reads a secret in Parameter Store.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SecretByParameter {
    /// The parameter's name.
    pub name: String,
}

outputs! {
    /// A secret.
    pub struct SecretByParameterOut -> SecretByParameterRefs {
        /// What the parameter holds.
        value: Secret<String>,
    }
}

impl Lookup for SecretByParameter {
    const KIND: &'static str = "aws.ssm.secret_by_parameter";
    type Env = Aws;
    type Output = SecretByParameterOut;

    async fn look_up(&self, aws: &Aws, cx: &Cx) -> Result<SecretByParameterOut, StepError> {
        let call = aws.ssm().get_parameter().name(&self.name).with_decryption(true);
        let reply = read(aws, cx, "GetParameter", || call.clone().send()).await?;
        let value = reply.parameter.and_then(|parameter| parameter.value);
        let value = value.ok_or_else(|| incomplete("GetParameter", "value"))?;
        Ok(SecretByParameterOut { value: Secret::new(value) })
    }
}

/// Puts another secret into a parameter that is there: a new version of it. Undone it stays so.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RewrittenSecret {
    /// The parameter's name.
    pub name: String,
    /// The secret.
    pub value: Input<Secret<String>>,
}

impl Step for RewrittenSecret {
    const KIND: &'static str = "aws.ssm.rewritten_secret";
    const ON_UNKNOWN: OnUnknown = OnUnknown::RunAgain;
    type Env = Aws;
    /// Its version.
    type Output = i64;

    async fn run(&self, aws: &Aws, cx: &Cx) -> Result<i64, StepError> {
        let call = aws.ssm().put_parameter().name(&self.name).overwrite(true);
        let call = call.value(cx.get(&self.value).expose()?);
        let reply = act(aws, cx, "PutParameter", || call.clone().send()).await?;
        Ok(reply.version)
    }

    async fn find(&self, _: &Aws, _: &Cx) -> Result<Found<i64>, StepError> {
        Ok(Found::Absent) // never asked: writing it again does no harm
    }

    async fn undo(&self, _: &Aws, _: &Cx, _: Made<'_, i64>) -> Result<(), StepError> {
        Ok(())
    }
}

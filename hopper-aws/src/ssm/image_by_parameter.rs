//! [`ImageByParameter`]: the machine image that a public parameter names.

use crate::{
    Aws, ImageId,
    call::read,
    error::incomplete,
    needs::{Draft, Needed, Needs, ask_if_any},
};
use hopper_core::{Cx, Lookup, StepError, outputs};
use serde::{Deserialize, Serialize};

/// Looks up the machine image that a public parameter names, e.g.
/// `/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id`.
///
/// Publishers keep such a parameter on their newest image, in each region ("Calling AMI public
/// parameters", Systems Manager user guide).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ImageByParameter {
    /// The parameter's name.
    pub name: String,
}

outputs! {
    /// A machine image.
    pub struct ImageByParameterOut -> ImageByParameterRefs {
        /// Its id.
        id: ImageId,
    }
}

impl Needs for ImageByParameter {
    fn needs(&self, _: &Draft, needs: &mut Needed) {
        needs.calls(&["ssm:GetParameter"]);
        let name = self.name.clone();
        let hint = "check the parameter's name, and the region";
        needs.there(format!("the parameter {name}"), hint, |aws| async move {
            let call = aws.ssm().get_parameter().name(name);
            Ok(ask_if_any("GetParameter", || call.clone().send()).await?.is_some())
        });
    }
}

impl Lookup for ImageByParameter {
    const KIND: &'static str = "aws.ssm.image_by_parameter";
    type Env = Aws;
    type Output = ImageByParameterOut;

    async fn look_up(&self, aws: &Aws, cx: &Cx) -> Result<ImageByParameterOut, StepError> {
        let call = aws.ssm().get_parameter().name(&self.name);
        let reply = read(aws, cx, "GetParameter", || call.clone().send()).await?;
        let value = reply.parameter.and_then(|parameter| parameter.value);
        match value.ok_or_else(|| incomplete("GetParameter", "value"))? {
            id if id.starts_with("ami-") => Ok(ImageByParameterOut { id: id.into() }),
            _ => Err(StepError::permanent(format_args!("{} holds no image's id", self.name))
                .with_operation("GetParameter")
                .with_hint("give a parameter that names an image: `…/ami-id`")),
        }
    }
}

//! [`InternetGateway`]: a VPC's door to the internet.

use crate::{
    Aws, InternetGatewayId, Tags, VpcId,
    blockers::Blocked,
    call::{act, read},
    claim::maker,
    comparison::Comparison,
    error::incomplete,
    made::{self, Sought, sought},
    mark,
    needs::{Draft, Limit, Needed, Needs},
    removal::{Removal, remove},
    resource::{Resource, get},
    retag::retag,
};
use aws_sdk_ec2::types::{self, Filter, ResourceType, Tag};
use hopper_core::{Cx, Drift, Found, Input, Made, Step, StepError, outputs};
use serde::{Deserialize, Serialize};

/// Creates an internet gateway, and attaches it to a VPC.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct InternetGateway {
    /// The VPC.
    pub vpc: Input<VpcId>,
    /// Its tags.
    pub tags: Tags,
}

outputs! {
    /// An attached internet gateway.
    pub struct InternetGatewayOut -> InternetGatewayRefs {
        /// Its id.
        id: InternetGatewayId,
    }
}

impl Needs for InternetGateway {
    fn needs(&self, _: &Draft, needs: &mut Needed) {
        needs.calls(&["ec2:AttachInternetGateway", "ec2:CreateInternetGateway", "ec2:CreateTags"]);
        needs.calls(&["ec2:DeleteInternetGateway", "ec2:DetachInternetGateway"]);
        needs.calls(&["ec2:DescribeInternetGateways"]);
        needs.retags(None, &["ec2:CreateTags"], &["ec2:DeleteTags"]);
        needs.takes(Limit::InternetGateways);
        needs.tries("ec2:CreateInternetGateway", |aws| {
            aws.ec2().create_internet_gateway().dry_run(true).send()
        });
    }
}

impl Step for InternetGateway {
    const KIND: &'static str = "aws.ec2.internet_gateway";
    const UPDATES: &'static [&'static str] = &["tags"];
    type Env = Aws;
    type Output = InternetGatewayOut;

    async fn run(&self, aws: &Aws, cx: &Cx) -> Result<InternetGatewayOut, StepError> {
        let id: InternetGatewayId = made::once(aws, cx, || async {
            let tags = mark::specification(aws, cx, ResourceType::InternetGateway, &self.tags);
            let call = aws.ec2().create_internet_gateway().tag_specifications(tags);
            let reply = act(aws, cx, "CreateInternetGateway", || call.clone().send()).await?;
            let id = reply.internet_gateway.and_then(|gateway| gateway.internet_gateway_id);
            id.map(InternetGatewayId::from).ok_or_else(|| incomplete("CreateInternetGateway", "id"))
        })
        .await?;
        let call = aws
            .ec2()
            .attach_internet_gateway()
            .internet_gateway_id(id.as_str())
            .vpc_id(cx.get(&self.vpc).as_str());
        let attached = act(aws, cx, "AttachInternetGateway", || call.clone().send()).await;
        match attached {
            // AWS has a code for a gateway that is on a VPC, and none for a VPC that has a gateway.
            Err(error)
                if ["Resource.AlreadyAssociated", "InvalidParameterValue"]
                    .map(Some)
                    .contains(&error.code()) =>
            {
                let gateway = get::<types::InternetGateway>(aws, cx, id.as_str()).await?;
                let is_ours = gateway.as_ref().and_then(vpc) == Some(cx.get(&self.vpc).as_str());
                if !is_ours {
                    return Err(match self.other(aws, cx).await.ok().flatten() {
                        Some(other) => error.with_hint(taken(&other)),
                        None => error,
                    });
                }
            }
            other => _ = other?,
        }
        Ok(InternetGatewayOut { id })
    }

    async fn find(&self, aws: &Aws, cx: &Cx) -> Result<Found<InternetGatewayOut>, StepError> {
        let gateway = match sought::<types::InternetGateway, _>(aws, cx).await? {
            Sought::One(gateway) => gateway,
            Sought::Not(found) => return Ok(found),
        };
        match vpc(&gateway) == Some(cx.get(&self.vpc).as_str()) {
            true => Ok(Found::Present(InternetGatewayOut { id: gateway.id().into() })),
            false => made::underway(cx, gateway.id()).await,
        }
    }

    async fn undo(
        &self,
        aws: &Aws,
        cx: &Cx,
        made: Made<'_, InternetGatewayOut>,
    ) -> Result<(), StepError> {
        let vpc = cx.get(&self.vpc).as_str();
        let done = made.done().map(|gateway| gateway.id.as_str());
        for id in made::ids::<types::InternetGateway>(aws, cx, done).await? {
            detach(aws, cx, &id, vpc).await?;
            delete(aws, cx, &id).await?;
        }
        Ok(())
    }

    async fn update(
        &self,
        aws: &Aws,
        cx: &Cx,
        was: &Self,
        out: &InternetGatewayOut,
    ) -> Result<InternetGatewayOut, StepError> {
        retag(aws, cx, out.id.as_str(), &was.tags, &self.tags).await?;
        Ok(out.clone())
    }

    async fn check(
        &self,
        aws: &Aws,
        cx: &Cx,
        out: &InternetGatewayOut,
    ) -> Result<Vec<Drift>, StepError> {
        let Some(gateway) = get::<types::InternetGateway>(aws, cx, out.id.as_str()).await? else {
            return Ok(vec![Drift::gone(&out.id)]);
        };
        Ok(Comparison::new()
            .optional("attachments.vpcId", cx.get(&self.vpc), vpc(&gateway))
            .tags(&mark::with(aws, cx, &self.tags), gateway.tags())
            .drift())
    }
}

impl InternetGateway {
    /// The gateway that the VPC has.
    async fn other(&self, aws: &Aws, cx: &Cx) -> Result<Option<types::InternetGateway>, StepError> {
        let by = vec![mark::filter("attachment.vpc-id", cx.get(&self.vpc).as_str())];
        let gateways = types::InternetGateway::describe(aws, cx, by).await?;
        let of_it = Some(cx.get(&self.vpc).as_str());
        Ok(gateways.into_iter().find(|gateway| vpc(gateway) == of_it))
    }
}

/// Whose the VPC's gateway is.
fn taken(by: &types::InternetGateway) -> String {
    format!("gateway {} was {}: detach it, or use it", by.id(), maker(by.tags()))
}

/// The VPC a gateway is attached to.
pub(crate) fn vpc(gateway: &types::InternetGateway) -> Option<&str> {
    gateway.attachments().first().and_then(|attachment| attachment.vpc_id())
}

/// Takes a gateway off a VPC.
pub(crate) async fn detach(aws: &Aws, cx: &Cx, id: &str, vpc: &str) -> Result<(), StepError> {
    // While any public address lives in the VPC: "has some mapped public address(es)".
    let call = aws.ec2().detach_internet_gateway().internet_gateway_id(id).vpc_id(vpc);
    let removal = Removal {
        already: &["Gateway.NotAttached"],
        ..Removal::new("DetachInternetGateway", id, Blocked::PublicAddresses(vpc))
    };
    remove(aws, cx, removal, || call.clone().send()).await
}

/// Deletes a gateway that is on no VPC.
pub(crate) async fn delete(aws: &Aws, cx: &Cx, id: &str) -> Result<(), StepError> {
    let call = aws.ec2().delete_internet_gateway().internet_gateway_id(id);
    let removal = Removal::new("DeleteInternetGateway", id, Blocked::Unknown);
    remove(aws, cx, removal, || call.clone().send()).await
}

impl Resource for types::InternetGateway {
    const ID_FILTER: &'static str = "internet-gateway-id";

    async fn describe(aws: &Aws, cx: &Cx, by: Vec<Filter>) -> Result<Vec<Self>, StepError> {
        let call = aws.ec2().describe_internet_gateways().set_filters(Some(by));
        let reply = read(aws, cx, "DescribeInternetGateways", || call.clone().send()).await?;
        Ok(reply.internet_gateways.unwrap_or_default())
    }

    fn id(&self) -> &str {
        self.internet_gateway_id().unwrap_or_default()
    }

    fn tags(&self) -> &[Tag] {
        self.tags()
    }
}

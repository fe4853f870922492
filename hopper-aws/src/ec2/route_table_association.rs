//! [`RouteTableAssociation`]: which subnet uses which route table.

use crate::{
    AssociationId, Aws, RouteTableId, SubnetId,
    blockers::Blocked,
    call::act,
    comparison::Comparison,
    error::incomplete,
    made::{self, until_some},
    needs::{Draft, Needed, Needs},
    removal::{Removal, remove},
    resource::get,
};
use aws_sdk_ec2::types;
use hopper_core::{Cx, Drift, Found, Input, Made, Step, StepError};
use serde::{Deserialize, Serialize};

/// Has a subnet use a route table instead of the VPC's main one.
///
/// An association carries no tags: it is found again by the table and the subnet.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RouteTableAssociation {
    /// The route table.
    pub route_table: Input<RouteTableId>,
    /// The subnet.
    pub subnet: Input<SubnetId>,
}

impl Needs for RouteTableAssociation {
    fn needs(&self, _: &Draft, needs: &mut Needed) {
        needs.calls(&["ec2:AssociateRouteTable", "ec2:DescribeRouteTables"]);
        needs.calls(&["ec2:DisassociateRouteTable"]);
    }
}

impl Step for RouteTableAssociation {
    const KIND: &'static str = "aws.ec2.route_table_association";
    const ATOMIC: bool = true;
    type Env = Aws;
    type Output = AssociationId;

    async fn run(&self, aws: &Aws, cx: &Cx) -> Result<AssociationId, StepError> {
        made::once(aws, cx, || async {
            let call = aws
                .ec2()
                .associate_route_table()
                .route_table_id(cx.get(&self.route_table).as_str())
                .subnet_id(cx.get(&self.subnet).as_str());
            let reply = act(aws, cx, "AssociateRouteTable", || call.clone().send()).await;
            match reply {
                Ok(reply) => reply.association_id.map(AssociationId::from),
                Err(error) if error.code() == Some("Resource.AlreadyAssociated") => {
                    Some(self.existing(aws, cx).await?.ok_or_else(|| {
                        error.with_hint("the subnet is on another route table, take it off first")
                    })?)
                }
                Err(error) => return Err(error),
            }
            .ok_or_else(|| incomplete("AssociateRouteTable", "association id"))
        })
        .await
    }

    async fn find(&self, aws: &Aws, cx: &Cx) -> Result<Found<AssociationId>, StepError> {
        Ok(match until_some(cx, || self.existing(aws, cx)).await? {
            Some(id) => Found::Present(id),
            None => Found::Absent,
        })
    }

    async fn undo(
        &self,
        aws: &Aws,
        cx: &Cx,
        made: Made<'_, AssociationId>,
    ) -> Result<(), StepError> {
        let known = made.done().cloned().or_else(|| made::noted(cx));
        let id = match known {
            Some(id) => Some(id),
            None => self.existing(aws, cx).await?,
        };
        let Some(id) = id else { return Ok(()) };
        delete(aws, cx, id.as_str()).await
    }

    async fn check(
        &self,
        aws: &Aws,
        cx: &Cx,
        out: &AssociationId,
    ) -> Result<Vec<Drift>, StepError> {
        Ok(match self.existing(aws, cx).await? {
            None => vec![Drift::gone(out)],
            Some(id) => Comparison::new().field("associationId", out, id).drift(),
        })
    }
}

impl RouteTableAssociation {
    /// The association of this table with this subnet.
    async fn existing(&self, aws: &Aws, cx: &Cx) -> Result<Option<AssociationId>, StepError> {
        let id = cx.get(&self.route_table).as_str();
        let table = get::<types::RouteTable>(aws, cx, id).await?;
        let subnet = Some(cx.get(&self.subnet).as_str());
        Ok(table
            .iter()
            .flat_map(types::RouteTable::associations)
            .find(|association| association.subnet_id() == subnet)
            .and_then(|association| association.route_table_association_id())
            .map(AssociationId::from))
    }
}

/// Takes a subnet off a table.
pub(crate) async fn delete(aws: &Aws, cx: &Cx, id: &str) -> Result<(), StepError> {
    let call = aws.ec2().disassociate_route_table().association_id(id);
    let removal = Removal::new("DisassociateRouteTable", id, Blocked::Unknown);
    remove(aws, cx, removal, || call.clone().send()).await
}

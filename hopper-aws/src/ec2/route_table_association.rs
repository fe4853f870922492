//! [`RouteTableAssociation`]: which subnet uses which route table.

use super::vacancy::{claim, may_be_own, whose};
use crate::{
    AssociationId, Aws, RouteTableId, SubnetId,
    blockers::Blocked,
    call::act,
    comparison::Comparison,
    error::incomplete,
    made::{self, until_some},
    mark::filter,
    needs::{Draft, Needed, Needs},
    removal::{Removal, remove},
    resource::{Resource as _, get},
};
use aws_sdk_ec2::types;
use hopper_core::{Cx, Drift, Found, Input, Made, Step, StepError};
use serde::{Deserialize, Serialize};

/// Has a subnet use a route table instead of the VPC's main one.
///
/// An association carries no tags: it is found again by the table and the subnet. On a table that
/// the run has not made, one that was there before is somebody else's.
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
        let table = cx.get(&self.route_table);
        if made::noted::<AssociationId>(cx).is_none() {
            claim(aws, cx, table, || self.taken(aws, cx)).await?;
        }
        made::once(aws, cx, || async {
            let call = aws
                .ec2()
                .associate_route_table()
                .route_table_id(table.as_str())
                .subnet_id(cx.get(&self.subnet).as_str());
            let reply = act(aws, cx, "AssociateRouteTable", || call.clone().send()).await;
            match reply {
                Ok(reply) => reply.association_id.map(AssociationId::from),
                Err(error) if error.code() == Some("Resource.AlreadyAssociated") => {
                    match self.existing(aws, cx).await? {
                        Some(id) => Some(id),
                        None => return Err(self.taken(aws, cx).await?.unwrap_or(error)),
                    }
                }
                Err(error) => return Err(error),
            }
            .ok_or_else(|| incomplete("AssociateRouteTable", "association id"))
        })
        .await
    }

    async fn find(&self, aws: &Aws, cx: &Cx) -> Result<Found<AssociationId>, StepError> {
        if !may_be_own(cx, cx.get(&self.route_table)) {
            return Ok(Found::Absent); // no call was sent
        }
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
            None if may_be_own(cx, cx.get(&self.route_table)) => self.existing(aws, cx).await?,
            None => None, // no call was sent
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
    /// Which table the subnet is on.
    async fn taken(&self, aws: &Aws, cx: &Cx) -> Result<Option<StepError>, StepError> {
        let subnet = cx.get(&self.subnet).as_str();
        let by = vec![filter("association.subnet-id", subnet)];
        let is_on = |table: &types::RouteTable| {
            table.associations().iter().any(|a| a.subnet_id() == Some(subnet))
        };
        let tables = types::RouteTable::describe(aws, cx, by).await?;
        Ok(tables.into_iter().find(is_on).map(|table| {
            StepError::permanent(format_args!("{subnet} is on route table {}", whose(&table)))
                .with_operation("DescribeRouteTables")
                .with_hint("take it off first, or leave this one out")
                .refused()
        }))
    }

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

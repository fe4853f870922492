//! [`RouteTable`]: where the packets of some subnets go.

use crate::{
    Aws, RouteTableId, Tags, VpcId,
    blockers::Blocked,
    call::{act, read},
    comparison::Comparison,
    error::incomplete,
    made::{self, Sought, sought},
    mark,
    needs::{Draft, Needed, Needs},
    poll::visible,
    removal::{Removal, remove},
    resource::{Resource, get},
    retag::retag,
};
use aws_sdk_ec2::types::{self, Filter, ResourceType, Tag};
use hopper_core::{Cx, Drift, Found, Input, Made, Step, StepError, outputs};
use serde::{Deserialize, Serialize};

/// Creates a route table. Its routes and the subnets that use it are steps of their own.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RouteTable {
    /// The VPC.
    pub vpc: Input<VpcId>,
    /// Its tags.
    pub tags: Tags,
}

outputs! {
    /// A route table.
    pub struct RouteTableOut -> RouteTableRefs {
        /// Its id.
        id: RouteTableId,
    }
}

impl Needs for RouteTable {
    fn needs(&self, draft: &Draft, needs: &mut Needed) {
        needs.calls(&["ec2:CreateRouteTable", "ec2:CreateTags", "ec2:DeleteRouteTable"]);
        needs.calls(&["ec2:DescribeRouteTables"]);
        needs.retags(None, &["ec2:CreateTags"], &["ec2:DeleteTags"]);
        if let Some(vpc) = draft.get(&self.vpc) {
            let vpc = vpc.to_string();
            needs.tries("ec2:CreateRouteTable", |aws| {
                aws.ec2().create_route_table().vpc_id(vpc).dry_run(true).send()
            });
        }
    }
}

impl Step for RouteTable {
    const KIND: &'static str = "aws.ec2.route_table";
    const ATOMIC: bool = true;
    const UPDATES: &'static [&'static str] = &["tags"];
    type Env = Aws;
    type Output = RouteTableOut;

    async fn run(&self, aws: &Aws, cx: &Cx) -> Result<RouteTableOut, StepError> {
        let id: RouteTableId = made::once(aws, cx, || async {
            let call = aws
                .ec2()
                .create_route_table()
                .vpc_id(cx.get(&self.vpc).as_str())
                .client_token(cx.token())
                .tag_specifications(mark::specification(
                    aws,
                    cx,
                    ResourceType::RouteTable,
                    &self.tags,
                ));
            let reply = act(aws, cx, "CreateRouteTable", || call.clone().send()).await?;
            let id = reply.route_table.and_then(|table| table.route_table_id);
            id.map(RouteTableId::from).ok_or_else(|| incomplete("CreateRouteTable", "id"))
        })
        .await?;
        visible::<types::RouteTable>(aws, cx, id.as_str()).await?;
        Ok(RouteTableOut { id })
    }

    async fn find(&self, aws: &Aws, cx: &Cx) -> Result<Found<RouteTableOut>, StepError> {
        Ok(match sought::<types::RouteTable, _>(aws, cx).await? {
            Sought::One(table) => Found::Present(RouteTableOut { id: table.id().into() }),
            Sought::Not(found) => found,
        })
    }

    async fn undo(
        &self,
        aws: &Aws,
        cx: &Cx,
        made: Made<'_, RouteTableOut>,
    ) -> Result<(), StepError> {
        let done = made.done().map(|table| table.id.as_str());
        for id in made::ids::<types::RouteTable>(aws, cx, done).await? {
            delete(aws, cx, &id).await?;
        }
        Ok(())
    }

    async fn update(
        &self,
        aws: &Aws,
        cx: &Cx,
        was: &Self,
        out: &RouteTableOut,
    ) -> Result<RouteTableOut, StepError> {
        retag(aws, cx, out.id.as_str(), &was.tags, &self.tags).await?;
        Ok(out.clone())
    }

    async fn check(
        &self,
        aws: &Aws,
        cx: &Cx,
        out: &RouteTableOut,
    ) -> Result<Vec<Drift>, StepError> {
        let Some(table) = get::<types::RouteTable>(aws, cx, out.id.as_str()).await? else {
            return Ok(vec![Drift::gone(&out.id)]);
        };
        Ok(Comparison::new()
            .optional("vpcId", cx.get(&self.vpc), table.vpc_id())
            .tags(&mark::with(aws, cx, &self.tags), table.tags())
            .drift())
    }
}

/// Deletes a table.
pub(crate) async fn delete(aws: &Aws, cx: &Cx, id: &str) -> Result<(), StepError> {
    let call = aws.ec2().delete_route_table().route_table_id(id);
    let removal = Removal::new("DeleteRouteTable", id, Blocked::RouteTable(id));
    remove(aws, cx, removal, || call.clone().send()).await
}

impl Resource for types::RouteTable {
    const ID_FILTER: &'static str = "route-table-id";

    async fn describe(aws: &Aws, cx: &Cx, by: Vec<Filter>) -> Result<Vec<Self>, StepError> {
        let call = aws.ec2().describe_route_tables().set_filters(Some(by));
        let reply = read(aws, cx, "DescribeRouteTables", || call.clone().send()).await?;
        Ok(reply.route_tables.unwrap_or_default())
    }

    fn id(&self) -> &str {
        self.route_table_id().unwrap_or_default()
    }

    fn tags(&self) -> &[Tag] {
        self.tags()
    }
}

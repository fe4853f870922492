//! [`Route`]: where the packets for some addresses go.

use crate::{
    Aws, Cidr, InternetGatewayId, NatGatewayId, RouteTableId,
    blockers::Blocked,
    call::act,
    comparison::Comparison,
    made::until_some,
    needs::{Draft, Needed, Needs},
    removal::{Removal, remove},
    resource::get,
};
use aws_sdk_ec2::types::{self, RouteState};
use hopper_core::{Cx, Drift, Found, Input, Made, Step, StepError};
use serde::{Deserialize, Serialize};

/// Adds a route to a route table.
///
/// A route carries no tags: it is found again by its table, its destination and its target. One
/// that leads elsewhere is somebody else's, and is neither replaced nor deleted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Route {
    /// The route table.
    pub route_table: Input<RouteTableId>,
    /// For which addresses.
    pub destination: Input<Cidr>,
    /// Where to.
    pub target: RouteTarget,
}

/// Where a [`Route`] leads.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RouteTarget {
    /// To the internet, for what has a public address.
    InternetGateway(Input<InternetGatewayId>),
    /// To the internet, for what has none.
    NatGateway(Input<NatGatewayId>),
}

impl RouteTarget {
    fn id<'a>(&'a self, cx: &'a Cx) -> &'a str {
        match self {
            Self::InternetGateway(id) => cx.get(id).as_str(),
            Self::NatGateway(id) => cx.get(id).as_str(),
        }
    }
}

impl Needs for Route {
    fn needs(&self, _: &Draft, needs: &mut Needed) {
        needs.calls(&["ec2:CreateRoute", "ec2:DeleteRoute", "ec2:DescribeRouteTables"]);
    }
}

impl Step for Route {
    const KIND: &'static str = "aws.ec2.route";
    const ATOMIC: bool = true;
    type Env = Aws;
    type Output = ();

    async fn run(&self, aws: &Aws, cx: &Cx) -> Result<(), StepError> {
        let call = aws
            .ec2()
            .create_route()
            .route_table_id(cx.get(&self.route_table).as_str())
            .destination_cidr_block(cx.get(&self.destination).to_string());
        let call = match &self.target {
            RouteTarget::InternetGateway(id) => call.gateway_id(cx.get(id).as_str()),
            RouteTarget::NatGateway(id) => call.nat_gateway_id(cx.get(id).as_str()),
        };
        match act(aws, cx, "CreateRoute", || call.clone().send()).await {
            Ok(_) => Ok(()),
            Err(error) if error.code() == Some("RouteAlreadyExists") => {
                match self.target_now(aws, cx).await? {
                    Some(target) if target == self.target.id(cx) => Ok(()),
                    Some(target) => {
                        Err(error
                            .with_hint(format!("the route leads to {target}, delete it first")))
                    }
                    None => Err(error),
                }
            }
            Err(error) => Err(error),
        }
    }

    async fn find(&self, aws: &Aws, cx: &Cx) -> Result<Found<()>, StepError> {
        Ok(match until_some(cx, || self.target_now(aws, cx)).await? {
            None => Found::Absent,
            Some(target) if target == self.target.id(cx) => Found::Present(()),
            Some(target) => {
                let destination = cx.get(&self.destination);
                Found::Conflict(format!("the route to {destination} leads to {target}"))
            }
        })
    }

    async fn undo(&self, aws: &Aws, cx: &Cx, _: Made<'_, ()>) -> Result<(), StepError> {
        if self.target_now(aws, cx).await?.as_deref() != Some(self.target.id(cx)) {
            return Ok(()); // gone, or somebody else's
        }
        let table = cx.get(&self.route_table).as_str();
        let destination = cx.get(&self.destination).to_string();
        let call =
            aws.ec2().delete_route().route_table_id(table).destination_cidr_block(&destination);
        let removal = Removal::new("DeleteRoute", table, Blocked::Unknown);
        remove(aws, cx, removal, || call.clone().send()).await
    }

    async fn check(&self, aws: &Aws, cx: &Cx, (): &()) -> Result<Vec<Drift>, StepError> {
        let (destination, target) = (cx.get(&self.destination), self.target.id(cx));
        let Some(route) = self.existing(aws, cx).await? else {
            return Ok(vec![Drift::gone(format_args!("route {destination} to {target}"))]);
        };
        Ok(Comparison::new()
            .optional("target", target, target_of(&route))
            .optional("state", RouteState::Active.as_str(), route.state().map(RouteState::as_str))
            .drift())
    }
}

impl Route {
    /// The route to these addresses, wherever it leads.
    async fn existing(&self, aws: &Aws, cx: &Cx) -> Result<Option<types::Route>, StepError> {
        let destination = cx.get(&self.destination).to_string();
        let id = cx.get(&self.route_table).as_str();
        let table = get::<types::RouteTable>(aws, cx, id).await?;
        let routes = table.and_then(|table| table.routes).unwrap_or_default();
        Ok(routes.into_iter().find(|r| r.destination_cidr_block() == Some(&destination)))
    }

    async fn target_now(&self, aws: &Aws, cx: &Cx) -> Result<Option<String>, StepError> {
        let route = self.existing(aws, cx).await?;
        Ok(route.map(|route| target_of(&route).unwrap_or("something else").to_owned()))
    }
}

/// What a route leads to, among the things routes are made to here.
fn target_of(route: &types::Route) -> Option<&str> {
    let targets = [
        route.gateway_id(),
        route.nat_gateway_id(),
        route.network_interface_id(),
        route.transit_gateway_id(),
        route.vpc_peering_connection_id(),
        route.egress_only_internet_gateway_id(),
    ];
    targets.into_iter().flatten().next()
}

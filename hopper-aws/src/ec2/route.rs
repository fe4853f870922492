//! [`Route`]: where the packets for some addresses go.

use super::vacancy::{claim, may_be_own, whose};
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
/// that leads elsewhere is somebody else's, and is neither replaced nor deleted. So is one that
/// leads to the same, on a table that the run has not made, when it was there before.
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
        let table = cx.get(&self.route_table);
        let may_be_own = claim(aws, cx, table, || self.taken(aws, cx)).await?;
        let created = act(aws, cx, "CreateRoute", || call.clone().send()).await;
        aws.fresh().set_refused(cx.token(), created.as_ref().is_err_and(StepError::is_refused));
        match created {
            Ok(_) => Ok(()),
            Err(error) if error.code() == Some("RouteAlreadyExists") => {
                match self.target_now(aws, cx).await? {
                    Some(target) if target == self.target.id(cx) && may_be_own => Ok(()),
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
        if !may_be_own(cx, cx.get(&self.route_table)) {
            return Ok(Found::Absent); // no call was sent
        }
        Ok(match until_some(cx, || self.target_now(aws, cx)).await? {
            None => Found::Absent,
            Some(target) if target == self.target.id(cx) => Found::Present(()),
            Some(target) => {
                let destination = cx.get(&self.destination);
                Found::Conflict(format!("the route to {destination} leads to {target}"))
            }
        })
    }

    async fn undo(&self, aws: &Aws, cx: &Cx, made: Made<'_, ()>) -> Result<(), StepError> {
        if made.done().is_none() && !may_be_own(cx, cx.get(&self.route_table)) {
            return Ok(()); // no call was sent
        }
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
        let Some((_, route)) = self.existing(aws, cx).await? else {
            return Ok(vec![Drift::gone(format_args!("route {destination} to {target}"))]);
        };
        Ok(Comparison::new()
            .optional("target", target, target_of(&route))
            .optional("state", RouteState::Active.as_str(), route.state().map(RouteState::as_str))
            .drift())
    }
}

impl Route {
    /// The table, and in it the route to these addresses, wherever it leads.
    async fn existing(
        &self,
        aws: &Aws,
        cx: &Cx,
    ) -> Result<Option<(types::RouteTable, types::Route)>, StepError> {
        let destination = cx.get(&self.destination).to_string();
        let id = cx.get(&self.route_table).as_str();
        let table = get::<types::RouteTable>(aws, cx, id).await?;
        Ok(table.and_then(|mut table| {
            let mut routes = table.routes.take().unwrap_or_default().into_iter();
            let route = routes.find(|r| r.destination_cidr_block() == Some(&destination))?;
            Some((table, route))
        }))
    }

    async fn target_now(&self, aws: &Aws, cx: &Cx) -> Result<Option<String>, StepError> {
        let existing = self.existing(aws, cx).await?;
        Ok(existing.map(|(_, route)| target_of(&route).unwrap_or(ELSEWHERE).to_owned()))
    }

    /// Why there is no place for it.
    async fn taken(&self, aws: &Aws, cx: &Cx) -> Result<Option<StepError>, StepError> {
        Ok(self.existing(aws, cx).await?.map(|(table, route)| {
            let (destination, target) = (cx.get(&self.destination), target_of(&route));
            StepError::permanent(format_args!(
                "route table {} has a route to {destination} already, which leads to {}",
                whose(&table),
                target.unwrap_or(ELSEWHERE),
            ))
            .with_operation("DescribeRouteTables")
            .with_hint("it is not of this run: delete it, or leave this one out")
        }))
    }
}

const ELSEWHERE: &str = "something else";

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

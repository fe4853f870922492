//! [`NatGateway`]: the way out for instances without a public address.

use crate::{
    AllocationId, Aws, NatGatewayId, NetworkInterfaceId, SubnetId, Tags,
    blockers::Blocked,
    call::{act, read},
    comparison::Comparison,
    error::{as_fragment, incomplete},
    made::{self, Sought, sought},
    mark,
    needs::{Draft, Limit, Needed, Needs, Place},
    pace::Pace,
    poll::{Verdict, until},
    removal::{Removal, remove},
    resource::{Resource, get},
    retag::retag,
};
use aws_sdk_ec2::types::{self, Filter, NatGatewayAddress, NatGatewayState, ResourceType, Tag};
use hopper_core::{Cx, Drift, Found, Input, Made, Step, StepError, outputs};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Usually 105 s (public logs: 85 to 125), at worst ten minutes (kops, issue 944).
const AVAILABLE: Pace = Pace::secs(85, 105, 900);
/// Usually a minute (public logs: 37 to 79 s).
const DELETED: Pace = Pace::secs(37, 60, 900);

/// Creates a NAT gateway with a public address, and waits until it can be used.
///
/// Its VPC needs an internet gateway attached first, or it ends in `failed`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NatGateway {
    /// The subnet it is in: a public one.
    pub subnet: Input<SubnetId>,
    /// The address it speaks with.
    pub address: Input<AllocationId>,
    /// Its tags.
    pub tags: Tags,
}

outputs! {
    /// A NAT gateway.
    pub struct NatGatewayOut -> NatGatewayRefs {
        /// Its id.
        id: NatGatewayId,
        /// Its network interface in the subnet.
        network_interface: NetworkInterfaceId,
    }
}

impl Needs for NatGateway {
    fn needs(&self, draft: &Draft, needs: &mut Needed) {
        needs.calls(&["ec2:CreateNatGateway", "ec2:CreateTags", "ec2:DeleteNatGateway"]);
        needs.calls(&["ec2:DescribeNatGateways"]);
        needs.retags(None, &["ec2:CreateTags"], &["ec2:DeleteTags"]);
        let subnet = Place::of(draft, &self.subnet);
        if let (Some(subnet), Some(address)) = (subnet.id(), draft.get(&self.address)) {
            let (subnet, address) = (subnet.to_owned(), address.to_string());
            needs.tries("ec2:CreateNatGateway", |aws| {
                let call = aws.ec2().create_nat_gateway().subnet_id(subnet).allocation_id(address);
                call.dry_run(true).send()
            });
        }
        needs.takes_in(Limit::NatGateways, subnet);
    }
}

impl Step for NatGateway {
    const KIND: &'static str = "aws.ec2.nat_gateway";
    const ATOMIC: bool = true;
    const UPDATES: &'static [&'static str] = &["tags"];
    type Env = Aws;
    type Output = NatGatewayOut;

    async fn run(&self, aws: &Aws, cx: &Cx) -> Result<NatGatewayOut, StepError> {
        let id: NatGatewayId = made::once(aws, cx, || async {
            let call = aws
                .ec2()
                .create_nat_gateway()
                .subnet_id(cx.get(&self.subnet).as_str())
                .allocation_id(cx.get(&self.address).as_str())
                .client_token(cx.token())
                .tag_specifications(mark::specification(
                    aws,
                    cx,
                    ResourceType::Natgateway,
                    &self.tags,
                ));
            let reply = act(aws, cx, "CreateNatGateway", || call.clone().send()).await?;
            let id = reply.nat_gateway.and_then(|gateway| gateway.nat_gateway_id);
            id.map(NatGatewayId::from).ok_or_else(|| incomplete("CreateNatGateway", "id"))
        })
        .await?;
        until(aws, cx, id.as_str(), AVAILABLE, cx.age(), available).await
    }

    async fn find(&self, aws: &Aws, cx: &Cx) -> Result<Found<NatGatewayOut>, StepError> {
        let gateway: types::NatGateway = match sought(aws, cx).await? {
            Sought::One(gateway) => gateway,
            Sought::Not(found) => return Ok(found),
        };
        match available(Some(&gateway)) {
            Verdict::Ready(output) => Ok(Found::Present(output)),
            Verdict::NotYet(_) => made::underway(cx, gateway.id()).await,
            Verdict::Never(_) => Ok(Found::Partly),
        }
    }

    async fn undo(
        &self,
        aws: &Aws,
        cx: &Cx,
        made: Made<'_, NatGatewayOut>,
    ) -> Result<(), StepError> {
        let done = made.done().map(|gateway| gateway.id.as_str());
        for id in made::ids::<types::NatGateway>(aws, cx, done).await? {
            delete(aws, cx, &id).await?;
        }
        Ok(())
    }

    async fn update(
        &self,
        aws: &Aws,
        cx: &Cx,
        was: &Self,
        out: &NatGatewayOut,
    ) -> Result<NatGatewayOut, StepError> {
        retag(aws, cx, out.id.as_str(), &was.tags, &self.tags).await?;
        Ok(out.clone())
    }

    async fn check(
        &self,
        aws: &Aws,
        cx: &Cx,
        out: &NatGatewayOut,
    ) -> Result<Vec<Drift>, StepError> {
        let Some(gateway) = get::<types::NatGateway>(aws, cx, out.id.as_str()).await? else {
            return Ok(vec![Drift::gone(&out.id)]);
        };
        let address = gateway.nat_gateway_addresses().first();
        Ok(Comparison::new()
            .optional("state", "available", gateway.state())
            .optional("subnetId", cx.get(&self.subnet), gateway.subnet_id())
            .optional(
                "allocationId",
                cx.get(&self.address),
                address.and_then(NatGatewayAddress::allocation_id),
            )
            .tags(&mark::with(aws, cx, &self.tags), gateway.tags())
            .drift())
    }
}

/// Whether it can be used.
fn available(gateway: Option<&types::NatGateway>) -> Verdict<NatGatewayOut> {
    let Some(gateway) = gateway else { return Verdict::NotYet("not visible".to_owned()) };
    match gateway.state() {
        Some(NatGatewayState::Available) => {
            output(gateway).map_or_else(Verdict::Never, Verdict::Ready)
        }
        Some(NatGatewayState::Pending) | None => Verdict::NotYet("pending".to_owned()),
        Some(NatGatewayState::Failed) => Verdict::Never(failure(gateway)),
        Some(state) => Verdict::Never(StepError::permanent(format_args!(
            "{} is {state}: somebody else has deleted it",
            gateway.id()
        ))),
    }
}

/// A gateway that failed holds nothing any more, and AWS deletes it by itself within about an hour
/// ("Troubleshoot NAT gateways" in the VPC guide).
fn deleted(gateway: Option<&types::NatGateway>) -> Verdict<()> {
    match gateway.and_then(types::NatGateway::state) {
        None | Some(NatGatewayState::Deleted | NatGatewayState::Failed) => Verdict::Ready(()),
        Some(state) => Verdict::NotYet(state.to_string()),
    }
}

/// Why it has failed, with AWS's code for it.
fn failure(gateway: &types::NatGateway) -> StepError {
    let code = gateway.failure_code().unwrap_or("unknown");
    let message = as_fragment(gateway.failure_message().unwrap_or("no reason given"));
    let error = StepError::permanent(format_args!("{} has failed: {message}", gateway.id()));
    let error = error.with_code(code);
    match code {
        "Gateway.NotAttached" => error.with_hint("attach an internet gateway to the VPC first"),
        "InsufficientFreeAddressesInSubnet" => error.with_hint("choose a larger subnet"),
        "Resource.AlreadyAssociated" => error.with_hint("give it an address of its own"),
        _ => error,
    }
}

fn output(gateway: &types::NatGateway) -> Result<NatGatewayOut, StepError> {
    let address = gateway.nat_gateway_addresses().first();
    let interface = address.and_then(NatGatewayAddress::network_interface_id);
    let lacking = || incomplete("DescribeNatGateways", "network interface");
    Ok(NatGatewayOut {
        id: gateway.id().into(),
        network_interface: interface.ok_or_else(lacking)?.into(),
    })
}

/// Deletes a gateway, and waits until it is gone.
pub(crate) async fn delete(aws: &Aws, cx: &Cx, id: &str) -> Result<(), StepError> {
    let call = aws.ec2().delete_nat_gateway().nat_gateway_id(id);
    let removal = Removal::new("DeleteNatGateway", id, Blocked::Unknown);
    remove(aws, cx, removal, || call.clone().send()).await?;
    until(aws, cx, id, DELETED, Duration::ZERO, deleted).await
}

impl Resource for types::NatGateway {
    const ID_FILTER: &'static str = "nat-gateway-id";

    async fn describe(aws: &Aws, cx: &Cx, by: Vec<Filter>) -> Result<Vec<Self>, StepError> {
        let call = aws.ec2().describe_nat_gateways().set_filter(Some(by));
        let reply = read(aws, cx, "DescribeNatGateways", || call.clone().send()).await?;
        Ok(reply.nat_gateways.unwrap_or_default())
    }

    fn id(&self) -> &str {
        self.nat_gateway_id().unwrap_or_default()
    }

    fn tags(&self) -> &[Tag] {
        self.tags()
    }

    /// It stays listed for about an hour.
    fn is_husk(&self) -> bool {
        self.state() == Some(&NatGatewayState::Deleted)
    }
}

//! [`Address`]: a public address of one's own.

use crate::{
    AllocationId, Aws, Tags,
    blockers::Blocked,
    call::{act, read},
    comparison::Comparison,
    error::incomplete,
    made::{self, Sought, sought},
    mark,
    needs::{Draft, Limit, Needed, Needs},
    pace::Pace,
    poll::{Verdict, until},
    removal::{Removal, remove},
    resource::{Resource, get},
    retag::retag,
};
use aws_sdk_ec2::types::{self, DomainType, Filter, ResourceType, Tag};
use hopper_core::{Cx, Drift, Found, Made, Step, StepError, outputs};
use serde::{Deserialize, Serialize};
use std::net::Ipv4Addr;

/// There at once, if visible.
const VISIBLE: Pace = Pace::secs(1, 1, 120);

/// What is refused for a while after the NAT gateway that had the address is gone: seen in public
/// logs and retried by others (Cluster API's AWS provider, `eips.go`; Terraform's AWS provider,
/// issue 49299). `AuthFailure` does not mean what it says there.
const STILL_IN_USE: [&str; 3] =
    ["AuthFailure", "InvalidIPAddress.InUse", "InvalidNetworkInterfaceID.NotFound"];

/// Released after 1 to 9 s (public logs), seldom minutes.
const RELEASED: Pace = Pace::secs(1, 5, 300);

/// Allocates an Elastic IP address.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Address {
    /// Its tags.
    pub tags: Tags,
}

outputs! {
    /// An Elastic IP address.
    pub struct AddressOut -> AddressRefs {
        /// Its id.
        id: AllocationId,
        /// The address.
        public_ip: Ipv4Addr,
    }
}

impl Needs for Address {
    fn needs(&self, _: &Draft, needs: &mut Needed) {
        needs.calls(&["ec2:AllocateAddress", "ec2:CreateTags", "ec2:DescribeAddresses"]);
        needs.calls(&["ec2:ReleaseAddress"]);
        needs.retags(None, &["ec2:CreateTags"], &["ec2:DeleteTags"]);
        needs.takes(Limit::Addresses);
        needs.tries("ec2:AllocateAddress", |aws| {
            aws.ec2().allocate_address().domain(DomainType::Vpc).dry_run(true).send()
        });
    }
}

impl Step for Address {
    const KIND: &'static str = "aws.ec2.address";
    const ATOMIC: bool = true;
    const UPDATES: &'static [&'static str] = &["tags"];
    type Env = Aws;
    type Output = AddressOut;

    async fn run(&self, aws: &Aws, cx: &Cx) -> Result<AddressOut, StepError> {
        let id: AllocationId = made::once(aws, cx, || async {
            let tags = mark::specification(aws, cx, ResourceType::ElasticIp, &self.tags);
            let call =
                aws.ec2().allocate_address().domain(DomainType::Vpc).tag_specifications(tags);
            let reply = act(aws, cx, "AllocateAddress", || call.clone().send()).await?;
            let id = reply.allocation_id.map(AllocationId::from);
            id.ok_or_else(|| incomplete("AllocateAddress", "id"))
        })
        .await?;
        until(aws, cx, id.as_str(), VISIBLE, cx.age(), |address| match address {
            Some(address) => output(address).map_or_else(Verdict::Never, Verdict::Ready),
            None => Verdict::NotYet("not visible".to_owned()),
        })
        .await
    }

    async fn find(&self, aws: &Aws, cx: &Cx) -> Result<Found<AddressOut>, StepError> {
        Ok(match sought::<types::Address, _>(aws, cx).await? {
            Sought::One(address) => Found::Present(output(&address)?),
            Sought::Not(found) => found,
        })
    }

    async fn undo(&self, aws: &Aws, cx: &Cx, made: Made<'_, AddressOut>) -> Result<(), StepError> {
        let done = made.done().map(|address| address.id.as_str());
        for id in made::ids::<types::Address>(aws, cx, done).await? {
            delete(aws, cx, &id).await?;
        }
        Ok(())
    }

    async fn update(
        &self,
        aws: &Aws,
        cx: &Cx,
        was: &Self,
        out: &AddressOut,
    ) -> Result<AddressOut, StepError> {
        retag(aws, cx, out.id.as_str(), &was.tags, &self.tags).await?;
        Ok(out.clone())
    }

    async fn check(&self, aws: &Aws, cx: &Cx, out: &AddressOut) -> Result<Vec<Drift>, StepError> {
        let Some(address) = get::<types::Address>(aws, cx, out.id.as_str()).await? else {
            return Ok(vec![Drift::gone(&out.id)]);
        };
        Ok(Comparison::new()
            .optional("publicIp", out.public_ip, address.public_ip())
            .tags(&mark::with(aws, cx, &self.tags), address.tags())
            .drift())
    }
}

fn output(address: &types::Address) -> Result<AddressOut, StepError> {
    let public_ip = address.public_ip().and_then(|ip| ip.parse().ok());
    Ok(AddressOut {
        id: address.id().into(),
        public_ip: public_ip.ok_or_else(|| incomplete("DescribeAddresses", "public IP address"))?,
    })
}

/// Releases an address.
pub(crate) async fn delete(aws: &Aws, cx: &Cx, id: &str) -> Result<(), StepError> {
    let call = aws.ec2().release_address().allocation_id(id);
    let removal = Removal {
        passing: &STILL_IN_USE,
        pace: RELEASED,
        ..Removal::new("ReleaseAddress", id, Blocked::Address(id))
    };
    remove(aws, cx, removal, || call.clone().send()).await
}

impl Resource for types::Address {
    const ID_FILTER: &'static str = "allocation-id";

    async fn describe(aws: &Aws, cx: &Cx, by: Vec<Filter>) -> Result<Vec<Self>, StepError> {
        let call = aws.ec2().describe_addresses().set_filters(Some(by));
        let reply = read(aws, cx, "DescribeAddresses", || call.clone().send()).await?;
        Ok(reply.addresses.unwrap_or_default())
    }

    fn id(&self) -> &str {
        self.allocation_id().unwrap_or_default()
    }

    fn tags(&self) -> &[Tag] {
        self.tags()
    }
}

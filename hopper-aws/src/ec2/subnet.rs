//! [`Subnet`]: the part of a VPC that lies in one zone.

use crate::{
    Aws, Cidr, SubnetId, Tags, VpcId,
    blockers::Blocked,
    call::{act, read},
    claim::maker,
    comparison::Comparison,
    error::incomplete,
    made::{self, Sought, sought},
    mark,
    needs::{Draft, Needed, Needs, Place},
    pace::Pace,
    poll::{Verdict, until},
    removal::{Removal, remove},
    resource::{Resource, get},
    retag::retag,
};
use aws_sdk_ec2::types::{self, Filter, ResourceType, SubnetState, Tag};
use hopper_core::{Cx, Drift, Found, Input, Made, Step, StepError, outputs};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Usable after 0.8 s (public logs: 0 to 11 s).
const AVAILABLE: Pace = Pace::secs(1, 1, 120);

/// Creates a subnet.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Subnet {
    /// The VPC it is a part of.
    pub vpc: Input<VpcId>,
    /// The zone it lies in, e.g. `eu-west-1a`.
    pub zone: Input<String>,
    /// Its addresses.
    pub cidr: Input<Cidr>,
    /// Its tags.
    pub tags: Tags,
}

outputs! {
    /// A subnet.
    pub struct SubnetOut -> SubnetRefs {
        /// Its id.
        id: SubnetId,
        /// Its addresses.
        cidr: Cidr,
        /// Its zone.
        zone: String,
    }
}

impl Needs for Subnet {
    fn needs(&self, draft: &Draft, needs: &mut Needed) {
        needs.calls(&["ec2:CreateSubnet", "ec2:CreateTags", "ec2:DeleteSubnet"]);
        needs.calls(&["ec2:DescribeSubnets"]);
        needs.retags(None, &["ec2:CreateTags"], &["ec2:DeleteTags"]);
        let (vpc, cidr) = (Place::of(draft, &self.vpc), draft.get(&self.cidr).copied());
        if let (Some(vpc), Some(cidr)) = (vpc.id(), cidr) {
            let (vpc, cidr) = (vpc.to_owned(), cidr.to_string());
            needs.tries("ec2:CreateSubnet", |aws| {
                aws.ec2().create_subnet().vpc_id(vpc).cidr_block(cidr).dry_run(true).send()
            });
        }
        needs.is_subnet(vpc, draft.get(&self.zone).cloned(), cidr);
    }
}

impl Step for Subnet {
    const KIND: &'static str = "aws.ec2.subnet";
    const ATOMIC: bool = true;
    const UPDATES: &'static [&'static str] = &["tags"];
    type Env = Aws;
    type Output = SubnetOut;

    async fn run(&self, aws: &Aws, cx: &Cx) -> Result<SubnetOut, StepError> {
        let id: SubnetId = made::once(aws, cx, || async {
            let call = aws
                .ec2()
                .create_subnet()
                .vpc_id(cx.get(&self.vpc).as_str())
                .availability_zone(cx.get(&self.zone))
                .cidr_block(cx.get(&self.cidr).to_string())
                .tag_specifications(mark::specification(aws, cx, ResourceType::Subnet, &self.tags));
            let reply = match act(aws, cx, "CreateSubnet", || call.clone().send()).await {
                Err(error) if error.code() == Some("InvalidSubnet.Conflict") => {
                    return Err(match self.overlapping(aws, cx).await.ok().flatten() {
                        Some(subnet) => error.with_hint(taken(&subnet)),
                        None => error,
                    });
                }
                reply => reply?,
            };
            let id = reply.subnet.and_then(|subnet| subnet.subnet_id);
            id.map(SubnetId::from).ok_or_else(|| incomplete("CreateSubnet", "id"))
        })
        .await?;
        until(aws, cx, id.as_str(), AVAILABLE, Duration::ZERO, |seen| self.available(cx, seen))
            .await
    }

    async fn find(&self, aws: &Aws, cx: &Cx) -> Result<Found<SubnetOut>, StepError> {
        let subnet: types::Subnet = match sought(aws, cx).await? {
            Sought::One(subnet) => subnet,
            Sought::Not(found) => return Ok(found),
        };
        match self.available(cx, Some(&subnet)) {
            Verdict::Ready(output) => Ok(Found::Present(output)),
            _ => made::underway(cx, subnet.id()).await,
        }
    }

    async fn undo(&self, aws: &Aws, cx: &Cx, made: Made<'_, SubnetOut>) -> Result<(), StepError> {
        let done = made.done().map(|subnet| subnet.id.as_str());
        for id in made::ids::<types::Subnet>(aws, cx, done).await? {
            delete(aws, cx, &id).await?;
        }
        Ok(())
    }

    async fn update(
        &self,
        aws: &Aws,
        cx: &Cx,
        was: &Self,
        out: &SubnetOut,
    ) -> Result<SubnetOut, StepError> {
        retag(aws, cx, out.id.as_str(), &was.tags, &self.tags).await?;
        Ok(out.clone())
    }

    async fn check(&self, aws: &Aws, cx: &Cx, out: &SubnetOut) -> Result<Vec<Drift>, StepError> {
        let Some(subnet) = get::<types::Subnet>(aws, cx, out.id.as_str()).await? else {
            return Ok(vec![Drift::gone(&out.id)]);
        };
        Ok(Comparison::new()
            .optional("vpcId", cx.get(&self.vpc), subnet.vpc_id())
            .optional("availabilityZone", &out.zone, subnet.availability_zone())
            .optional("cidrBlock", out.cidr, subnet.cidr_block())
            .tags(&mark::with(aws, cx, &self.tags), subnet.tags())
            .drift())
    }
}

impl Subnet {
    /// The subnet of the VPC that has some of its addresses.
    async fn overlapping(&self, aws: &Aws, cx: &Cx) -> Result<Option<types::Subnet>, StepError> {
        let by = vec![mark::filter("vpc-id", cx.get(&self.vpc).as_str())];
        let subnets = types::Subnet::describe(aws, cx, by).await?;
        Ok(subnets.into_iter().find(|subnet| {
            let cidr = subnet.cidr_block().and_then(|cidr| cidr.parse::<Cidr>().ok());
            cidr.is_some_and(|cidr| cidr.overlaps(cx.get(&self.cidr)))
        }))
    }

    /// Whether it can be used.
    fn available(&self, cx: &Cx, seen: Option<&types::Subnet>) -> Verdict<SubnetOut> {
        let Some(subnet) = seen else { return Verdict::NotYet("not visible".to_owned()) };
        match subnet.state() {
            Some(SubnetState::Available) => Verdict::Ready(SubnetOut {
                id: subnet.id().into(),
                cidr: *cx.get(&self.cidr),
                zone: cx.get(&self.zone).clone(),
            }),
            state => Verdict::NotYet(state.map_or("pending", SubnetState::as_str).to_owned()),
        }
    }
}

/// Whose the addresses are.
fn taken(by: &types::Subnet) -> String {
    format!(
        "subnet {} with {} was {}: choose addresses that are free, or delete it",
        by.id(),
        by.cidr_block().unwrap_or_default(),
        maker(by.tags())
    )
}

/// Deletes a subnet.
pub(crate) async fn delete(aws: &Aws, cx: &Cx, id: &str) -> Result<(), StepError> {
    let call = aws.ec2().delete_subnet().subnet_id(id);
    let removal = Removal::new("DeleteSubnet", id, Blocked::Subnet(id));
    remove(aws, cx, removal, || call.clone().send()).await
}

impl Resource for types::Subnet {
    const ID_FILTER: &'static str = "subnet-id";

    async fn describe(aws: &Aws, cx: &Cx, by: Vec<Filter>) -> Result<Vec<Self>, StepError> {
        let call = aws.ec2().describe_subnets().set_filters(Some(by));
        let reply = read(aws, cx, "DescribeSubnets", || call.clone().send()).await?;
        Ok(reply.subnets.unwrap_or_default())
    }

    fn id(&self) -> &str {
        self.subnet_id().unwrap_or_default()
    }

    fn tags(&self) -> &[Tag] {
        self.tags()
    }
}

//! [`Vpc`]: a network of one's own.

use crate::{
    Aws, Cidr, RouteTableId, SecurityGroupId, Tags, VpcId,
    blockers::Blocked,
    call::{act, read},
    comparison::Comparison,
    error::incomplete,
    made::{self, Sought, sought},
    mark::{self, filter},
    needs::{Draft, Limit, Needed, Needs},
    pace::Pace,
    poll::{Verdict, until},
    removal::{Removal, remove},
    resource::{Resource, get},
    retag::retag,
};
use aws_sdk_ec2::types::{
    self, AttributeBooleanValue, Filter, ResourceType, Tag, VpcAttributeName, VpcState,
};
use hopper_core::{Cx, Drift, Found, Input, Made, Step, StepError, outputs};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Usable after a second (public logs: 0 to 11 s).
const AVAILABLE: Pace = Pace::secs(1, 1, 120);

/// Creates a VPC, and sets its two DNS attributes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Vpc {
    /// Its addresses.
    pub cidr: Input<Cidr>,
    /// Whether AWS's name server answers in it (AWS's default: yes).
    pub dns_support: bool,
    /// Whether instances with a public address get a public name (AWS's default: no).
    pub dns_hostnames: bool,
    /// Its tags.
    pub tags: Tags,
}

outputs! {
    /// A VPC, with what AWS makes along with it.
    pub struct VpcOut -> VpcRefs {
        /// Its id.
        id: VpcId,
        /// Its addresses.
        cidr: Cidr,
        /// The route table of every subnet that has no other.
        main_route_table: RouteTableId,
        /// The security group of everything that has no other.
        default_security_group: SecurityGroupId,
    }
}

impl Needs for Vpc {
    fn needs(&self, draft: &Draft, needs: &mut Needed) {
        needs.calls(&["ec2:CreateTags", "ec2:CreateVpc", "ec2:DeleteVpc", "ec2:DescribeVpcs"]);
        needs.calls(&["ec2:DescribeRouteTables", "ec2:DescribeSecurityGroups"]);
        needs.calls(&["ec2:DescribeVpcAttribute"]);
        needs.changes(Self::UPDATES, &["ec2:DescribeVpcAttribute"]);
        needs.changes(&["dns_hostnames", "dns_support"], &["ec2:ModifyVpcAttribute"]);
        needs.retags(None, &["ec2:CreateTags"], &["ec2:DeleteTags"]);
        if !self.dns_support || self.dns_hostnames {
            needs.calls(&["ec2:ModifyVpcAttribute"]);
        }
        needs.takes(Limit::Vpcs);
        let cidr = draft.get(&self.cidr).copied();
        needs.is_vpc(cidr);
        let cidr = cidr.map(|cidr| cidr.to_string());
        needs.tries("ec2:CreateVpc", |aws| {
            aws.ec2().create_vpc().set_cidr_block(cidr).dry_run(true).send()
        });
    }
}

impl Step for Vpc {
    const KIND: &'static str = "aws.ec2.vpc";
    const UPDATES: &'static [&'static str] = &["dns_hostnames", "dns_support", "tags"];
    type Env = Aws;
    type Output = VpcOut;

    async fn run(&self, aws: &Aws, cx: &Cx) -> Result<VpcOut, StepError> {
        let id: VpcId = made::once(aws, cx, || async {
            let call = aws
                .ec2()
                .create_vpc()
                .cidr_block(cx.get(&self.cidr).to_string())
                .tag_specifications(mark::specification(aws, cx, ResourceType::Vpc, &self.tags));
            let reply = act(aws, cx, "CreateVpc", || call.clone().send()).await?;
            let id = reply.vpc.and_then(|vpc| vpc.vpc_id);
            id.map(VpcId::from).ok_or_else(|| incomplete("CreateVpc", "id"))
        })
        .await?;
        // Not `try_join!`: it would drop a call in flight.
        let (available, configured, output) = tokio::join!(
            available(aws, cx, &id, Duration::ZERO),
            self.configure(aws, cx, &id),
            self.output(aws, cx, &id),
        );
        available.and(configured).and(output)
    }

    async fn find(&self, aws: &Aws, cx: &Cx) -> Result<Found<VpcOut>, StepError> {
        let vpc: types::Vpc = match sought(aws, cx).await? {
            Sought::One(vpc) => vpc,
            Sought::Not(found) => return Ok(found),
        };
        let id: VpcId = vpc.id().into();
        let [support, hostnames] = attributes(aws, cx, &id).await?;
        let is_done = vpc.state() == Some(&VpcState::Available)
            && (support, hostnames) == (self.dns_support, self.dns_hostnames);
        match is_done {
            true => self.output(aws, cx, &id).await.map(Found::Present),
            false => made::underway(cx, id.as_str()).await,
        }
    }

    async fn undo(&self, aws: &Aws, cx: &Cx, made: Made<'_, VpcOut>) -> Result<(), StepError> {
        let done = made.done().map(|vpc| vpc.id.as_str());
        for id in made::ids::<types::Vpc>(aws, cx, done).await? {
            delete(aws, cx, &id).await?;
        }
        Ok(())
    }

    async fn update(
        &self,
        aws: &Aws,
        cx: &Cx,
        was: &Self,
        out: &VpcOut,
    ) -> Result<VpcOut, StepError> {
        let [support, hostnames] = attributes(aws, cx, &out.id).await?;
        let modify = aws.ec2().modify_vpc_attribute().vpc_id(out.id.as_str());
        let give_names = modify.clone().enable_dns_hostnames(boolean(self.dns_hostnames));
        let answer = modify.enable_dns_support(boolean(self.dns_support));
        // Names need the name server: they go before it does, and come after it.
        let calls = [
            (hostnames && !self.dns_hostnames).then(|| give_names.clone()),
            (support != self.dns_support).then_some(answer),
            (!hostnames && self.dns_hostnames).then_some(give_names),
        ];
        for call in calls.into_iter().flatten() {
            act(aws, cx, "ModifyVpcAttribute", || call.clone().send()).await?;
        }
        retag(aws, cx, out.id.as_str(), &was.tags, &self.tags).await?;
        Ok(out.clone())
    }

    async fn check(&self, aws: &Aws, cx: &Cx, out: &VpcOut) -> Result<Vec<Drift>, StepError> {
        let Some(vpc) = get::<types::Vpc>(aws, cx, out.id.as_str()).await? else {
            return Ok(vec![Drift::gone(&out.id)]);
        };
        let [support, hostnames] = attributes(aws, cx, &out.id).await?;
        Ok(Comparison::new()
            .optional("cidrBlock", out.cidr, vpc.cidr_block())
            .field("enableDnsSupport", self.dns_support, support)
            .field("enableDnsHostnames", self.dns_hostnames, hostnames)
            .tags(&mark::with(aws, cx, &self.tags), vpc.tags())
            .drift())
    }
}

impl Vpc {
    /// Changes the attributes that are not to be as AWS makes them.
    async fn configure(&self, aws: &Aws, cx: &Cx, id: &VpcId) -> Result<(), StepError> {
        let modify = aws.ec2().modify_vpc_attribute().vpc_id(id.as_str());
        if !self.dns_support {
            let call = modify.clone().enable_dns_support(boolean(false));
            act(aws, cx, "ModifyVpcAttribute", || call.clone().send()).await?;
        }
        if self.dns_hostnames {
            let call = modify.enable_dns_hostnames(boolean(true));
            act(aws, cx, "ModifyVpcAttribute", || call.clone().send()).await?;
        }
        Ok(())
    }

    /// The output, with what AWS has made along with the VPC.
    async fn output(&self, aws: &Aws, cx: &Cx, id: &VpcId) -> Result<VpcOut, StepError> {
        let tables = aws
            .ec2()
            .describe_route_tables()
            .filters(filter("vpc-id", id.as_str()))
            .filters(filter("association.main", "true"));
        let groups = aws
            .ec2()
            .describe_security_groups()
            .filters(filter("vpc-id", id.as_str()))
            .filters(filter("group-name", "default"));
        let (tables, groups) = tokio::try_join!(
            read(aws, cx, "DescribeRouteTables", || tables.clone().send()),
            read(aws, cx, "DescribeSecurityGroups", || groups.clone().send()),
        )?;
        let table = tables.route_tables().first().and_then(|table| table.route_table_id());
        let group = groups.security_groups().first().and_then(|group| group.group_id());
        Ok(VpcOut {
            cidr: *cx.get(&self.cidr),
            main_route_table: table
                .ok_or_else(|| incomplete("DescribeRouteTables", "main route table yet"))?
                .into(),
            default_security_group: group
                .ok_or_else(|| incomplete("DescribeSecurityGroups", "default group yet"))?
                .into(),
            id: id.clone(),
        })
    }
}

/// Deletes a VPC.
pub(crate) async fn delete(aws: &Aws, cx: &Cx, id: &str) -> Result<(), StepError> {
    let call = aws.ec2().delete_vpc().vpc_id(id);
    let removal = Removal::new("DeleteVpc", id, Blocked::Vpc(id));
    remove(aws, cx, removal, || call.clone().send()).await
}

impl Resource for types::Vpc {
    const ID_FILTER: &'static str = "vpc-id";

    async fn describe(aws: &Aws, cx: &Cx, by: Vec<Filter>) -> Result<Vec<Self>, StepError> {
        let call = aws.ec2().describe_vpcs().set_filters(Some(by));
        let reply = read(aws, cx, "DescribeVpcs", || call.clone().send()).await?;
        Ok(reply.vpcs.unwrap_or_default())
    }

    fn id(&self) -> &str {
        self.vpc_id().unwrap_or_default()
    }

    fn tags(&self) -> &[Tag] {
        self.tags()
    }
}

async fn available(aws: &Aws, cx: &Cx, id: &VpcId, age: Duration) -> Result<(), StepError> {
    until(aws, cx, id.as_str(), AVAILABLE, age, |vpc: Option<&types::Vpc>| {
        match vpc.and_then(types::Vpc::state) {
            Some(VpcState::Available) => Verdict::Ready(()),
            state => Verdict::NotYet(state.map_or("not visible", VpcState::as_str).to_owned()),
        }
    })
    .await
}

/// `enableDnsSupport` and `enableDnsHostnames`, which a describe does not show.
async fn attributes(aws: &Aws, cx: &Cx, id: &VpcId) -> Result<[bool; 2], StepError> {
    let of = |name| aws.ec2().describe_vpc_attribute().vpc_id(id.as_str()).attribute(name);
    let support = of(VpcAttributeName::EnableDnsSupport);
    let hostnames = of(VpcAttributeName::EnableDnsHostnames);
    let (support, hostnames) = tokio::try_join!(
        read(aws, cx, "DescribeVpcAttribute", || support.clone().send()),
        read(aws, cx, "DescribeVpcAttribute", || hostnames.clone().send()),
    )?;
    Ok([support.enable_dns_support, hostnames.enable_dns_hostnames]
        .map(|attribute| attribute.and_then(|a| a.value).unwrap_or_default()))
}

fn boolean(value: bool) -> AttributeBooleanValue {
    AttributeBooleanValue::builder().value(value).build()
}

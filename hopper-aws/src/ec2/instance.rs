//! [`Instance`]: a machine.

use super::{Credits, MetadataOptions, RootVolume, UserData};
use crate::{
    Aws, ImageId, InstanceId, NetworkInterfaceId, SecurityGroupId, SubnetId, Tags,
    blockers::Blocked,
    call::{act, read},
    comparison::Comparison,
    error::{as_fragment, incomplete},
    made::{self, Sought, sought},
    mark,
    pace::Pace,
    poll::{Verdict, until},
    removal::{Removal, remove},
    resource::{Resource, get},
};
use aws_sdk_ec2::types::{
    self, Filter, IamInstanceProfileSpecification, InstanceNetworkInterfaceSpecification,
    InstanceStateName, InstanceType, ResourceType,
};
use hopper_core::{Cx, Drift, Found, Input, Made, Step, StepError, outputs};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, net::Ipv4Addr, time::Duration};

/// Usually 13 s (boot benchmarks and public logs: 5 to 18).
const RUNNING: Pace = Pace::secs(5, 13, 600);
/// Usually 35 s (public logs: 20 to 62).
pub(crate) const TERMINATED: Pace = Pace::secs(20, 35, 900);

/// Runs an instance, and waits until it is `running`: not until it answers.
///
/// ```
/// use hopper_aws::ec2::{Instance, MetadataOptions, RootVolume};
///
/// let host = Instance {
///     private_ip: Some([10, 0, 0, 10].into()),
///     metadata: Some(MetadataOptions::default()),
///     root_volume: Some(RootVolume::default()),
///     ..Instance::new("ami-0123456789abcdef0", "t3.medium", "subnet-0123456789abcdef0")
/// };
/// # let _ = host;
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Instance {
    /// The image it starts from.
    pub image: Input<ImageId>,
    /// Its type, e.g. `t3.micro`.
    pub instance_type: String,
    /// The subnet it is in.
    pub subnet: Input<SubnetId>,
    /// Its security groups.
    pub security_groups: Vec<Input<SecurityGroupId>>,
    /// The name of the key pair that opens it, if any.
    pub key_name: Input<Option<String>>,
    /// Whether it gets a public address, whatever the subnet says.
    pub public_address: bool,
    /// Its address in the subnet; AWS chooses one otherwise.
    pub private_ip: Option<Ipv4Addr>,
    /// The name of the instance profile whose role it acts in, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<Input<String>>,
    /// What it may do once its CPU credits are used up; its type's default otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credits: Option<Credits>,
    /// How its metadata service is reached; as the image and the account say otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<MetadataOptions>,
    /// The disk it starts from; the image's otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root_volume: Option<RootVolume>,
    /// What it is given to run when it first starts, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_data: Option<UserData>,
    /// Its tags, and those of its volume and its network interface.
    pub tags: Tags,
}

outputs! {
    /// An instance.
    pub struct InstanceOut -> InstanceRefs {
        /// Its id.
        id: InstanceId,
        /// Its address in the VPC.
        private_ip: Ipv4Addr,
        /// Its name in the VPC, e.g. `ip-10-0-0-10.eu-west-1.compute.internal`.
        private_dns: String,
        /// Its public address, if it has one.
        public_ip: Option<Ipv4Addr>,
        /// Its network interface.
        network_interface: NetworkInterfaceId,
    }
}

impl Step for Instance {
    const KIND: &'static str = "aws.ec2.instance";
    const ATOMIC: bool = true;
    type Env = Aws;
    type Output = InstanceOut;

    async fn run(&self, aws: &Aws, cx: &Cx) -> Result<InstanceOut, StepError> {
        let id: InstanceId = made::once(aws, cx, || self.launch(aws, cx)).await?;
        until(aws, cx, id.as_str(), RUNNING, cx.age(), |seen| self.running(seen)).await
    }

    async fn find(&self, aws: &Aws, cx: &Cx) -> Result<Found<InstanceOut>, StepError> {
        let instance: types::Instance = match sought(aws, cx).await? {
            Sought::One(instance) => instance,
            Sought::Not(found) => return Ok(found),
        };
        match self.running(Some(&instance)) {
            Verdict::Ready(output) => Ok(Found::Present(output)),
            Verdict::NotYet(_) => made::underway(cx, instance.id()).await,
            Verdict::Never(_) => Ok(Found::Partly),
        }
    }

    async fn undo(&self, aws: &Aws, cx: &Cx, made: Made<'_, InstanceOut>) -> Result<(), StepError> {
        let done = made.done().map(|instance| instance.id.as_str());
        for id in made::ids::<types::Instance>(aws, cx, done).await? {
            let call = aws.ec2().terminate_instances().instance_ids(&id);
            let removal = Removal::new("TerminateInstances", &id, Blocked::Unknown);
            remove(aws, cx, removal, || call.clone().send()).await?;
            until(aws, cx, &id, TERMINATED, Duration::ZERO, terminated).await?;
        }
        Ok(())
    }

    async fn check(&self, aws: &Aws, cx: &Cx, out: &InstanceOut) -> Result<Vec<Drift>, StepError> {
        let Some(instance) = get::<types::Instance>(aws, cx, out.id.as_str()).await? else {
            return Ok(vec![Drift::gone(&out.id)]);
        };
        let groups: BTreeSet<_> =
            self.security_groups.iter().map(|group| cx.get(group).as_str()).collect();
        // The groups are its interface's; the instance only repeats them.
        let interface = instance.network_interfaces().first();
        let has = interface.map_or_else(|| instance.security_groups(), |i| i.groups());
        let has: BTreeSet<_> = has.iter().filter_map(|group| group.group_id()).collect();
        let key = cx.get(&self.key_name).as_deref();
        let public_ip = out.public_ip.map(|ip| ip.to_string());
        Ok(Comparison::new()
            .optional("instanceState", "running", state(&instance))
            .optional("imageId", cx.get(&self.image), instance.image_id())
            .optional("instanceType", &self.instance_type, instance.instance_type())
            .optional("subnetId", cx.get(&self.subnet), instance.subnet_id())
            .field("groupSet", list(groups), list(has))
            .optional("keyName", key.unwrap_or("none"), instance.key_name())
            .optional("privateIpAddress", out.private_ip, instance.private_ip_address())
            .optional(
                "publicIpAddress",
                public_ip.as_deref().unwrap_or("none"),
                instance.public_ip_address().filter(|ip| !ip.is_empty()),
            )
            .tags(&mark::with(aws, cx, &self.tags), instance.tags())
            .drift())
    }
}

impl Instance {
    /// An instance with nothing but what it cannot do without: no key, no public address, and the
    /// default security group of its VPC.
    #[must_use]
    pub fn new(
        image: impl Into<Input<ImageId>>,
        instance_type: impl Into<String>,
        subnet: impl Into<Input<SubnetId>>,
    ) -> Self {
        Self {
            image: image.into(),
            instance_type: instance_type.into(),
            subnet: subnet.into(),
            security_groups: Vec::new(),
            key_name: None.into(),
            public_address: false,
            private_ip: None,
            profile: None,
            credits: None,
            metadata: None,
            root_volume: None,
            user_data: None,
            tags: Tags::new(),
        }
    }

    async fn launch(&self, aws: &Aws, cx: &Cx) -> Result<InstanceId, StepError> {
        let user_data = self.user_data.as_ref().map(|data| data.encoded(cx)).transpose()?;
        let interface = InstanceNetworkInterfaceSpecification::builder()
            .device_index(0)
            .subnet_id(cx.get(&self.subnet).as_str())
            .set_groups(Some(
                self.security_groups.iter().map(|group| cx.get(group).to_string()).collect(),
            ))
            .associate_public_ip_address(self.public_address)
            .set_private_ip_address(self.private_ip.map(|ip| ip.to_string()))
            .build();
        let call = aws
            .ec2()
            .run_instances()
            .min_count(1)
            .max_count(1)
            .client_token(cx.token())
            .image_id(cx.get(&self.image).as_str())
            .instance_type(InstanceType::from(self.instance_type.as_str()))
            .set_key_name(cx.get(&self.key_name).clone())
            .set_iam_instance_profile(
                self.profile.as_ref().map(|name| {
                    IamInstanceProfileSpecification::builder().name(cx.get(name)).build()
                }),
            )
            .set_credit_specification(self.credits.map(Credits::request))
            .set_metadata_options(self.metadata.map(MetadataOptions::request))
            .set_block_device_mappings(self.root_volume.as_ref().map(|root| vec![root.request()]))
            .set_user_data(user_data)
            .network_interfaces(interface);
        let tagged = [ResourceType::Instance, ResourceType::Volume, ResourceType::NetworkInterface];
        let call = tagged.into_iter().fold(call, |call, kind| {
            call.tag_specifications(mark::specification(aws, cx, kind, &self.tags))
        });
        let reply = act(aws, cx, "RunInstances", || call.clone().send()).await?;
        let instance = reply.instances.into_iter().flatten().next();
        let id = instance.and_then(|instance| instance.instance_id).map(InstanceId::from);
        id.ok_or_else(|| incomplete("RunInstances", "id"))
    }

    /// Whether it runs, with all the addresses it shall have.
    fn running(&self, seen: Option<&types::Instance>) -> Verdict<InstanceOut> {
        let Some(instance) = seen else { return Verdict::NotYet("not visible".to_owned()) };
        match state(instance) {
            Some(InstanceStateName::Running) => {
                if self.public_address && instance.public_ip_address().is_none() {
                    return Verdict::NotYet("running without its public address".to_owned());
                }
                output(instance).map_or_else(Verdict::Never, Verdict::Ready)
            }
            Some(InstanceStateName::Pending) | None => Verdict::NotYet("pending".to_owned()),
            Some(state) => Verdict::Never(ended(instance, state)),
        }
    }
}

/// Whether it is on its way out.
pub(crate) fn is_ending(instance: &types::Instance) -> bool {
    let ending = [InstanceStateName::ShuttingDown, InstanceStateName::Terminated];
    state(instance).is_some_and(|state| ending.contains(state))
}

/// Whether it is gone.
pub(crate) fn terminated(seen: Option<&types::Instance>) -> Verdict<()> {
    match seen.and_then(state) {
        None | Some(InstanceStateName::Terminated) => Verdict::Ready(()),
        Some(state) => Verdict::NotYet(state.to_string()),
    }
}

fn state(instance: &types::Instance) -> Option<&InstanceStateName> {
    instance.state().and_then(types::InstanceState::name)
}

/// Why it does not run, though it was launched.
fn ended(instance: &types::Instance, state: &InstanceStateName) -> StepError {
    let reason = instance.state_reason();
    let message = reason.and_then(|reason| reason.message()).unwrap_or("no reason given");
    let message = as_fragment(message);
    let error = StepError::permanent(format_args!("{} is {state}: {message}", instance.id()));
    match reason.and_then(|reason| reason.code()) {
        Some(code) => error.with_code(code),
        None => error,
    }
}

fn output(instance: &types::Instance) -> Result<InstanceOut, StepError> {
    let lacking = |what| incomplete("DescribeInstances", what);
    let ip = |text: Option<&str>| text.and_then(|ip| ip.parse().ok());
    let interface = instance.network_interfaces().first();
    Ok(InstanceOut {
        id: instance.id().into(),
        private_ip: ip(instance.private_ip_address()).ok_or_else(|| lacking("private address"))?,
        private_dns: instance.private_dns_name().unwrap_or_default().to_owned(),
        public_ip: ip(instance.public_ip_address()),
        network_interface: interface
            .and_then(|interface| interface.network_interface_id())
            .ok_or_else(|| lacking("network interface"))?
            .into(),
    })
}

fn list(ids: BTreeSet<&str>) -> String {
    ids.into_iter().collect::<Vec<_>>().join(", ")
}

impl Resource for types::Instance {
    const ID_FILTER: &'static str = "instance-id";

    async fn describe(aws: &Aws, cx: &Cx, by: Vec<Filter>) -> Result<Vec<Self>, StepError> {
        let call = aws.ec2().describe_instances().set_filters(Some(by));
        let reply = read(aws, cx, "DescribeInstances", || call.clone().send()).await?;
        let reservations = reply.reservations.unwrap_or_default().into_iter();
        Ok(reservations.flat_map(|r| r.instances.unwrap_or_default()).collect())
    }

    fn id(&self) -> &str {
        self.instance_id().unwrap_or_default()
    }

    /// It stays listed for about an hour.
    fn is_husk(&self) -> bool {
        state(self) == Some(&InstanceStateName::Terminated)
    }
}

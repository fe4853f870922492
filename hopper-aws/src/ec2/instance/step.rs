//! [`Instance`]: a machine.

use super::{
    record::{ended, lacking, state, terminated},
    remains::{self, goes_whole},
    terminate::terminate,
};
use crate::{
    Aws, ImageId, InstanceId, InstanceProfileName, NetworkInterfaceId, SecurityGroupId, SubnetId,
    Tags,
    ec2::{Credits, MetadataOptions, RootVolume, UserData},
    made::{self, Sought, sought},
    needs::{Draft, Needed, Needs, Place, launchable},
    pace::Pace,
    poll::{Verdict, until},
    resource::{Resource as _, get, marked},
    retag::retag_all,
};
use aws_sdk_ec2::types::{self, InstanceStateName};
use hopper_core::{Cx, Drift, Found, Input, Made, Step, StepError, outputs};
use serde::{Deserialize, Serialize};
use std::{net::Ipv4Addr, time::Duration};

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
    pub profile: Option<Input<InstanceProfileName>>,
    /// What it may do once its CPU credits are used up; its type's default otherwise. A check
    /// tells when it may do more than was asked for, which costs money.
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
    /// Whether another step stops it, e.g. to make an image of it: then it is no drift that it is
    /// `stopped`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stopped_later: bool,
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

impl Needs for Instance {
    fn needs(&self, draft: &Draft, needs: &mut Needed) {
        needs.calls(&["ec2:CreateTags", "ec2:DescribeInstances", "ec2:RunInstances"]);
        needs.calls(&["ec2:TerminateInstances"]);
        // What it may leave behind.
        needs.calls(&["ec2:DeleteNetworkInterface", "ec2:DeleteVolume"]);
        needs.calls(&["ec2:DescribeNetworkInterfaces", "ec2:DescribeVolumes"]);
        needs.changes(&["tags"], &["ec2:DescribeNetworkInterfaces", "ec2:DescribeVolumes"]);
        needs.retags(None, &["ec2:CreateTags"], &["ec2:DeleteTags"]);
        let image = Place::of(draft, &self.image);
        let subnet = Place::of(draft, &self.subnet);
        if let (Some(image), Some(subnet)) = (image.id(), subnet.id()) {
            let (image, subnet) = (image.to_owned(), subnet.to_owned());
            let instance_type = types::InstanceType::from(self.instance_type.as_str());
            needs.tries("ec2:RunInstances", move |aws| {
                let call = aws.ec2().run_instances().image_id(image).subnet_id(subnet);
                let call = call.instance_type(instance_type).min_count(1).max_count(1);
                call.dry_run(true).send()
            });
        }
        needs.launches(&self.instance_type, subnet);
        launchable(draft, needs, &self.image, &self.key_name, self.profile.as_ref());
    }
}

impl Step for Instance {
    const KIND: &'static str = "aws.ec2.instance";
    const ATOMIC: bool = true;
    const UPDATES: &'static [&'static str] = &["tags"];
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
        let ids = made::ids::<types::Instance>(aws, cx, done).await?;
        let mut n_whole = 0;
        for id in &ids {
            terminate(aws, cx, id).await?;
            let mut is_whole = false;
            let gone = |seen: Option<&types::Instance>| {
                is_whole |= seen.is_some_and(goes_whole);
                terminated(seen)
            };
            until(aws, cx, id, TERMINATED, Duration::ZERO, gone).await?;
            n_whole += usize::from(is_whole);
        }
        match 0 < n_whole && n_whole == ids.len() {
            true => Ok(()),
            false => remains::take(aws, cx).await,
        }
    }

    /// What was launched with it is tagged alike. What was attached later, by whomever, is not its
    /// own.
    async fn update(
        &self,
        aws: &Aws,
        cx: &Cx,
        was: &Self,
        out: &InstanceOut,
    ) -> Result<InstanceOut, StepError> {
        let volumes = marked::<types::Volume>(aws, cx).await?;
        let volumes = volumes.iter().filter(|v| !v.is_husk()).map(|v| v.id().to_owned());
        let interfaces = marked::<types::NetworkInterface>(aws, cx).await?;
        let interfaces = interfaces.iter().map(|interface| interface.id().to_owned());
        let ids = [out.id.to_string()].into_iter().chain(volumes).chain(interfaces).collect();
        retag_all(aws, cx, ids, &was.tags, &self.tags).await?;
        Ok(out.clone())
    }

    async fn check(&self, aws: &Aws, cx: &Cx, out: &InstanceOut) -> Result<Vec<Drift>, StepError> {
        let Some(instance) = get::<types::Instance>(aws, cx, out.id.as_str()).await? else {
            return Ok(vec![Drift::gone(&out.id)]);
        };
        Ok(self.compare(aws, cx, out, &instance).await?.drift())
    }
}

impl Instance {
    /// Whether it runs, with all the addresses it shall have.
    fn running(&self, seen: Option<&types::Instance>) -> Verdict<InstanceOut> {
        let Some(instance) = seen else { return Verdict::NotYet("not visible".to_owned()) };
        let state = state(instance).unwrap_or(&InstanceStateName::Pending);
        if !matches!(state, InstanceStateName::Pending | InstanceStateName::Running) {
            return Verdict::Never(ended(instance, state));
        }
        if let Some(error) = self.wrong_root(instance) {
            return Verdict::Never(error);
        }
        if *state == InstanceStateName::Pending {
            return Verdict::NotYet("pending".to_owned());
        }
        if self.public_address && instance.public_ip_address().is_none() {
            return Verdict::NotYet("running without its public address".to_owned());
        }
        output(instance).map_or_else(Verdict::Never, Verdict::Ready)
    }

    /// Whether its root volume was named after another device: then AWS has added a second disk.
    fn wrong_root(&self, instance: &types::Instance) -> Option<StepError> {
        let (wanted, root) = (&self.root_volume.as_ref()?.device, instance.root_device_name()?);
        (wanted != root).then(|| {
            let id = instance.id();
            StepError::permanent(format_args!("the root device of {id} is {root}, not {wanted}"))
                .with_hint("name it in the root volume as the image does")
        })
    }
}

fn output(instance: &types::Instance) -> Result<InstanceOut, StepError> {
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

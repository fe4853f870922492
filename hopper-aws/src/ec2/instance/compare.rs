//! Comparing: what was asked for against what runs.

use super::{Instance, InstanceOut, record::state};
use crate::{
    Aws,
    call::read,
    comparison::Comparison,
    ec2::{Credits, RootVolume, UserData},
    mark,
    resource::get,
    rest::{REST, STOPPED},
    sdk_tag,
};
use aws_sdk_ec2::types::{self, InstanceAttributeName, InstanceStateName};
use hopper_core::{Cx, StepError};

impl Instance {
    /// Compares everything that was asked for; what takes a call of its own only where it was.
    pub(super) async fn compare(
        &self,
        aws: &Aws,
        cx: &Cx,
        out: &InstanceOut,
        instance: &types::Instance,
    ) -> Result<Comparison, StepError> {
        let is_stopped = state(instance) == Some(&InstanceStateName::Stopped);
        // Somebody has stopped it for the night, or has since started it again.
        let rest = sdk_tag::value(instance.tags(), REST);
        let is_at_rest = (self.stopped_later || rest == Some(STOPPED)) && is_stopped;
        let wanted_state = if is_at_rest { "stopped" } else { "running" };
        let key = cx.get(&self.key_name).as_deref();
        let profile = self.profile.as_ref().map(|name| cx.get(name).as_str());
        let mut compared = Comparison::new()
            .optional("instanceState", wanted_state, state(instance))
            .optional("imageId", cx.get(&self.image), instance.image_id())
            .optional("instanceType", &self.instance_type, instance.instance_type())
            .optional("subnetId", cx.get(&self.subnet), instance.subnet_id());
        if !self.security_groups.is_empty() {
            let wanted = self.security_groups.iter().map(|group| cx.get(group).as_str());
            compared = compared.set("groupSet", wanted, groups(instance));
        }
        compared = compared
            .optional("keyName", key.unwrap_or("none"), instance.key_name())
            .optional("privateIpAddress", out.private_ip, instance.private_ip_address());
        if !is_at_rest && rest.is_none() {
            let wanted = out.public_ip.map(|ip| ip.to_string());
            let has = instance.public_ip_address().filter(|ip| !ip.is_empty());
            compared =
                compared.optional("publicIpAddress", wanted.as_deref().unwrap_or("none"), has);
        }
        compared = compared.optional(
            "iamInstanceProfile",
            profile.unwrap_or("none"),
            profile_of(instance),
        );
        if let (Some(wanted), options) = (self.metadata, instance.metadata_options()) {
            let tokens = options.and_then(|options| options.http_tokens());
            let hops = options.and_then(|options| options.http_put_response_hop_limit());
            compared = compared
                .optional("metadataOptions.httpTokens", wanted.tokens.as_str(), tokens)
                .optional("metadataOptions.httpPutResponseHopLimit", wanted.hop_limit, hops);
        }
        if let Some(root) = &self.root_volume {
            compared = with_disk(aws, cx, root, instance, compared).await?;
        }
        // The other way round costs nothing, and `standard` is also what is said by those who do
        // not know.
        if self.credits == Some(Credits::Standard) {
            let has = credits(aws, cx, out.id.as_str()).await?;
            compared = compared.optional("creditSpecification.cpuCredits", Credits::Standard, has);
        }
        if let Some(UserData::Text(_)) = &self.user_data {
            let has = user_data(aws, cx, out.id.as_str()).await?;
            compared = UserData::compare(self.user_data.as_ref(), cx, compared, has.as_deref());
        }
        Ok(compared.tags(&mark::with(aws, cx, &self.tags), instance.tags()))
    }
}

/// The groups are its interface's; the instance only repeats them.
fn groups(instance: &types::Instance) -> impl Iterator<Item = &str> {
    let interface = instance.network_interfaces().first();
    let groups = interface.map_or_else(|| instance.security_groups(), |i| i.groups());
    groups.iter().filter_map(|group| group.group_id())
}

/// The name of its instance profile: the last part of the ARN.
fn profile_of(instance: &types::Instance) -> Option<&str> {
    let arn = instance.iam_instance_profile()?.arn()?;
    arn.rsplit('/').next()
}

async fn with_disk(
    aws: &Aws,
    cx: &Cx,
    wanted: &RootVolume,
    instance: &types::Instance,
    compared: Comparison,
) -> Result<Comparison, StepError> {
    let mut disks = instance.block_device_mappings().iter();
    let root = disks.find(|disk| disk.device_name() == Some(&wanted.device));
    let id = root.and_then(|disk| disk.ebs()?.volume_id());
    let volume = match id {
        Some(id) => get::<types::Volume>(aws, cx, id).await?,
        None => None,
    };
    let Some(volume) = volume else {
        return Ok(compared.field("rootVolume", &wanted.device, "none"));
    };
    let compared = compared
        .optional("rootVolume.volumeType", "gp3", volume.volume_type())
        .optional("rootVolume.encrypted", wanted.encrypted, volume.encrypted());
    Ok(match wanted.size {
        Some(size) => compared.optional("rootVolume.size", size, volume.size()),
        None => compared,
    })
}

async fn credits(aws: &Aws, cx: &Cx, id: &str) -> Result<Option<String>, StepError> {
    let call = aws.ec2().describe_instance_credit_specifications().instance_ids(id);
    let operation = "DescribeInstanceCreditSpecifications";
    let reply = read(aws, cx, operation, || call.clone().send()).await?;
    let mut specifications = reply.instance_credit_specifications.into_iter().flatten();
    Ok(specifications.next().and_then(|specification| specification.cpu_credits))
}

/// Its user data, in base64.
async fn user_data(aws: &Aws, cx: &Cx, id: &str) -> Result<Option<String>, StepError> {
    let attribute = InstanceAttributeName::UserData;
    let call = aws.ec2().describe_instance_attribute().instance_id(id).attribute(attribute);
    let reply = read(aws, cx, "DescribeInstanceAttribute", || call.clone().send()).await?;
    Ok(reply.user_data.and_then(|data| data.value))
}

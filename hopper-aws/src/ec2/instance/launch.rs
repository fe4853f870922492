//! Launching: what an instance is asked to be, as `RunInstances` takes it.

use super::Instance;
use crate::{
    Aws, ImageId, InstanceId, SubnetId, Tags,
    call::act,
    claim::maker,
    ec2::{Credits, MetadataOptions},
    error::incomplete,
    mark,
    resource::Resource as _,
};
use aws_sdk_ec2::types::{
    IamInstanceProfileSpecification, InstanceNetworkInterfaceSpecification, InstanceType,
    NetworkInterface, ResourceType,
};
use hopper_core::{Cx, Input, StepError};

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
            stopped_later: false,
            tags: Tags::new(),
        }
    }

    /// Launches it; instance, disk and interface carry the tags from their first moment.
    pub(super) async fn launch(&self, aws: &Aws, cx: &Cx) -> Result<InstanceId, StepError> {
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
            .set_iam_instance_profile(self.profile.as_ref().map(|name| {
                IamInstanceProfileSpecification::builder().name(cx.get(name).as_str()).build()
            }))
            .set_credit_specification(self.credits.map(Credits::request))
            .set_metadata_options(self.metadata.map(MetadataOptions::request))
            .set_block_device_mappings(self.root_volume.as_ref().map(|root| vec![root.request()]))
            .set_user_data(user_data)
            .network_interfaces(interface);
        let tagged = [ResourceType::Instance, ResourceType::Volume, ResourceType::NetworkInterface];
        let call = tagged.into_iter().fold(call, |call, kind| {
            call.tag_specifications(mark::specification(aws, cx, kind, &self.tags))
        });
        let reply = match act(aws, cx, "RunInstances", || call.clone().send()).await {
            Err(error) if error.code() == Some("InvalidIPAddress.InUse") => {
                return Err(match self.holder(aws, cx).await.ok().flatten() {
                    Some(interface) => error.with_hint(taken(&interface)),
                    None => error,
                });
            }
            reply => reply?,
        };
        let instance = reply.instances.into_iter().flatten().next();
        let id = instance.and_then(|instance| instance.instance_id).map(InstanceId::from);
        id.ok_or_else(|| incomplete("RunInstances", "id"))
    }

    /// The interface that has its address.
    async fn holder(&self, aws: &Aws, cx: &Cx) -> Result<Option<NetworkInterface>, StepError> {
        let Some(ip) = self.private_ip else { return Ok(None) };
        let by = vec![
            mark::filter("subnet-id", cx.get(&self.subnet).as_str()),
            mark::filter("addresses.private-ip-address", ip.to_string()),
        ];
        let interfaces = NetworkInterface::describe(aws, cx, by).await?;
        Ok(interfaces.into_iter().find(|interface| {
            let ips = interface.private_ip_addresses().iter();
            ips.filter_map(|ip| ip.private_ip_address()).any(|held| held == ip.to_string())
        }))
    }
}

/// Whose the address is.
fn taken(by: &NetworkInterface) -> String {
    let instance = by.attachment().and_then(|attachment| attachment.instance_id());
    let instance = instance.map(|id| format!(" of instance {id}")).unwrap_or_default();
    format!(
        "it is that of interface {}{instance}, which was {}: choose another address, or delete it",
        by.id(),
        maker(by.tag_set())
    )
}

//! Network interfaces, as a describe shows them.

use super::volume::RELEASED;
use crate::{
    Aws,
    blockers::Blocked,
    call::read,
    removal::{Removal, remove},
    resource::Resource,
};
use aws_sdk_ec2::types::{Filter, NetworkInterface, Tag};
use hopper_core::{Cx, StepError};

impl Resource for NetworkInterface {
    const ID_FILTER: &'static str = "network-interface-id";

    async fn describe(aws: &Aws, cx: &Cx, by: Vec<Filter>) -> Result<Vec<Self>, StepError> {
        let call = aws.ec2().describe_network_interfaces().set_filters(Some(by));
        let reply = read(aws, cx, "DescribeNetworkInterfaces", || call.clone().send()).await?;
        Ok(reply.network_interfaces.unwrap_or_default())
    }

    fn id(&self) -> &str {
        self.network_interface_id().unwrap_or_default()
    }

    fn tags(&self) -> &[Tag] {
        self.tag_set()
    }
}

/// Deletes an interface, once what it was attached to is gone.
pub(crate) async fn delete(aws: &Aws, cx: &Cx, id: &str) -> Result<(), StepError> {
    let call = aws.ec2().delete_network_interface().network_interface_id(id);
    let removal = Removal {
        // AWS documents both for an interface that is in use.
        passing: &["InvalidNetworkInterface.InUse", "InvalidParameterValue"],
        pace: RELEASED,
        ..Removal::new("DeleteNetworkInterface", id, Blocked::NetworkInterface(id))
    };
    remove(aws, cx, removal, || call.clone().send()).await
}

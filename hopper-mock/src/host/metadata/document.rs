//! The instance identity document.

use serde_json::{Value, json};

use super::credentials::whole;
use crate::ec2::Instance;
use crate::world::World;

/// Source: "Instance identity documents" in the EC2 user guide.
pub(super) fn text(world: &World, instance: &Instance) -> String {
    let document = json!({
        "accountId": world.account,
        "architecture": instance.architecture,
        "availabilityZone": instance.availability_zone,
        "billingProducts": Value::Null,
        "devpayProductCodes": Value::Null,
        "marketplaceProductCodes": Value::Null,
        "imageId": instance.image_id,
        "instanceId": instance.id,
        "instanceType": instance.instance_type,
        "kernelId": Value::Null,
        "pendingTime": whole(instance.launch_time),
        "privateIp": instance.private_ip(world).map(|address| address.to_string()),
        "ramdiskId": Value::Null,
        "region": world.region,
        "version": "2017-09-30",
    });
    serde_json::to_string_pretty(&document).unwrap_or_default()
}

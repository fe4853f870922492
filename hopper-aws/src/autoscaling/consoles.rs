//! The consoles of a group's machines.

use crate::{Aws, needs::ask};
use async_trait::async_trait;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use hopper_kubernetes::Consoles;
use std::collections::BTreeMap;

/// The consoles of the machines of an Auto Scaling group. What cannot be asked is left out: it is
/// for errors, which have something else to tell.
#[async_trait]
impl Consoles for Aws {
    async fn of_group(&self, group: &str) -> BTreeMap<String, String> {
        let call = self.autoscaling().describe_auto_scaling_groups();
        let call = call.auto_scaling_group_names(group);
        let reply = ask("DescribeAutoScalingGroups", || call.clone().send()).await;
        let groups = reply.ok().and_then(|reply| reply.auto_scaling_groups).unwrap_or_default();
        let mut consoles = BTreeMap::new();
        for instance in groups.iter().flat_map(|group| group.instances()) {
            let Some(id) = instance.instance_id() else { continue };
            if let Some(text) = console(self, id).await {
                consoles.insert(id.to_owned(), text);
            }
        }
        consoles
    }
}

/// What a machine has said; on types that are not Nitro, a while ago.
async fn console(aws: &Aws, id: &str) -> Option<String> {
    for latest in [true, false] {
        let call = aws.ec2().get_console_output().instance_id(id).latest(latest);
        if let Ok(reply) = ask("GetConsoleOutput", || call.clone().send()).await {
            let text = BASE64_STANDARD.decode(reply.output()?).ok()?;
            return Some(String::from_utf8_lossy(&text).into_owned());
        }
    }
    None
}

//! [`Following`]: one look at another AWS.

use super::{machine, parameters};
use crate::Aws;
use aws_sdk_ec2::types::{Filter, Instance, InstanceStateName};
use hopper_mock::{Mock, Reply};
use std::{collections::BTreeMap, error::Error, net::Ipv4Addr};
use tokio::time::Instant;

/// What can go wrong.
pub(super) type Wrong = Box<dyn Error + Send + Sync>;

/// What is known of another AWS.
#[derive(Debug, Default)]
pub(super) struct Following {
    /// When it was looked at last.
    pub(super) looked: Option<Instant>,
    /// Instances by their public addresses out there.
    pub(super) public: BTreeMap<Ipv4Addr, String>,
}

/// An answer that has to be a good one.
pub(super) fn done(reply: Reply) -> Result<(), Wrong> {
    reply.ok().map(drop).map_err(Wrong::from)
}

impl Following {
    /// Brings the world to where the other AWS is.
    pub(super) async fn follow(&mut self, aws: &Aws, mock: &Mock) -> Result<(), Wrong> {
        // An image has the disk of its machine, so it comes before that machine goes.
        images(aws, mock).await?;
        parameters::follow(aws, mock).await?;
        self.public.clear();
        let ours = Filter::builder().name("tag-key").values(crate::mark::RUN).build();
        let mut pages = aws.ec2().describe_instances().filters(ours).into_paginator().send();
        while let Some(page) = pages.next().await {
            for instance in page?.reservations().iter().flat_map(|one| one.instances()) {
                self.instance(aws, mock, instance).await?;
            }
        }
        Ok(())
    }

    async fn instance(&mut self, aws: &Aws, mock: &Mock, there: &Instance) -> Result<(), Wrong> {
        let id = there.instance_id().unwrap_or_default();
        let state = there.state().and_then(|state| state.name());
        let state = state.unwrap_or(&InstanceStateName::Pending);
        let here = mock.call("DescribeInstances", &[("InstanceId.1", id)]);
        let name = here.text("reservationSet/0/instancesSet/0/instanceState/name");
        let asked = [("InstanceId.1", id)];
        match (state, name) {
            (InstanceStateName::Terminated | InstanceStateName::ShuttingDown, name) => {
                if name.is_some_and(|name| name != "terminated" && name != "shutting-down") {
                    done(mock.call("TerminateInstances", &asked))?;
                }
                return Ok(());
            }
            (InstanceStateName::Pending | InstanceStateName::Running, None) => {
                machine::make(aws, mock, there).await?;
            }
            (InstanceStateName::Stopped, Some("running")) => {
                done(mock.call("StopInstances", &asked))?;
            }
            (InstanceStateName::Pending | InstanceStateName::Running, Some("stopped")) => {
                done(mock.call("StartInstances", &asked))?;
            }
            _ => (),
        }
        let public = there.public_ip_address().and_then(|address| address.parse().ok());
        self.public.extend(public.map(|address| (address, id.to_owned())));
        Ok(())
    }
}

/// Makes the images that were made of machines that are here.
async fn images(aws: &Aws, mock: &Mock) -> Result<(), Wrong> {
    let images = aws.ec2().describe_images().owners("self").send().await?;
    for image in images.images() {
        let (Some(id), Some(source)) = (image.image_id(), image.source_instance_id()) else {
            continue;
        };
        let is_here = |operation: &str, name: &str, id: &str| {
            mock.call(operation, &[(name, id)]).code().is_none()
        };
        if is_here("DescribeImages", "ImageId.1", id)
            || !is_here("DescribeInstances", "InstanceId.1", source)
        {
            continue;
        }
        let name = image.name().unwrap_or(id);
        let asked = [("InstanceId", source), ("Name", name), ("NoReboot", "true")];
        done(mock.call_giving(&[id], "CreateImage", &asked))?;
    }
    Ok(())
}

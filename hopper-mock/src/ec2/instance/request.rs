//! [`LaunchRequest`]: a launch, whoever asks for it.

use std::net::Ipv4Addr;

use super::launch::launch;
use super::network::InterfaceRequest;
use super::prepare::prepare;
use crate::ec2::launch_template::{LaunchTemplateData, Resolved};
use crate::wire::AwsError;
use crate::world::{Tags, World};

/// A launch: how many, where and what. `RunInstances` reads one from a request; Auto Scaling makes
/// one of a launch configuration or a launch template.
#[derive(Clone, Debug, Default)]
pub(crate) struct LaunchRequest {
    /// The least that will do.
    pub(crate) min_count: u32,
    /// The most that are wanted.
    pub(crate) max_count: u32,
    /// The subnet, unless the data name network interfaces; see [`place`](Self::place).
    pub(crate) subnet_id: Option<String>,
    /// The primary private address.
    pub(crate) private_ip: Option<Ipv4Addr>,
    /// What the instances shall be.
    pub(crate) data: LaunchTemplateData,
    /// The client token the instances show. That it is used once is the caller's business.
    pub(crate) client_token: String,
    /// Tags of AWS's own for the instances, such as `aws:autoscaling:groupName`.
    pub(crate) aws_tags: Tags,
}

impl LaunchRequest {
    /// One instance of the data.
    pub(crate) fn one(data: LaunchTemplateData) -> Self {
        Self { min_count: 1, max_count: 1, data, ..Self::default() }
    }

    /// One instance of a version of a launch template. `own` members win over the template's.
    pub(crate) fn from_template(template: Resolved, own: LaunchTemplateData) -> Self {
        let aws_tags = template.tags();
        Self { aws_tags, ..Self::one(own.over(template.data)) }
    }

    /// Puts the instances into a subnet, as Auto Scaling does: the primary interface goes there if
    /// the data name interfaces, whatever subnet they name for it.
    #[must_use]
    pub(crate) fn place(mut self, subnet_id: &str) -> Self {
        let is_primary = |interface: &&mut InterfaceRequest| interface.device_index == Some(0);
        match self.data.interfaces.iter_mut().find(is_primary) {
            Some(interface) => interface.subnet_id = Some(subnet_id.to_owned()),
            None => self.subnet_id = Some(subnet_id.to_owned()),
        }
        self
    }

    /// Starts the instances, as many as can be between the two counts, and gives the id of the
    /// reservation. Everything is checked before anything is made.
    ///
    /// # Errors
    /// What `RunInstances` refuses, with its codes.
    pub(crate) fn run(&self, world: &mut World) -> Result<String, AwsError> {
        let launch_plan = prepare(world, self)?;
        launch(world, (self.min_count, self.max_count), &launch_plan)
    }

    /// The same, giving the ids of the instances.
    ///
    /// # Errors
    /// What `RunInstances` refuses, with its codes.
    pub(crate) fn start(&self, world: &mut World) -> Result<Vec<String>, AwsError> {
        let reservation_id = self.run(world)?;
        let instances = world.ec2.instances.values();
        let mut made: Vec<_> = instances.filter(|i| i.reservation_id == reservation_id).collect();
        made.sort_by_key(|instance| instance.launch_index);
        Ok(made.into_iter().map(|instance| instance.id.clone()).collect())
    }
}

//! [`Place`]: where a load balancer is put: subnets, security groups, and which way it faces.

use std::collections::BTreeSet;

use crate::ec2::{Subnet, internet_gateway, network_interface};
use crate::iam::ensure_service_linked_role;
use crate::wire::AwsError;
use crate::world::World;

/// How many free addresses a load balancer needs in each subnet, from the guide.
const FREE_ADDRESSES: usize = 8;

/// Where a load balancer is put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The VPC all of it is in.
    pub(crate) vpc_id: String,
    /// The subnets, in the order of their ids.
    pub(crate) subnets: Vec<Subnet>,
}

impl Place {
    /// The place that the subnets of a request make.
    ///
    /// # Errors
    /// `SubnetNotFound` for one that does not exist, `InvalidConfigurationRequest` for two of one
    /// zone or of different VPCs, `InvalidSubnet` for one without room, or, for what faces the
    /// internet, of a VPC without an internet gateway.
    pub(crate) fn find(
        world: &World,
        subnet_ids: &[String],
        is_public: bool,
    ) -> Result<Self, AwsError> {
        let ids: BTreeSet<_> = subnet_ids.iter().collect();
        let found = ids.into_iter().map(|id| {
            let why = format!("The subnet ID '{id}' does not exist");
            world.find::<Subnet>(id).map_err(|_| AwsError::new("SubnetNotFound", why))
        });
        let subnets = found.collect::<Result<Vec<_>, _>>()?;
        let vpc_id = subnets.first().map(|subnet| subnet.vpc_id.clone()).unwrap_or_default();
        if let Some(other) = subnets.iter().find(|subnet| subnet.vpc_id != vpc_id) {
            let why = "The subnets are of different VPCs";
            return Err(configuration(why).blocked_by([other.id.clone()]));
        }
        let mut zones = BTreeSet::new();
        for subnet in &subnets {
            if !zones.insert(&subnet.availability_zone) {
                let why = format!("There are two subnets in {}", subnet.availability_zone);
                return Err(configuration(why).blocked_by([subnet.id.clone()]));
            }
            if subnet.n_free_addresses(world) < FREE_ADDRESSES {
                let why = format!(
                    "A load balancer needs {FREE_ADDRESSES} free addresses in each subnet, and \
                     {} has not so many",
                    subnet.id
                );
                return Err(AwsError::new("InvalidSubnet", why).blocked_by([subnet.id.clone()]));
            }
        }
        if is_public && internet_gateway::of_vpc(world, &vpc_id).is_none() {
            let why = format!("The VPC {vpc_id} has no internet gateway");
            return Err(AwsError::new("InvalidSubnet", why).blocked_by([vpc_id]));
        }
        Ok(Self { vpc_id, subnets: subnets.into_iter().cloned().collect() })
    }

    /// The ids of its subnets.
    pub(crate) fn subnet_ids(&self) -> Vec<String> {
        self.subnets.iter().map(|subnet| subnet.id.clone()).collect()
    }

    /// The security groups asked for; where none is, the default one of the VPC.
    ///
    /// # Errors
    /// `InvalidSecurityGroup` for one that does not exist, `InvalidConfigurationRequest` for one
    /// of another VPC, or for too many.
    pub(crate) fn groups(
        &self,
        world: &World,
        group_ids: &[String],
    ) -> Result<Vec<String>, AwsError> {
        let Some(subnet) = self.subnets.first() else { return Ok(Vec::new()) };
        network_interface::check_groups(world, subnet, group_ids).map_err(|error| {
            match error.code.as_str() {
                "InvalidParameter" | "SecurityGroupsPerInterfaceLimitExceeded" => {
                    configuration(error.message)
                }
                _ => AwsError::new("InvalidSecurityGroup", error.message),
            }
        })
    }
}

/// Makes the role that Elastic Load Balancing works with, which comes with the first load balancer
/// of an account.
pub(crate) fn ensure_role(world: &mut World) {
    ensure_service_linked_role(world, "elasticloadbalancing.amazonaws.com");
}

/// The refusal of what does not go together. Its status is 409 in the model of classic load
/// balancers, and 400 in the newer one.
pub(crate) fn configuration(message: impl Into<String>) -> AwsError {
    AwsError::new("InvalidConfigurationRequest", message).with_status(409)
}

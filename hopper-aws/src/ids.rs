//! Newtypes for identifiers, so that a subnet cannot be given for a VPC.

use hopper_core::Value;
use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! ids { ($($(#[$meta:meta])* $id:ident),* $(,)?) => { $(
    $(#[$meta])*
    #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
    #[serde(transparent)]
    pub struct $id(String);

    impl $id {
        /// The id as AWS writes it.
        #[must_use]
        pub fn as_str(&self) -> &str {
            &self.0
        }
    }

    impl Value for $id {}

    impl From<&str> for $id {
        fn from(id: &str) -> Self {
            Self(id.to_owned())
        }
    }

    impl From<String> for $id {
        fn from(id: String) -> Self {
            Self(id)
        }
    }

    impl AsRef<str> for $id {
        fn as_ref(&self) -> &str {
            &self.0
        }
    }

    impl fmt::Display for $id {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(&self.0)
        }
    }
)* } }

ids! {
    /// `vpc-…`
    VpcId,
    /// `subnet-…`
    SubnetId,
    /// `rtb-…`
    RouteTableId,
    /// `rtbassoc-…`: a subnet on a route table.
    AssociationId,
    /// `igw-…`
    InternetGatewayId,
    /// `eipalloc-…`: an Elastic IP address.
    AllocationId,
    /// `nat-…`
    NatGatewayId,
    /// `eni-…`
    NetworkInterfaceId,
    /// `sg-…`
    SecurityGroupId,
    /// `sgr-…`
    SecurityGroupRuleId,
    /// `key-…`
    KeyPairId,
    /// `ami-…`
    ImageId,
    /// `snap-…`
    SnapshotId,
    /// `i-…`
    InstanceId,
    /// `lt-…`
    LaunchTemplateId,
    /// The ARN of a load balancer.
    LoadBalancerArn,
    /// The ARN of a listener of a load balancer.
    ListenerArn,
    /// The ARN of a target group.
    TargetGroupArn,
    /// The name of a launch configuration, by which groups take it.
    LaunchConfigurationName,
    /// The name of an Auto Scaling group.
    AutoScalingGroupName,
    /// The name of an instance profile, by which instances take it.
    InstanceProfileName,
    /// The name of an IAM role.
    RoleName,
}

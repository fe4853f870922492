//! [`registry()`]: every step of this crate, by kind.

#[cfg(feature = "autoscaling")]
use crate::autoscaling;
#[cfg(feature = "ec2")]
use crate::ec2;
#[cfg(feature = "iam")]
use crate::iam;
#[cfg(feature = "ssm")]
use crate::ssm;
#[cfg(feature = "sts")]
use crate::sts;
#[cfg(feature = "elb")]
use crate::{elbv2, kubernetes};
use hopper_core::Registry;

/// Every step of this crate: with it a run is undone from its journal alone.
#[must_use]
pub fn registry() -> Registry {
    let registry = Registry::new();
    #[cfg(feature = "autoscaling")]
    let registry =
        registry.with::<autoscaling::AutoScalingGroup>().with::<autoscaling::LaunchConfiguration>();
    #[cfg(feature = "ec2")]
    let registry = registry
        .with::<ec2::Address>()
        .with::<ec2::AvailabilityZones>()
        .with::<ec2::Image>()
        .with::<ec2::Instance>()
        .with::<ec2::InternetGateway>()
        .with::<ec2::KeyPair>()
        .with::<ec2::ConsoleHostKeys>()
        .with::<ec2::LatestImage>()
        .with::<ec2::LaunchTemplate>()
        .with::<ec2::NatGateway>()
        .with::<ec2::ResourceTags>()
        .with::<ec2::Route>()
        .with::<ec2::RouteTable>()
        .with::<ec2::RouteTableAssociation>()
        .with::<ec2::SecurityGroup>()
        .with::<ec2::SecurityGroupRule>()
        .with::<ec2::StoppedInstance>()
        .with::<ec2::Subnet>()
        .with::<ec2::Vpc>();
    #[cfg(feature = "iam")]
    let registry = registry
        .with::<iam::InstanceProfile>()
        .with::<iam::Role>()
        .with::<iam::RolePolicy>()
        .with::<iam::RolePolicyAttachment>();
    #[cfg(feature = "elb")]
    let registry = registry
        .with::<elbv2::Listener>()
        .with::<elbv2::NetworkLoadBalancer>()
        .with::<elbv2::TargetGroup>()
        .with::<kubernetes::Leftovers>()
        .with::<kubernetes::LoadBalancers>();
    #[cfg(feature = "ssm")]
    let registry = registry.with::<ssm::ImageByParameter>().with::<ssm::SecureParameter>();
    #[cfg(feature = "sts")]
    let registry = registry.with::<sts::CallerIdentity>();
    registry
}

//! [`Catalogue`]: which kind of step needs what.

use super::{Needed, Needs};
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
use hopper_core::{Ledger, Node};
use std::{collections::BTreeMap, fmt};

type Tell = fn(&Node, &Ledger) -> Result<Needed, String>;

/// Which kind of step needs what.
#[derive(Clone, Default)]
pub struct Catalogue(BTreeMap<&'static str, Tell>);

impl Catalogue {
    /// Adds a step.
    #[must_use]
    pub fn with<S: Needs>(mut self) -> Self {
        self.0.insert(S::KIND, |node, ledger| {
            let (step, draft) = node.draft::<S>(ledger)?;
            let mut needed = Needed::default();
            step.needs(&draft, &mut needed);
            Ok(needed)
        });
        self
    }

    /// The kinds, in order.
    pub fn kinds(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.0.keys().copied()
    }

    /// What a step needs; `None` if its kind is not known.
    pub(crate) fn of(&self, node: &Node, ledger: &Ledger) -> Option<Result<Needed, String>> {
        self.0.get(node.kind()).map(|tell| tell(node, ledger))
    }
}

impl fmt::Debug for Catalogue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.kinds()).finish()
    }
}

/// Every step of this crate, and those inside machines.
#[must_use]
pub fn catalogue() -> Catalogue {
    let catalogue = Catalogue::default();
    #[cfg(feature = "ec2")]
    let catalogue = catalogue
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
    #[cfg(feature = "autoscaling")]
    let catalogue = catalogue
        .with::<autoscaling::AutoScalingGroup>()
        .with::<autoscaling::LaunchConfiguration>();
    #[cfg(feature = "iam")]
    let catalogue = catalogue
        .with::<iam::InstanceProfile>()
        .with::<iam::Role>()
        .with::<iam::RolePolicy>()
        .with::<iam::RolePolicyAttachment>();
    #[cfg(feature = "elb")]
    let catalogue = catalogue
        .with::<elbv2::Listener>()
        .with::<elbv2::NetworkLoadBalancer>()
        .with::<elbv2::TargetGroup>()
        .with::<kubernetes::Leftovers>()
        .with::<kubernetes::LoadBalancers>();
    #[cfg(feature = "ssm")]
    let catalogue = catalogue.with::<ssm::ImageByParameter>().with::<ssm::SecureParameter>();
    #[cfg(feature = "sts")]
    let catalogue = catalogue.with::<sts::CallerIdentity>();
    catalogue.and_inside()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry;

    #[test]
    fn every_step_of_the_crate_says_what_it_needs() {
        let catalogue = catalogue();
        let known: Vec<_> = catalogue.kinds().collect();
        let silent: Vec<_> = registry().kinds().filter(|kind| !known.contains(kind)).collect();
        assert_eq!(silent, [""; 0]);
    }
}

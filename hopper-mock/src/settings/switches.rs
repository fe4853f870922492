//! [`Switches`]: what differs between accounts, or is not known for certain.

use serde::{Deserialize, Serialize};

/// Behaviour that is not the same for everybody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Switches {
    /// Whether a route may lead to a NAT gateway that is still `pending`. Public reports say that
    /// such a gateway is `InvalidNatGatewayID.NotFound` (kops #944), so the default is no.
    pub route_to_pending_nat_gateway: bool,
    /// Whether nobody may make launch configurations any more, as in accounts made since October
    /// 2024: `UnsupportedOperation`.
    pub no_launch_configurations: bool,
    /// The actions that the account's organization denies to everybody, as a policy writes them:
    /// `ec2:CreateNatGateway`, `iam:*`. Calls are refused, and `SimulatePrincipalPolicy` says so.
    pub denied_actions: Vec<String>,
}

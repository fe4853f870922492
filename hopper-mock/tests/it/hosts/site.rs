//! A network with a bastion, and a host that is reached through it alone.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hopper_mock::Mock;
use hopper_mock::host::Origin;

use super::client::{Client, key, public_line};
use crate::ground::{Ground, image};
use crate::security_groups::group;
use crate::support::{accepted, made, seconds, subnet};

/// The operator's address.
pub(crate) const OPERATOR: &str = "192.0.2.7";

pub(crate) struct Site {
    pub(crate) ground: Ground,
    pub(crate) bastion_group: String,
    pub(crate) private_group: String,
    pub(crate) private_subnet: String,
    pub(crate) public_table: String,
    pub(crate) bastion: String,
}

impl Site {
    /// A bastion that is open to the operator.
    pub(crate) async fn new() -> Self {
        let mut ground = Ground::new();
        let mock = ground.mock.clone();
        ground.image_id =
            image(&mock, "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*");
        let material = BASE64_STANDARD.encode(public_line(&key(1)));
        let params = [("KeyName", "operator"), ("PublicKeyMaterial", material.as_str())];
        accepted(&mock, "ImportKeyPair", &params);
        let public_table = table(&ground);
        let bastion_group = group(&mock, &ground.vpc_id, "bastion");
        let private_group = group(&mock, &ground.vpc_id, "private");
        let private_subnet = subnet(&mock, &ground.vpc_id, "10.0.16.0/20");
        open(&mock, &bastion_group, "22", Some("192.0.2.7/32"), None);
        open(&mock, &private_group, "22", None, Some(&bastion_group));
        let site = Self {
            bastion: String::new(),
            ground,
            bastion_group,
            private_group,
            private_subnet,
            public_table,
        };
        let bastion = site.ground.start(&[
            ("SubnetId", ""),
            ("KeyName", "operator"),
            ("NetworkInterface.1.DeviceIndex", "0"),
            ("NetworkInterface.1.SubnetId", &site.ground.subnet_id),
            ("NetworkInterface.1.AssociatePublicIpAddress", "true"),
            ("NetworkInterface.1.SecurityGroupId.1", &site.bastion_group),
        ]);
        up().await;
        Self { bastion, ..site }
    }

    /// Gives the private subnet a way out, through a NAT gateway.
    pub(crate) async fn with_nat(self) -> Self {
        let mock = self.mock();
        let address = crate::support::address(mock);
        let params = [("SubnetId", self.ground.subnet_id.as_str()), ("AllocationId", &address)];
        let nat = made(&accepted(mock, "CreateNatGateway", &params), "natGateway/natGatewayId");
        tokio::time::sleep(seconds(105)).await;
        let filters = [
            ("Filter.1.Name", "association.main"),
            ("Filter.1.Value.1", "true"),
            ("Filter.2.Name", "vpc-id"),
            ("Filter.2.Value.1", self.ground.vpc_id.as_str()),
        ];
        let tables = accepted(mock, "DescribeRouteTables", &filters);
        let route = [
            ("RouteTableId", tables.text("routeTableSet/0/routeTableId").unwrap()),
            ("DestinationCidrBlock", "0.0.0.0/0"),
            ("NatGatewayId", &nat),
        ];
        accepted(mock, "CreateRoute", &route);
        self
    }

    pub(crate) fn mock(&self) -> &Mock {
        &self.ground.mock
    }

    /// Starts a host in the private subnet and waits until it is up.
    pub(crate) async fn private(&self, more: &[(&str, &str)]) -> String {
        let mut params = vec![
            ("SubnetId", self.private_subnet.as_str()),
            ("SecurityGroupId.1", self.private_group.as_str()),
            ("KeyName", "operator"),
        ];
        params.extend(more);
        let id = self.ground.start(&params);
        up().await;
        id
    }

    pub(crate) fn bastion_address(&self) -> String {
        format!("{}:22", self.ground.shown(&self.bastion, "ipAddress").unwrap())
    }

    pub(crate) fn private_ip(&self, id: &str) -> String {
        self.ground.shown(id, "privateIpAddress").unwrap()
    }

    /// A session with the bastion.
    pub(crate) async fn client(&self) -> Client {
        Client::to(self.mock(), &operator(), &self.bastion_address()).await
    }

    /// A session with a private host.
    pub(crate) async fn client_of(&self, id: &str) -> Client {
        self.client().await.beyond(&self.private_ip(id)).await.unwrap()
    }
}

pub(crate) fn operator() -> Origin {
    Origin::Internet(OPERATOR.parse().unwrap())
}

/// As long as a host takes until it is up.
pub(crate) async fn up() {
    tokio::time::sleep(seconds(34)).await;
}

/// The public subnet's route table, with a route to the internet.
fn table(ground: &Ground) -> String {
    let mock = &ground.mock;
    let reply = accepted(mock, "CreateRouteTable", &[("VpcId", &ground.vpc_id)]);
    let table = made(&reply, "routeTable/routeTableId");
    let gateways = accepted(mock, "DescribeInternetGateways", &[]);
    let gateway = made(&gateways, "internetGatewaySet/0/internetGatewayId");
    let route = [
        ("RouteTableId", table.as_str()),
        ("DestinationCidrBlock", "0.0.0.0/0"),
        ("GatewayId", gateway.as_str()),
    ];
    accepted(mock, "CreateRoute", &route);
    let params = [("RouteTableId", table.as_str()), ("SubnetId", ground.subnet_id.as_str())];
    accepted(mock, "AssociateRouteTable", &params);
    table
}

/// Opens a TCP port of a group to addresses or to another group, and gives the rule's id.
pub(crate) fn open(
    mock: &Mock,
    group_id: &str,
    port: &str,
    cidr: Option<&str>,
    from: Option<&str>,
) -> String {
    let mut params = vec![
        ("GroupId", group_id),
        ("IpPermissions.1.IpProtocol", "tcp"),
        ("IpPermissions.1.FromPort", port),
        ("IpPermissions.1.ToPort", port),
    ];
    params.extend(cidr.map(|cidr| ("IpPermissions.1.IpRanges.1.CidrIp", cidr)));
    params.extend(from.map(|from| ("IpPermissions.1.Groups.1.GroupId", from)));
    let reply = accepted(mock, "AuthorizeSecurityGroupIngress", &params);
    made(&reply, "securityGroupRuleSet/0/securityGroupRuleId")
}

//! Which handler answers which operation of EC2.

use super::call::Call;
use super::{
    DhcpOptions, Instance, InternetGateway, NatGateway, NetworkAcl, NetworkInterface, RouteTable,
    SecurityGroupRule, Subnet, Volume, Vpc, account_attribute, address, address_association,
    authorize, availability_zone, image, instance, instance_type, internet_gateway, key_pair,
    launch_template, nat_gateway_lifecycle, network_interface, not_simulated, region, route,
    route_table, route_table_association, security_group, snapshot, subnet, subnet_attribute, tags,
    volume, vpc, vpc_attribute,
};
use crate::wire::{Answer, Request};
use crate::world::{World, unknown_operation};

/// Answers a request to EC2.
pub(crate) fn operate(world: &mut World, request: &Request) -> Answer {
    let request = &*not_simulated::check(request)?;
    let call = Call::new(world, request);
    match request.operation.as_str() {
        "DescribeAccountAttributes" => call.run(account_attribute::describe),
        "DescribeAvailabilityZones" => call.run(availability_zone::describe),
        "DescribeRegions" => call.run(region::describe),

        "CreateTags" => call.run(tags::create),
        "DeleteTags" => call.run(tags::delete),
        "DescribeTags" => call.run(tags::describe),

        "CreateVpc" => call.run(vpc::create),
        "DeleteVpc" => call.run(vpc::delete),
        "DescribeVpcs" => call.describe::<Vpc>(),
        "DescribeVpcAttribute" => call.run(vpc_attribute::describe),
        "ModifyVpcAttribute" => call.run_without_dry_run(vpc_attribute::modify),

        "CreateSubnet" => call.run(subnet::create),
        "DeleteSubnet" => call.run(subnet::delete),
        "DescribeSubnets" => call.describe::<Subnet>(),
        "ModifySubnetAttribute" => call.run_without_dry_run(subnet_attribute::modify),

        "DescribeDhcpOptions" => call.describe::<DhcpOptions>(),
        "DescribeNetworkAcls" => call.describe::<NetworkAcl>(),
        "CreateRouteTable" => call.run_once(route_table::create, route_table::created),
        "DeleteRouteTable" => call.run(route_table::delete),
        "DescribeRouteTables" => call.describe::<RouteTable>(),
        "AssociateRouteTable" => call.run(route_table_association::associate),
        "DisassociateRouteTable" => call.run(route_table_association::disassociate),
        "ReplaceRouteTableAssociation" => call.run(route_table_association::replace),
        "CreateRoute" => call.run(route::create),
        "DeleteRoute" => call.run(route::delete),
        "ReplaceRoute" => call.run(route::replace),

        "AttachInternetGateway" => call.run(internet_gateway::attach),
        "CreateInternetGateway" => call.run(internet_gateway::create),
        "DeleteInternetGateway" => call.run(internet_gateway::delete),
        "DescribeInternetGateways" => call.describe::<InternetGateway>(),
        "DetachInternetGateway" => call.run(internet_gateway::detach),

        "AllocateAddress" => call.run(address::allocate),
        "AssociateAddress" => call.run(address_association::associate_operation),
        "DescribeAddresses" => call.run(address::describe),
        "DisassociateAddress" => call.run(address_association::disassociate_operation),
        "ReleaseAddress" => call.run(address::release),

        "CreateNatGateway" => {
            call.run_once(nat_gateway_lifecycle::create, nat_gateway_lifecycle::created)
        }
        "DeleteNatGateway" => call.run(nat_gateway_lifecycle::delete),
        "DescribeNatGateways" => call.describe::<NatGateway>(),

        "AssignPrivateIpAddresses" => call.run(network_interface::assign),
        "AttachNetworkInterface" => call.run(network_interface::attach_operation),
        "CreateNetworkInterface" => {
            call.run_once(network_interface::create, network_interface::created)
        }
        "DeleteNetworkInterface" => call.run(network_interface::delete),
        "DescribeNetworkInterfaces" => call.describe::<NetworkInterface>(),
        "DetachNetworkInterface" => call.run(network_interface::detach_operation),
        "ModifyNetworkInterfaceAttribute" => call.run(network_interface::modify),
        "UnassignPrivateIpAddresses" => call.run(network_interface::unassign),

        "CreateKeyPair" => call.run(key_pair::create),
        "DeleteKeyPair" => call.run(key_pair::delete),
        "DescribeKeyPairs" => call.run(key_pair::describe),
        "ImportKeyPair" => call.run(key_pair::import_key_pair),

        "CreateLaunchTemplate" => call.run_once(launch_template::create, launch_template::shown),
        "CreateLaunchTemplateVersion" => {
            call.run_once(launch_template::create_version, launch_template::version_shown)
        }
        "DeleteLaunchTemplate" => call.run(launch_template::delete),
        "DeleteLaunchTemplateVersions" => call.run(launch_template::delete_versions),
        "DescribeLaunchTemplates" => call.run(launch_template::describe),
        "DescribeLaunchTemplateVersions" => call.run(launch_template::describe_versions),
        "ModifyLaunchTemplate" => call.run_once(launch_template::modify, launch_template::shown),

        "CopyImage" => call.run_once(image::copy, image::copied),
        "CreateImage" => call.run(image::create),
        "DeregisterImage" => call.run(image::deregister),
        "DescribeImageAttribute" => call.run(image::describe_attribute),
        "DescribeImages" => call.run(image::describe),
        "RegisterImage" => call.run(image::register),

        "CreateSnapshot" => call.run(snapshot::create),
        "DeleteSnapshot" => call.run(snapshot::delete),
        "DescribeSnapshots" => call.run(snapshot::describe),

        "AttachVolume" => call.run(volume::attach_operation),
        "CreateVolume" => call.run_once(volume::create, volume::created),
        "DeleteVolume" => call.run(volume::delete),
        "DescribeVolumes" => call.describe::<Volume>(),
        "DetachVolume" => call.run(volume::detach_operation),

        "DescribeInstanceTypeOfferings" => call.run(instance_type::describe_offerings),
        "DescribeInstanceTypes" => call.run(instance_type::describe),

        "AssociateIamInstanceProfile" => call.run_without_dry_run(instance::associate_profile),
        "DescribeIamInstanceProfileAssociations" => {
            call.run_without_dry_run(instance::describe_profile_associations)
        }
        "DisassociateIamInstanceProfile" => {
            call.run_without_dry_run(instance::disassociate_profile)
        }
        "ReplaceIamInstanceProfileAssociation" => {
            call.run_without_dry_run(instance::replace_profile_association)
        }
        "DescribeInstanceAttribute" => call.run(instance::describe_attribute),
        "DescribeInstanceCreditSpecifications" => call.run(instance::describe_credits),
        "DescribeInstances" => call.describe_with::<Instance>(instance::describe),
        "DescribeInstanceStatus" => call.run(instance::describe_status),
        "GetConsoleOutput" => call.run(instance::console_output),
        "ModifyInstanceAttribute" => call.run(instance::modify),
        "ModifyInstanceCreditSpecification" => call.run(instance::modify_credits),
        "ModifyInstanceMetadataOptions" => call.run(instance::modify_metadata_options),
        "RebootInstances" => call.run(instance::reboot),
        "RunInstances" => {
            let token = request.params.text("ClientToken");
            let run = |world: &mut World, input| instance::run(world, input, token);
            call.run_once_with(instance::RunInstances::read, run, instance::ran)
        }
        "StartInstances" => call.run(instance::start),
        "StopInstances" => call.run(instance::stop),
        "TerminateInstances" => call.run(instance::terminate),

        "CreateSecurityGroup" => call.run(security_group::create),
        "DeleteSecurityGroup" => call.run(security_group::delete),
        "DescribeSecurityGroups" => call.run(security_group::describe),
        "AuthorizeSecurityGroupEgress" => call.run(|w, i| authorize::authorize(w, i, true)),
        "AuthorizeSecurityGroupIngress" => call.run(|w, i| authorize::authorize(w, i, false)),
        "RevokeSecurityGroupEgress" => call.run(|w, i| authorize::revoke(w, i, true)),
        "RevokeSecurityGroupIngress" => call.run(|w, i| authorize::revoke(w, i, false)),
        "ModifySecurityGroupRules" => call.run(authorize::modify),
        "DescribeSecurityGroupRules" => call.describe::<SecurityGroupRule>(),

        _ => Err(unknown_operation(request)),
    }
}

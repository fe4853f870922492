//! How instances are shown.

use super::{Instance, InstanceState};
use crate::ec2::availability_zone::zone_id;
use crate::ec2::describe::Describe as _;
use crate::ec2::instance_type::{self, InstanceType};
use crate::ec2::network_interface::{PublicIp, public_ip_of};
use crate::ec2::tag_specification::tag_set;
use crate::ec2::{NetworkInterface, dns_name, volume};
use crate::wire::Xml;
use crate::world::World;

/// A reservation with some of its instances.
pub(super) fn reservation(world: &World, id: &str, instances: &[&Instance]) -> Xml {
    Xml::new()
        .text("reservationId", id)
        .text("ownerId", &world.account)
        .list("groupSet", [])
        .list("instancesSet", instances.iter().map(|instance| instance.show(world)))
}

impl Instance {
    /// Its interface with index 0.
    pub(super) fn primary<'a>(&self, world: &'a World) -> Option<&'a NetworkInterface> {
        self.interfaces(world).first().copied()
    }

    /// The name of its primary private address, which an instance shows in every VPC.
    pub(crate) fn private_dns_name(&self, world: &World) -> Option<String> {
        let address = self.primary(world)?.private_ip()?;
        Some(match self.hostname_type.as_str() {
            "resource-name" => dns_name::of_resource(world, &self.id),
            _ => dns_name::private(world, address),
        })
    }

    /// Its public address. It has none before it runs.
    pub(super) fn public_ip(&self, world: &World) -> Option<PublicIp> {
        let primary = self.primary(world)?;
        public_ip_of(world, primary, primary.private_ip()?)
    }

    /// The groups of its primary interface, by id and name.
    pub(super) fn groups(&self, world: &World) -> Vec<(String, String)> {
        let ids = self.primary(world).map(|interface| interface.group_ids.clone());
        let named = ids.into_iter().flatten().map(|id| {
            let group = world.ec2.security_groups.get(&id);
            (id.clone(), group.map_or_else(String::new, |group| group.name.clone()))
        });
        named.collect()
    }

    /// Whether it still has a place in a network.
    pub(super) fn is_placed(&self) -> bool {
        self.state != InstanceState::Terminated
    }

    /// How describes and launches show it.
    pub(super) fn show(&self, world: &World) -> Xml {
        let public_ip = self.public_ip(world);
        let is_placed = self.is_placed();
        let reason = self.state_reason.as_ref();
        let primary = self.primary(world);
        let credentials = self.iam_instance_profile.as_ref();
        Xml::new()
            .text("instanceId", &self.id)
            .text("imageId", &self.image_id)
            .node("instanceState", self.state.show())
            .text("privateDnsName", self.private_dns_name(world).unwrap_or_default())
            .text(
                "dnsName",
                public_ip.as_ref().and_then(|ip| ip.dns_name.clone()).unwrap_or_default(),
            )
            .text("reason", &self.state_transition_reason)
            .opt("keyName", self.key_name.as_ref())
            .text("amiLaunchIndex", self.launch_index)
            .list("productCodes", [])
            .text("instanceType", &self.instance_type)
            .text("launchTime", self.launch_time)
            .node("placement", self.show_placement(world))
            .node("monitoring", Xml::new().text("state", self.monitoring_state()))
            .opt("subnetId", is_placed.then_some(&self.subnet_id))
            .opt("vpcId", is_placed.then_some(&self.vpc_id))
            .opt("privateIpAddress", primary.and_then(NetworkInterface::private_ip))
            .opt("ipAddress", public_ip.map(|ip| ip.address))
            .opt("sourceDestCheck", primary.map(|interface| interface.source_dest_check))
            .list("groupSet", self.show_groups(world))
            .opt_node("stateReason", reason.map(|reason| reason.show()))
            .text("architecture", &self.architecture)
            .text("rootDeviceType", "ebs")
            .text("rootDeviceName", &self.root_device_name)
            .list("blockDeviceMapping", self.show_disks(world))
            .text("virtualizationType", "hvm")
            .text("clientToken", &self.client_token)
            .and(tag_set(&self.tags))
            .text("hypervisor", "xen")
            .list("networkInterfaceSet", self.show_interfaces(world))
            .opt_node(
                "iamInstanceProfile",
                credentials.map(|p| Xml::new().text("arn", &p.arn).text("id", &p.id)),
            )
            .text("ebsOptimized", self.ebs_optimized)
            .text("enaSupport", true)
            .opt_node("cpuOptions", self.show_cpus())
            .node("hibernationOptions", Xml::new().text("configured", false))
            .node("enclaveOptions", Xml::new().text("enabled", self.has_enclaves))
            .node("metadataOptions", self.metadata_options.show(self.metadata_state()))
            .text("platformDetails", "Linux/UNIX")
            .text("usageOperation", "RunInstances")
            .node("maintenanceOptions", Xml::new().text("autoRecovery", &self.auto_recovery))
            .node("privateDnsNameOptions", self.show_names())
            .node("capacityReservationSpecification", self.show_reservations())
    }

    /// Whether its metadata options are in force.
    pub(super) fn metadata_state(&self) -> &'static str {
        match self.state {
            InstanceState::Pending => "pending",
            _ => "applied",
        }
    }

    pub(super) fn monitoring_state(&self) -> &'static str {
        if self.monitoring { "enabled" } else { "disabled" }
    }

    fn show_placement(&self, world: &World) -> Xml {
        Xml::new()
            .text("availabilityZone", &self.availability_zone)
            .opt("availabilityZoneId", zone_id(world, &self.availability_zone).ok())
            .text("groupName", "")
            .text("tenancy", &self.tenancy)
    }

    fn show_cpus(&self) -> Option<Xml> {
        let of_type = || instance_type::named(&self.instance_type).ok().map(InstanceType::cpus);
        let cpus = self.cpu_options.or_else(of_type)?;
        let cores = Xml::new().text("coreCount", cpus.core_count);
        Some(cores.text("threadsPerCore", cpus.threads_per_core))
    }

    fn show_names(&self) -> Xml {
        let (a, aaaa) =
            (self.enable_resource_name_dns_a_record, self.enable_resource_name_dns_aaaa_record);
        Xml::new()
            .text("hostnameType", &self.hostname_type)
            .text("enableResourceNameDnsARecord", a)
            .text("enableResourceNameDnsAAAARecord", aaaa)
    }

    fn show_reservations(&self) -> Xml {
        Xml::new().text("capacityReservationPreference", &self.capacity_reservation_preference)
    }

    pub(super) fn show_groups(&self, world: &World) -> Vec<Xml> {
        let groups = self.groups(world).into_iter();
        groups.map(|(id, name)| Xml::new().text("groupId", id).text("groupName", name)).collect()
    }

    /// Its volumes, as instances show them.
    pub(super) fn show_disks(&self, world: &World) -> Vec<Xml> {
        let volumes = volume::of_instance(world, &self.id).into_iter();
        let disks = volumes.filter_map(|volume| {
            let held = volume.attachment.as_ref()?;
            let ebs = Xml::new()
                .text("volumeId", &volume.id)
                .text("status", &held.state)
                .text("attachTime", held.attach_time)
                .text("deleteOnTermination", held.delete_on_termination);
            Some(Xml::new().text("deviceName", &held.device).node("ebs", ebs))
        });
        disks.collect()
    }

    /// Its interfaces show what they show on their own, under the same names.
    fn show_interfaces(&self, world: &World) -> Vec<Xml> {
        self.interfaces(world).iter().map(|interface| interface.show(world)).collect()
    }
}

//! `DescribeInstanceTypes`.

use serde::Deserialize;

use super::catalogue::{InstanceType, TYPES, named};
use crate::ec2::describe::page;
use crate::ec2::filter::{self, Attribute, Filter, one};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::World;

const FILTERS: &[Attribute<InstanceType>] = &[
    ("bare-metal", |_, _| one(&false)),
    ("burstable-performance-supported", |found, _| one(&found.is_burstable())),
    ("current-generation", |found, _| one(&found.is_current())),
    ("ebs-info.ebs-optimized-support", |found, _| one(found.ebs_optimized())),
    ("ebs-info.encryption-support", |_, _| one("supported")),
    ("ebs-info.nvme-support", |found, _| one(found.required_on_nitro())),
    ("free-tier-eligible", |found, _| one(&found.is_free_tier())),
    ("hypervisor", |found, _| one(found.hypervisor())),
    ("instance-storage-info.disk.count", |_, _| Vec::new()),
    ("instance-storage-info.disk.size-in-gb", |_, _| Vec::new()),
    ("instance-storage-info.disk.type", |_, _| Vec::new()),
    ("instance-storage-info.encryption-support", |_, _| Vec::new()),
    ("instance-storage-info.nvme-support", |_, _| Vec::new()),
    ("instance-storage-info.total-size-in-gb", |_, _| Vec::new()),
    ("instance-storage-supported", |_, _| one(&false)),
    ("instance-type", |found, _| one(found.name)),
    ("memory-info.size-in-mib", |found, _| one(&found.memory_mib)),
    ("network-info.efa-info.maximum-efa-interfaces", |_, _| Vec::new()),
    ("network-info.efa-supported", |_, _| one(&false)),
    ("network-info.ena-support", |found, _| one(found.required_on_nitro())),
    ("network-info.ipv4-addresses-per-interface", |found, _| one(&found.addresses)),
    ("network-info.ipv6-addresses-per-interface", |found, _| one(&found.addresses)),
    ("network-info.ipv6-supported", |_, _| one(&true)),
    ("network-info.maximum-network-cards", |_, _| one(&1)),
    ("network-info.maximum-network-interfaces", |found, _| one(&found.interfaces)),
    ("processor-info.supported-architecture", |found, _| one(found.architecture())),
    ("supported-root-device-type", |_, _| one("ebs")),
    ("supported-usage-class", |_, _| vec!["on-demand".to_owned(), "spot".to_owned()]),
    ("supported-virtualization-type", |_, _| one("hvm")),
    ("vcpu-info.default-cores", |found, _| one(&found.cpus().core_count)),
    ("vcpu-info.default-threads-per-core", |found, _| one(&found.threads_per_core())),
    ("vcpu-info.default-vcpus", |found, _| one(&found.vcpus)),
];

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DescribeInstanceTypes {
    #[serde(default, rename = "InstanceType")]
    names: Vec<String>,
    #[serde(default, rename = "Filter")]
    filters: Vec<Filter>,
    /// Every type is in every region.
    #[serde(default, rename = "IncludeUnsupportedInRegion")]
    _include_unsupported: bool,
    max_results: Option<usize>,
    next_token: Option<String>,
}

/// Lists types.
pub(crate) fn describe(world: &mut World, input: &DescribeInstanceTypes) -> Answer {
    if !input.names.is_empty() && input.max_results.is_some() {
        return Err(AwsError::new(
            "InvalidParameterCombination",
            "The parameter instanceTypes cannot be used with the parameter maxResults",
        ));
    }
    filter::check(&input.filters, FILTERS, false)?;
    let mut types = if input.names.is_empty() {
        TYPES.to_vec()
    } else {
        let invalid = |name: &String| {
            named(name).map_err(|_| {
                let why = format!("The following supplied instance types do not exist: [{name}]");
                AwsError::new("InvalidInstanceType", why)
            })
        };
        input.names.iter().map(invalid).collect::<Result<_, _>>()?
    };
    types.sort_by_key(|found| found.name);
    types.dedup();
    types.retain(|found| filter::passes(world, found, None, &input.filters, FILTERS));
    let token = input.next_token.as_deref();
    let (types, next) = page(types, |found| found.name, &(5..=100), input.max_results, token)?;
    let items = types.into_iter().map(InstanceType::show);
    Ok(Xml::new().list("instanceTypeSet", items).opt("nextToken", next))
}

impl InstanceType {
    fn is_current(self) -> bool {
        !self.name.starts_with("m4.")
    }

    /// Whether the free tier pays for it, where it pays for T2.
    fn is_free_tier(self) -> bool {
        self.name == "t2.micro"
    }

    fn ebs_optimized(self) -> &'static str {
        if self.hypervisor() == "nitro" { "default" } else { "unsupported" }
    }

    /// How far NVMe and the elastic network adapter go: Nitro needs them, Xen has neither here.
    fn required_on_nitro(self) -> &'static str {
        if self.hypervisor() == "nitro" { "required" } else { "unsupported" }
    }

    fn show(self) -> Xml {
        let threads = self.threads_per_core();
        let processor = Xml::new().texts("supportedArchitectures", [self.architecture()]);
        let vcpus = Xml::new()
            .text("defaultVCpus", self.vcpus)
            .text("defaultCores", self.vcpus / threads)
            .text("defaultThreadsPerCore", threads);
        let ebs = Xml::new()
            .text("ebsOptimizedSupport", self.ebs_optimized())
            .text("encryptionSupport", "supported")
            .text("nvmeSupport", self.required_on_nitro());
        let network = Xml::new()
            .text("maximumNetworkInterfaces", self.interfaces)
            .text("maximumNetworkCards", 1)
            .text("defaultNetworkCardIndex", 0)
            .text("ipv4AddressesPerInterface", self.addresses)
            .text("ipv6AddressesPerInterface", self.addresses)
            .text("ipv6Supported", true)
            .text("enaSupport", self.required_on_nitro())
            .text("efaSupported", false);
        Xml::new()
            .text("instanceType", self.name)
            .text("currentGeneration", self.is_current())
            .text("freeTierEligible", self.is_free_tier())
            .texts("supportedUsageClasses", ["on-demand", "spot"])
            .texts("supportedRootDeviceTypes", ["ebs"])
            .texts("supportedVirtualizationTypes", ["hvm"])
            .text("bareMetal", false)
            .text("hypervisor", self.hypervisor())
            .node("processorInfo", processor)
            .node("vCpuInfo", vcpus)
            .node("memoryInfo", Xml::new().text("sizeInMiB", self.memory_mib))
            .text("instanceStorageSupported", false)
            .node("ebsInfo", ebs)
            .node("networkInfo", network)
            .text("burstablePerformanceSupported", self.is_burstable())
    }
}

//! [`InstanceType`]: the types there are.
//!
//! The numbers are those of the instance type pages and of the EC2 user guide's table of
//! addresses per interface.

use crate::ec2::CpuOptions;
use crate::wire::AwsError;

/// An instance type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct InstanceType {
    pub(crate) name: &'static str,
    pub(crate) vcpus: u32,
    pub(crate) memory_mib: u32,
    /// How many network interfaces an instance may have.
    pub(crate) interfaces: usize,
    /// How many addresses an interface may have.
    pub(crate) addresses: usize,
}

const fn of(
    name: &'static str,
    vcpus: u32,
    memory_mib: u32,
    interfaces: usize,
    addresses: usize,
) -> InstanceType {
    InstanceType { name, vcpus, memory_mib, interfaces, addresses }
}

/// Every type of the simulator, by name.
pub(super) const TYPES: [InstanceType; 52] = [
    of("c5.2xlarge", 8, 16_384, 4, 15),
    of("c5.large", 2, 4_096, 3, 10),
    of("c5.xlarge", 4, 8_192, 4, 15),
    of("c6i.2xlarge", 8, 16_384, 4, 15),
    of("c6i.large", 2, 4_096, 3, 10),
    of("c6i.xlarge", 4, 8_192, 4, 15),
    of("c7g.large", 2, 4_096, 3, 10),
    of("c7g.xlarge", 4, 8_192, 4, 15),
    of("m4.large", 2, 8_192, 2, 10),
    of("m4.xlarge", 4, 16_384, 4, 15),
    of("m5.2xlarge", 8, 32_768, 4, 15),
    of("m5.4xlarge", 16, 65_536, 8, 30),
    of("m5.large", 2, 8_192, 3, 10),
    of("m5.xlarge", 4, 16_384, 4, 15),
    of("m6g.large", 2, 8_192, 3, 10),
    of("m6g.xlarge", 4, 16_384, 4, 15),
    of("m6i.2xlarge", 8, 32_768, 4, 15),
    of("m6i.large", 2, 8_192, 3, 10),
    of("m6i.xlarge", 4, 16_384, 4, 15),
    of("m7g.large", 2, 8_192, 3, 10),
    of("m7g.xlarge", 4, 16_384, 4, 15),
    of("r5.large", 2, 16_384, 3, 10),
    of("r5.xlarge", 4, 32_768, 4, 15),
    of("r6g.large", 2, 16_384, 3, 10),
    of("t2.2xlarge", 8, 32_768, 3, 15),
    of("t2.large", 2, 8_192, 3, 12),
    of("t2.medium", 2, 4_096, 3, 6),
    of("t2.micro", 1, 1_024, 2, 2),
    of("t2.nano", 1, 512, 2, 2),
    of("t2.small", 1, 2_048, 3, 4),
    of("t2.xlarge", 4, 16_384, 3, 15),
    of("t3.2xlarge", 8, 32_768, 4, 15),
    of("t3.large", 2, 8_192, 3, 12),
    of("t3.medium", 2, 4_096, 3, 6),
    of("t3.micro", 2, 1_024, 2, 2),
    of("t3.nano", 2, 512, 2, 2),
    of("t3.small", 2, 2_048, 3, 4),
    of("t3.xlarge", 4, 16_384, 4, 15),
    of("t3a.2xlarge", 8, 32_768, 4, 15),
    of("t3a.large", 2, 8_192, 3, 12),
    of("t3a.medium", 2, 4_096, 3, 6),
    of("t3a.micro", 2, 1_024, 2, 2),
    of("t3a.nano", 2, 512, 2, 2),
    of("t3a.small", 2, 2_048, 2, 4),
    of("t3a.xlarge", 4, 16_384, 4, 15),
    of("t4g.2xlarge", 8, 32_768, 4, 15),
    of("t4g.large", 2, 8_192, 3, 12),
    of("t4g.medium", 2, 4_096, 3, 6),
    of("t4g.micro", 2, 1_024, 2, 2),
    of("t4g.nano", 2, 512, 2, 2),
    of("t4g.small", 2, 2_048, 3, 4),
    of("t4g.xlarge", 4, 16_384, 4, 15),
];

impl InstanceType {
    fn family(self) -> &'static str {
        self.name.split('.').next().unwrap_or_default()
    }

    /// `x86_64` or `arm64`: the families with a `g` after the number are Graviton.
    pub(crate) fn architecture(self) -> &'static str {
        if self.family().ends_with('g') { "arm64" } else { "x86_64" }
    }

    /// `xen` for the old families, `nitro` for the others.
    pub(crate) fn hypervisor(self) -> &'static str {
        if matches!(self.family(), "t2" | "m4") { "xen" } else { "nitro" }
    }

    /// Whether it earns CPU credits.
    pub(crate) fn is_burstable(self) -> bool {
        self.name.starts_with('t')
    }

    /// What it may do without credits unless told otherwise: T2 stops at its baseline.
    pub(crate) fn default_credits(self) -> Option<&'static str> {
        match self.family() {
            "t2" => Some("standard"),
            _ if self.is_burstable() => Some("unlimited"),
            _ => None,
        }
    }

    /// Threads on each core: the old T2 and all Graviton cores run one.
    pub(crate) fn threads_per_core(self) -> u32 {
        if self.family() == "t2" || self.architecture() == "arm64" || self.vcpus < 2 {
            1
        } else {
            2
        }
    }

    /// The cores and threads it has.
    pub(crate) fn cpus(self) -> CpuOptions {
        let threads_per_core = self.threads_per_core();
        CpuOptions { core_count: self.vcpus / threads_per_core, threads_per_core }
    }

    /// Whether its instances can have enclaves: Nitro types with four vCPUs, or two on Graviton,
    /// but no burstable ones ("Requirements", AWS Nitro Enclaves user guide).
    pub(crate) fn can_have_enclaves(self) -> bool {
        let least = if self.architecture() == "arm64" { 2 } else { 4 };
        self.hypervisor() == "nitro" && !self.is_burstable() && least <= self.vcpus
    }
}

/// The type with this name.
///
/// # Errors
/// `InvalidParameterValue` for a name the simulator does not know.
pub(crate) fn named(name: &str) -> Result<InstanceType, AwsError> {
    TYPES.iter().find(|known| known.name == name).copied().ok_or_else(|| {
        AwsError::new("InvalidParameterValue", format!("Invalid value '{name}' for InstanceType."))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    // [D] The EC2 user guide on architectures, hypervisors and credits.
    #[test]
    fn families_tell_what_types_are() {
        for (name, architecture, hypervisor, credits) in [
            ("t2.medium", "x86_64", "xen", Some("standard")),
            ("t3a.small", "x86_64", "nitro", Some("unlimited")),
            ("t4g.nano", "arm64", "nitro", Some("unlimited")),
            ("m5.large", "x86_64", "nitro", None),
            ("c7g.xlarge", "arm64", "nitro", None),
        ] {
            let found = named(name).unwrap();
            assert_eq!(found.architecture(), architecture, "{name}");
            assert_eq!(found.hypervisor(), hypervisor, "{name}");
            assert_eq!(found.default_credits(), credits, "{name}");
        }
        assert_eq!(named("t9.huge").unwrap_err().code, "InvalidParameterValue");
        assert!(TYPES.is_sorted_by_key(|known| known.name));
    }
}

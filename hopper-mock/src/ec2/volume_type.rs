//! The types of EBS volumes and what each allows.

use crate::wire::AwsError;

/// A volume type, with the bounds the EBS user guide gives.
struct VolumeType {
    name: &'static str,
    /// Sizes in GiB.
    sizes: std::ops::RangeInclusive<u32>,
    iops: Iops,
}

/// Whether I/O operations a second can be asked for.
enum Iops {
    /// They cannot.
    Fixed,
    /// They cannot; they grow with the size.
    BySize,
    /// They can, and there is a default.
    Default(u32),
    /// They must.
    Required,
}

static TYPES: [VolumeType; 7] = [
    VolumeType { name: "gp2", sizes: 1..=16_384, iops: Iops::BySize },
    VolumeType { name: "gp3", sizes: 1..=65_536, iops: Iops::Default(3_000) },
    VolumeType { name: "io1", sizes: 4..=16_384, iops: Iops::Required },
    VolumeType { name: "io2", sizes: 4..=65_536, iops: Iops::Required },
    VolumeType { name: "sc1", sizes: 125..=16_384, iops: Iops::Fixed },
    VolumeType { name: "st1", sizes: 125..=16_384, iops: Iops::Fixed },
    VolumeType { name: "standard", sizes: 1..=1_024, iops: Iops::Fixed },
];

/// What a volume can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Performance {
    /// I/O operations a second, where the type has a number for it.
    pub(super) iops: Option<u32>,
    /// MiB a second, which only `gp3` lets one choose.
    pub(super) throughput: Option<u32>,
}

/// Refuses a name that is no volume type's.
pub(super) fn check_name(name: &str) -> Result<(), AwsError> {
    find(name).map(|_| ())
}

fn find(name: &str) -> Result<&'static VolumeType, AwsError> {
    TYPES.iter().find(|known| known.name == name).ok_or_else(|| {
        AwsError::new(
            "UnknownVolumeType",
            format!("Unsupported volume type '{name}' for volume creation. It is no volume type."),
        )
    })
}

/// Checks a size and what is asked for against the type.
///
/// # Errors
/// An unknown type; a size or a performance the type does not have.
pub(super) fn check(
    name: &str,
    size: u32,
    iops: Option<u32>,
    throughput: Option<u32>,
) -> Result<Performance, AwsError> {
    let found = find(name)?;
    if !found.sizes.contains(&size) {
        let (least, most) = (found.sizes.start(), found.sizes.end());
        return Err(AwsError::new(
            "InvalidParameterValue",
            format!(
                "Volume of {size}GiB is invalid; {name} volumes have from {least} to {most} GiB"
            ),
        ));
    }
    let not_for = |parameter: &str| {
        let why = format!("The parameter {parameter} is not supported for {name} volumes.");
        AwsError::new("InvalidParameterCombination", why)
    };
    let iops = match (&found.iops, iops) {
        (Iops::Fixed | Iops::BySize, Some(_)) => return Err(not_for("iops")),
        (Iops::Fixed, None) => None,
        (Iops::BySize, None) => Some((size * 3).clamp(100, 16_000)),
        (Iops::Default(default), given) => Some(given.unwrap_or(*default)),
        (Iops::Required, Some(given)) => Some(given),
        (Iops::Required, None) => return Err(AwsError::missing("iops")),
    };
    let throughput = match (name, throughput) {
        ("gp3", given) => Some(given.unwrap_or(125)),
        (_, Some(_)) => return Err(not_for("throughput")),
        (_, None) => None,
    };
    Ok(Performance { iops, throughput })
}

#[cfg(test)]
mod tests {
    use super::*;

    // [D] Bounds and defaults of the volume types in the EBS user guide.
    #[test]
    fn each_type_has_its_bounds_and_defaults() {
        let known = |iops, throughput| Performance { iops, throughput };
        assert_eq!(check("gp2", 8, None, None).unwrap(), known(Some(100), None));
        assert_eq!(check("gp2", 100, None, None).unwrap(), known(Some(300), None));
        assert_eq!(check("gp3", 8, None, None).unwrap(), known(Some(3_000), Some(125)));
        assert_eq!(check("io1", 8, Some(400), None).unwrap(), known(Some(400), None));
        assert_eq!(check("st1", 500, None, None).unwrap(), known(None, None));
        for (name, size, iops, throughput, code) in [
            ("gp4", 8, None, None, "UnknownVolumeType"),
            ("gp2", 0, None, None, "InvalidParameterValue"),
            ("st1", 8, None, None, "InvalidParameterValue"),
            ("io1", 8, None, None, "MissingParameter"),
            ("gp2", 8, Some(100), None, "InvalidParameterCombination"),
            ("gp2", 8, None, Some(125), "InvalidParameterCombination"),
        ] {
            assert_eq!(check(name, size, iops, throughput).unwrap_err().code, code, "{name}");
        }
    }
}

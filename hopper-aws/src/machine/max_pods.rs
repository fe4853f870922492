//! [`max_pods()`]: how many pods fit on a machine.

/// Network interfaces, and addresses of each, by type: "IP addresses per network interface per
/// instance type", EC2 user guide.
const INTERFACES: &[(&str, u32, u32)] = &[
    ("c5.large", 3, 10),
    ("c5.xlarge", 4, 15),
    ("c5.2xlarge", 4, 15),
    ("c6i.large", 3, 10),
    ("c6i.xlarge", 4, 15),
    ("c6i.2xlarge", 4, 15),
    ("m5.large", 3, 10),
    ("m5.xlarge", 4, 15),
    ("m5.2xlarge", 4, 15),
    ("m6i.large", 3, 10),
    ("m6i.xlarge", 4, 15),
    ("m6i.2xlarge", 4, 15),
    ("r5.large", 3, 10),
    ("r5.xlarge", 4, 15),
    ("t2.medium", 3, 6),
    ("t2.large", 3, 12),
    ("t3.micro", 2, 2),
    ("t3.small", 3, 4),
    ("t3.medium", 3, 6),
    ("t3.large", 3, 12),
    ("t3.xlarge", 4, 15),
    ("t3.2xlarge", 4, 15),
    ("t3a.medium", 3, 6),
    ("t3a.large", 3, 12),
    ("t3a.xlarge", 4, 15),
    ("t3a.2xlarge", 4, 15),
];

/// How many pods fit on a machine of a type whose pods have addresses of the VPC: as many as its
/// interfaces have addresses beside their own, and two that share the machine's.
///
/// `None` for a type that is not in the table.
///
/// Source: `eni-max-pods.txt` and README of amazon-vpc-cni-k8s.
///
/// ```
/// use hopper_aws::machine::max_pods;
///
/// assert_eq!(max_pods("t3.medium"), Some(17));
/// assert_eq!(max_pods("t3.large"), Some(35));
/// assert_eq!(max_pods("x9.huge"), None);
/// ```
#[must_use]
pub fn max_pods(instance_type: &str) -> Option<u32> {
    let of = |(name, interfaces, addresses): &(&str, u32, u32)| {
        (*name == instance_type).then(|| interfaces * (addresses - 1) + 2)
    };
    INTERFACES.iter().find_map(of)
}

//! The images everybody can use.
//!
//! Owners and names are those of real ones; the ids come from the seed.

use super::Image;
use crate::Time;
use crate::ec2::{BlockDevice, Snapshot};
use crate::world::{Tags, World};

/// An image of the catalogue.
struct Entry {
    owner_id: &'static str,
    owner_alias: Option<&'static str>,
    name: &'static str,
    description: &'static str,
    /// The day it was made.
    date: &'static str,
    architecture: &'static str,
    root_device_name: &'static str,
    volume_type: &'static str,
}

/// Canonical, who makes Ubuntu.
const CANONICAL: &str = "099720109477";

const fn ubuntu(
    name: &'static str,
    description: &'static str,
    date: &'static str,
    architecture: &'static str,
    volume_type: &'static str,
) -> Entry {
    Entry {
        owner_id: CANONICAL,
        owner_alias: None,
        name,
        description,
        date,
        architecture,
        root_device_name: "/dev/sda1",
        volume_type,
    }
}

const XENIAL: &str = "Canonical, Ubuntu, 16.04 LTS, amd64 xenial image build on";
const XENIAL_ARM: &str = "Canonical, Ubuntu, 16.04 LTS, arm64 xenial image build on";
const JAMMY: &str = "Canonical, Ubuntu, 22.04 LTS, amd64 jammy image build on";
const JAMMY_ARM: &str = "Canonical, Ubuntu, 22.04 LTS, arm64 jammy image build on";
const NOBLE: &str = "Canonical, Ubuntu, 24.04 LTS, amd64 noble image build on";
const NOBLE_ARM: &str = "Canonical, Ubuntu, 24.04 LTS, arm64 noble image build on";

const CATALOGUE: [Entry; 15] = [
    ubuntu(
        "ubuntu/images/hvm-ssd/ubuntu-xenial-16.04-amd64-server-20180627",
        XENIAL,
        "2018-06-27",
        "x86_64",
        "gp2",
    ),
    ubuntu(
        "ubuntu/images/hvm-ssd/ubuntu-xenial-16.04-amd64-server-20180814",
        XENIAL,
        "2018-08-14",
        "x86_64",
        "gp2",
    ),
    ubuntu(
        "ubuntu/images/hvm-ssd/ubuntu-xenial-16.04-amd64-server-20190212",
        XENIAL,
        "2019-02-12",
        "x86_64",
        "gp2",
    ),
    ubuntu(
        "ubuntu/images/hvm-ssd/ubuntu-xenial-16.04-amd64-server-20210928",
        XENIAL,
        "2021-09-28",
        "x86_64",
        "gp2",
    ),
    ubuntu(
        "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-20240301",
        JAMMY,
        "2024-03-01",
        "x86_64",
        "gp2",
    ),
    ubuntu(
        "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20240423",
        NOBLE,
        "2024-04-23",
        "x86_64",
        "gp3",
    ),
    ubuntu(
        "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20250305",
        NOBLE,
        "2025-03-05",
        "x86_64",
        "gp3",
    ),
    ubuntu(
        "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20251022",
        NOBLE,
        "2025-10-22",
        "x86_64",
        "gp3",
    ),
    ubuntu(
        "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-arm64-server-20250305",
        NOBLE_ARM,
        "2025-03-05",
        "arm64",
        "gp3",
    ),
    ubuntu(
        "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-arm64-server-20251022",
        NOBLE_ARM,
        "2025-10-22",
        "arm64",
        "gp3",
    ),
    Entry {
        owner_id: "679593333241",
        owner_alias: Some("aws-marketplace"),
        name: "ubuntu/images/hvm-ssd/ubuntu-xenial-16.04-amd64-server-20211001-hardened",
        description: "Somebody else's Ubuntu under a name like Canonical's",
        date: "2021-10-04",
        architecture: "x86_64",
        root_device_name: "/dev/sda1",
        volume_type: "gp2",
    },
    Entry {
        owner_id: "137112412989",
        owner_alias: Some("amazon"),
        name: "al2023-ami-2023.6.20250303.0-kernel-6.1-x86_64",
        description: "Amazon Linux 2023 AMI 2023.6.20250303.0 x86_64 HVM kernel-6.1",
        date: "2025-03-03",
        architecture: "x86_64",
        root_device_name: "/dev/xvda",
        volume_type: "gp3",
    },
    Entry {
        owner_id: "137112412989",
        owner_alias: Some("amazon"),
        name: "al2023-ami-2023.6.20250303.0-kernel-6.1-arm64",
        description: "Amazon Linux 2023 AMI 2023.6.20250303.0 arm64 HVM kernel-6.1",
        date: "2025-03-03",
        architecture: "arm64",
        root_device_name: "/dev/xvda",
        volume_type: "gp3",
    },
    ubuntu(
        "ubuntu/images/hvm-ssd/ubuntu-xenial-16.04-arm64-server-20210928",
        XENIAL_ARM,
        "2021-09-28",
        "arm64",
        "gp2",
    ),
    ubuntu(
        "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-arm64-server-20240301",
        JAMMY_ARM,
        "2024-03-01",
        "arm64",
        "gp2",
    ),
];

/// Puts the catalogue into a fresh region.
pub(crate) fn furnish(world: &mut World) {
    for entry in CATALOGUE {
        let root = BlockDevice {
            device_name: entry.root_device_name.to_owned(),
            snapshot_id: Some(world.new_id::<Snapshot>()),
            volume_size: 8,
            volume_type: entry.volume_type.to_owned(),
            iops: (entry.volume_type == "gp3").then_some(3_000),
            throughput: (entry.volume_type == "gp3").then_some(125),
            delete_on_termination: true,
            encrypted: false,
        };
        let description = match entry.owner_id {
            CANONICAL => format!("{} {}", entry.description, entry.date),
            _ => entry.description.to_owned(),
        };
        let is_new = entry.volume_type == "gp3";
        let image = Image {
            id: world.new_id::<Image>(),
            name: entry.name.to_owned(),
            description: Some(description),
            owner_id: entry.owner_id.to_owned(),
            owner_alias: entry.owner_alias.map(str::to_owned),
            state: "available".to_owned(),
            state_reason: None,
            creation_date: format!("{}T09:00:00.000Z", entry.date).parse().unwrap_or(Time::START),
            deprecation_time: None,
            last_launched_time: None,
            architecture: entry.architecture.to_owned(),
            boot_mode: is_new.then(|| "uefi-preferred".to_owned()),
            imds_support: is_new.then(|| "v2.0".to_owned()),
            root_device_name: entry.root_device_name.to_owned(),
            block_devices: vec![root],
            is_public: true,
            source_instance_id: None,
            source_image: None,
            tags: Tags::new(),
        };
        world.ec2.images.insert(image.id.clone(), image);
    }
}

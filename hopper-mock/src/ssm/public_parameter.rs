//! The parameters everybody can read: those that name the newest images of Ubuntu and of Amazon
//! Linux.
//!
//! Their values are images of the world, so a launch can use them.

use crate::ec2::Image;
use crate::world::World;

/// A parameter with one version for each image of a series.
#[derive(Debug)]
pub(super) struct PublicParameter {
    /// Its name.
    pub(super) name: &'static str,
    /// What its values are said to be.
    pub(super) data_type: &'static str,
    owner_id: &'static str,
    /// What the names of its images begin with.
    start: &'static str,
    /// What the names of its images end with.
    end: &'static str,
}

const fn ubuntu(name: &'static str, start: &'static str) -> PublicParameter {
    let (data_type, owner_id) = ("aws:ec2:image", "099720109477");
    PublicParameter { name, data_type, owner_id, start, end: "" }
}

const fn amazon_linux(name: &'static str, end: &'static str) -> PublicParameter {
    let (data_type, owner_id) = ("text", "137112412989");
    PublicParameter { name, data_type, owner_id, start: "al2023-ami-2023.", end }
}

/// Canonical publishes 24.04 on gp3 disks and older releases on gp2 disks alone.
const PARAMETERS: [PublicParameter; 8] = [
    ubuntu(
        "/aws/service/canonical/ubuntu/server/16.04/stable/current/amd64/hvm/ebs-gp2/ami-id",
        "ubuntu/images/hvm-ssd/ubuntu-xenial-16.04-amd64-server-",
    ),
    ubuntu(
        "/aws/service/canonical/ubuntu/server/16.04/stable/current/arm64/hvm/ebs-gp2/ami-id",
        "ubuntu/images/hvm-ssd/ubuntu-xenial-16.04-arm64-server-",
    ),
    ubuntu(
        "/aws/service/canonical/ubuntu/server/22.04/stable/current/amd64/hvm/ebs-gp2/ami-id",
        "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-",
    ),
    ubuntu(
        "/aws/service/canonical/ubuntu/server/22.04/stable/current/arm64/hvm/ebs-gp2/ami-id",
        "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-arm64-server-",
    ),
    ubuntu(
        "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id",
        "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-",
    ),
    ubuntu(
        "/aws/service/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id",
        "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-arm64-server-",
    ),
    amazon_linux(
        "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64",
        "-kernel-6.1-arm64",
    ),
    amazon_linux(
        "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
        "-kernel-6.1-x86_64",
    ),
];

impl PublicParameter {
    /// The one with this name.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        PARAMETERS.iter().find(|parameter| parameter.name == name)
    }

    /// Its versions from the oldest on: one for each image.
    pub(super) fn versions<'a>(&self, world: &'a World) -> Vec<&'a Image> {
        let is_one = |image: &&Image| {
            image.is_public
                && image.owner_id == self.owner_id
                && image.name.starts_with(self.start)
                && image.name.ends_with(self.end)
        };
        let mut images: Vec<_> = world.ec2.images.values().filter(is_one).collect();
        images.sort_by(|one, other| one.name.cmp(&other.name));
        images
    }
}

//! [`Picture`]: what a world looks like to somebody who does not know its ids.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use super::World;
use super::portrait::Portrait;

/// A world without what differs between two worlds that are alike: ids, addresses that were drawn,
/// times and tokens. Everything else is there: every kind of thing, its names, tags, rules and
/// states, and what it refers to, by name or by place.
///
/// Two worlds in which the same was made have the same picture, in whatever order and however
/// often it was tried; a thing too many or too few, or one that refers to another, shows. What is
/// terminated or deleted and only still listed is left out, and so are the activities of groups. What is still under way shows as what
/// it is just now: let time pass first, with [`World::advance`].
///
/// ```
/// # use hopper_mock::Mock;
/// let picture = |cidrs: &[&str], seed| {
///     let mock = Mock::builder().seed(seed).build();
///     for cidr in cidrs {
///         mock.call("CreateVpc", &[("CidrBlock", cidr)]);
///     }
///     let mut world = mock.world();
///     world.advance(world.now + std::time::Duration::from_secs(60));
///     world.picture()
/// };
/// let one = picture(&["10.0.0.0/16", "10.1.0.0/16"], 1);
/// assert_eq!(one, picture(&["10.1.0.0/16", "10.0.0.0/16"], 2));
/// let two = picture(&["10.0.0.0/16", "10.1.0.0/16", "10.1.0.0/16"], 3);
/// assert!(two.against(&one).contains("+ ec2/vpcs"), "{}", two.against(&one));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Picture(Vec<String>);

impl Picture {
    /// The lines that are in one picture only, `-` for the other's and `+` for this one's; empty
    /// where the pictures are the same.
    pub fn against(&self, other: &Picture) -> String {
        let mut counts = BTreeMap::<&str, i64>::new();
        for line in &other.0 {
            *counts.entry(line).or_default() -= 1;
        }
        for line in &self.0 {
            *counts.entry(line).or_default() += 1;
        }
        let told = counts.into_iter().filter(|(_, n)| *n != 0).map(|(line, n)| {
            let line = format!("{} {line}\n", if n < 0 { '-' } else { '+' });
            line.repeat(usize::try_from(n.unsigned_abs()).unwrap_or(1))
        });
        told.collect()
    }
}

impl fmt::Display for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl World {
    /// The world without ids, drawn addresses, times and tokens.
    pub fn picture(&self) -> Picture {
        let mut world = self.resources();
        let gone: BTreeSet<&str> =
            self.entries().filter(|entry| entry.is_history).map(|entry| entry.id).collect();
        let mut portrait = Portrait::default();
        for (service, tables) in world.as_object_mut().into_iter().flatten() {
            for (table, things) in tables.as_object_mut().into_iter().flatten() {
                // What was done is not what there is.
                if table == "activities" {
                    continue;
                }
                for (id, thing) in things.as_object_mut().into_iter().flatten() {
                    if !gone.contains(id.as_str()) {
                        // What it once said tells how often it was started.
                        if let Some(fields) = thing.as_object_mut() {
                            fields.remove("console_output");
                        }
                        portrait.add(format!("{service}/{table}"), id, thing);
                    }
                }
            }
        }
        Picture(portrait.lines())
    }

    /// How many ids were given out so far, by what they are for: more than in another world with
    /// the same [picture](Self::picture) tell that something was made and is gone again.
    pub fn given_out(&self) -> BTreeMap<String, u64> {
        let drawn = ["request", "visibility", "fault"];
        let is_id = |purpose: &str| !drawn.contains(&purpose) && !purpose.ends_with("-address");
        let made = self.machinery.ids.made();
        made.filter(|(purpose, _)| is_id(purpose)).map(|(p, n)| (p.to_owned(), n)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Mock;

    /// Two subnets with an instance each, launched in this order; the second has a rule more.
    fn picture(seed: u64, order: [usize; 2], extra: Option<(&str, &[(&str, &str)])>) -> Picture {
        let mock = Mock::builder().seed(seed).build();
        let call = |operation: &str, at: &str, params: &[(&str, &str)]| {
            let reply = mock.call(operation, params);
            assert_eq!(reply.status, 200, "{operation}: {}", reply.body);
            reply.text(at).unwrap_or_default().to_owned()
        };
        let vpc = call("CreateVpc", "vpc/vpcId", &[("CidrBlock", "10.0.0.0/16")]);
        let images = mock.world().ec2.images;
        let images = images.values().filter(|image| image.architecture == "x86_64");
        let image = images.min_by_key(|image| &image.name).unwrap();
        let mut made = [const { String::new() }; 2];
        for n in order {
            let cidr = format!("10.0.{n}.0/24");
            let params = [("VpcId", &*vpc), ("CidrBlock", &cidr)];
            let subnet = call("CreateSubnet", "subnet/subnetId", &params);
            made[n] = call(
                "RunInstances",
                "instancesSet/0/instanceId",
                &[
                    ("ImageId", &image.id),
                    ("InstanceType", "t2.micro"),
                    ("MinCount", "1"),
                    ("MaxCount", "1"),
                    ("SubnetId", &subnet),
                ],
            );
        }
        call(
            "CreateTags",
            "",
            &[("ResourceId.1", &made[1]), ("Tag.1.Key", "role"), ("Tag.1.Value", "master")],
        );
        if let Some((operation, params)) = extra {
            call(operation, "", params);
        }
        let mut world = mock.world();
        world.advance(world.now + std::time::Duration::from_secs(600));
        world.picture()
    }

    #[test]
    fn the_order_of_making_and_the_ids_do_not_show() {
        let one = picture(1, [0, 1], None);
        let two = picture(2, [1, 0], None);
        assert_eq!(one.against(&two), "");
        assert_eq!(one, two);
        assert!(one.to_string().contains("ec2/subnets/<subnet #2> {"), "{one}");
    }

    #[test]
    fn anything_more_shows_even_if_it_is_like_another() {
        let one = picture(1, [0, 1], None);
        let two = picture(1, [0, 1], Some(("CreateVpc", &[("CidrBlock", "10.0.0.0/16")])));
        assert_ne!(one, two);
        assert!(two.against(&one).contains("+ ec2/vpcs/<vpc #2> "), "{}", two.against(&one));
        assert!(one.against(&two).contains("- ec2/vpcs/<vpc #2> "), "{}", one.against(&two));
    }

    /// The same things, but the tag is on the instance in the other subnet.
    #[test]
    fn what_refers_to_what_shows() {
        let mock = |n: usize| {
            let mock = Mock::builder().build();
            let id = |operation: &str, at: &str, params: &[(&str, &str)]| {
                mock.call(operation, params).text(at).unwrap_or_default().to_owned()
            };
            let vpcs = ["10.0.0.0/16", "10.1.0.0/16"]
                .map(|cidr| id("CreateVpc", "vpc/vpcId", &[("CidrBlock", cidr)]));
            let table = id("CreateInternetGateway", "internetGateway/internetGatewayId", &[]);
            let params = [("InternetGatewayId", &*table), ("VpcId", &*vpcs[n])];
            id("AttachInternetGateway", "", &params);
            mock.world()
        };
        assert_ne!(mock(0).picture(), mock(1).picture());
        assert_eq!(mock(0).given_out(), mock(1).given_out());
    }
}

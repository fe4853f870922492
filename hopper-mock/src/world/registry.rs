//! The registry: every kind of resource in one list, for what concerns all of them.

use super::{Kind, Resource, Tags, World};
use crate::{autoscaling, ec2, elb, elbv2, iam, s3, ssm};

/// One kind of resource, with its type erased.
#[derive(Debug)]
pub(crate) struct Registered {
    /// Its names.
    pub(crate) kind: Kind,
    /// All of them, in the order of their ids.
    pub(crate) entries: fn(&World) -> Vec<Entry<'_>>,
    /// The tags of one, to change.
    pub(crate) tags_mut: for<'a> fn(&'a mut World, &str) -> Option<&'a mut Tags>,
}

/// What every resource tells about itself.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    pub(crate) kind: &'static str,
    pub(crate) id: &'a str,
    pub(crate) tags: &'a Tags,
    pub(crate) holds: Vec<&'a str>,
    pub(crate) is_leftover: bool,
    pub(crate) is_history: bool,
}

impl<'a> Entry<'a> {
    fn of<R: Resource>(thing: &'a R) -> Self {
        Self {
            kind: R::KIND.name,
            id: thing.id(),
            tags: thing.tags(),
            holds: thing.holds(),
            is_leftover: thing.is_leftover(),
            is_history: thing.is_history(),
        }
    }
}

impl Registered {
    /// The entry of a type in the registry.
    pub(crate) const fn of<R: Resource>() -> Self {
        Self {
            kind: R::KIND,
            entries: |world| R::table(world).values().map(Entry::of).collect(),
            tags_mut: |world, id| R::table_mut(world).get_mut(id).map(R::tags_mut),
        }
    }
}

/// Every kind there is, service by service.
fn registry() -> impl Iterator<Item = &'static Registered> {
    autoscaling::REGISTRY
        .iter()
        .chain(ec2::REGISTRY)
        .chain(elb::REGISTRY)
        .chain(elbv2::REGISTRY)
        .chain(iam::REGISTRY)
        .chain(s3::REGISTRY)
        .chain(ssm::REGISTRY)
}

impl World {
    /// Every resource there is.
    pub(crate) fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        registry().flat_map(|registered| (registered.entries)(self))
    }

    /// The ids of everything that keeps this thing from being deleted.
    pub(crate) fn blockers(&self, id: &str) -> Vec<String> {
        self.entries()
            .filter(|entry| entry.id != id && entry.holds.contains(&id))
            .map(|entry| entry.id.to_owned())
            .collect()
    }
}

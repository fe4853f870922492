//! [`Resource`]: what a thing in the world must tell about itself.

use std::collections::BTreeMap;

use super::World;
use crate::wire::{AwsError, Request};

/// Tags by key.
pub(crate) type Tags = BTreeMap<String, String>;

/// What EC2 calls a kind of thing. The spelling of the codes differs from kind to kind.
#[derive(Debug)]
pub(crate) struct Kind {
    /// The resource type in tag specifications: `vpc`, `natgateway`.
    pub(crate) name: &'static str,
    /// What ids begin with, before the hyphen.
    pub(crate) prefix: &'static str,
    /// What messages call an id of it: `vpc ID`.
    pub(crate) noun: &'static str,
    /// The code for an id that cannot be one.
    pub(crate) malformed: &'static str,
    /// The code for an id of nothing.
    pub(crate) missing: &'static str,
}

impl Kind {
    /// Whether the id has the shape of this kind: the prefix and 8 or 17 hexadecimal digits.
    pub(crate) fn fits(&self, id: &str) -> bool {
        id.strip_prefix(self.prefix).and_then(|rest| rest.strip_prefix('-')).is_some_and(|digits| {
            matches!(digits.len(), 8 | 17) && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        })
    }

    /// Refuses an id that has not the shape of this kind.
    pub(crate) fn check(&self, id: &str) -> Result<(), AwsError> {
        if self.fits(id) {
            return Ok(());
        }
        Err(AwsError::new(self.malformed, format!("Invalid id: \"{id}\"")))
    }

    /// The refusal of an id that nothing has.
    pub(crate) fn not_found(&self, id: &str) -> AwsError {
        AwsError::new(self.missing, format!("The {} '{id}' does not exist", self.noun))
    }
}

/// A thing with an id and tags, kept in one table of the world.
pub(crate) trait Resource: Sized + 'static {
    /// Its names.
    const KIND: Kind;

    /// Where the world keeps them.
    fn table(world: &World) -> &BTreeMap<String, Self>;

    /// Where the world keeps them, to change.
    fn table_mut(world: &mut World) -> &mut BTreeMap<String, Self>;

    /// Its id.
    fn id(&self) -> &str;

    /// Its tags.
    fn tags(&self) -> &Tags;

    /// Its tags, to change.
    fn tags_mut(&mut self) -> &mut Tags;

    /// The ids of what cannot be deleted as long as this is there. What goes together with its
    /// owner (a VPC's main route table) holds nothing.
    fn holds(&self) -> Vec<&str> {
        Vec::new()
    }

    /// Whether somebody would have to delete this. Not so for what goes with its owner, what AWS
    /// gave, and what is gone but still listed.
    fn is_leftover(&self) -> bool {
        true
    }

    /// Whether it is gone and only still listed.
    fn is_history(&self) -> bool {
        false
    }
}

impl World {
    /// The thing a request names.
    ///
    /// # Errors
    /// The malformed or not-found code of its kind. What exists but is not visible yet is not
    /// found either.
    pub(crate) fn find<R: Resource>(&self, id: &str) -> Result<&R, AwsError> {
        R::KIND.check(id)?;
        R::table(self).get(id).filter(|_| self.sees(id)).ok_or_else(|| R::KIND.not_found(id))
    }

    /// The thing a request names, to change; errors as in [`find`](Self::find).
    pub(crate) fn find_mut<R: Resource>(&mut self, id: &str) -> Result<&mut R, AwsError> {
        R::KIND.check(id)?;
        if !self.sees(id) {
            return Err(R::KIND.not_found(id));
        }
        R::table_mut(self).get_mut(id).ok_or_else(|| R::KIND.not_found(id))
    }

    /// Puts a new thing into its table; it becomes visible when the settings say.
    pub(crate) fn add<R: Resource>(&mut self, thing: R) {
        let id = thing.id().to_owned();
        let drawn = self.machinery.ids.draw("visibility");
        if let Some(delay) = self.machinery.settings.visibility.delay(drawn) {
            let visible_at = self.now + delay;
            self.machinery.visible_at.insert(id.clone(), visible_at);
        }
        R::table_mut(self).insert(id, thing);
    }

    /// Whether calls see the thing with this id already.
    pub(crate) fn sees(&self, id: &str) -> bool {
        self.machinery.visible_at.get(id).is_none_or(|visible_at| *visible_at <= self.now)
    }

    /// Whether a request names something that is there and not visible yet.
    pub(crate) fn hides_from(&self, request: &Request) -> bool {
        let hidden = &self.machinery.visible_at;
        !hidden.is_empty() && request.params.pairs().iter().any(|(_, value)| !self.sees(value))
    }

    /// The next id for a part of a thing, such as an association.
    pub(crate) fn new_part_id(&mut self, prefix: &str) -> String {
        self.machinery.ids.id(prefix)
    }

    /// The next unique id as IAM makes them, such as `AROA` and 17 letters and digits.
    pub(crate) fn new_unique_id(&mut self, prefix: &str) -> String {
        self.machinery.ids.unique(prefix)
    }

    /// The next id for a kind of thing.
    pub(crate) fn new_id<R: Resource>(&mut self) -> String {
        self.machinery.ids.id(R::KIND.prefix)
    }
}

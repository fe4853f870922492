//! [`Params`]: the parameters of a request, as the tree their dotted names spell.

use std::collections::BTreeMap;

use super::AwsError;

/// Parameters as a tree: `Filter.1.Name=vpc-id` is a text under `Filter`, `1`, `Name`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Params {
    /// A value.
    Text(String),
    /// Named (or numbered) parameters.
    Tree(BTreeMap<String, Params>),
}

impl Default for Params {
    fn default() -> Self {
        Self::Tree(BTreeMap::new())
    }
}

impl Params {
    /// Reads `Key.Sub.1 = value` pairs.
    ///
    /// # Errors
    /// A name used both for a value and for a structure, or given twice.
    pub fn from_pairs<K: AsRef<str>, V: Into<String>>(
        pairs: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Self, AwsError> {
        let mut params = Self::default();
        for (name, value) in pairs {
            params.insert(name.as_ref(), value.into())?;
        }
        Ok(params)
    }

    fn insert(&mut self, name: &str, value: String) -> Result<(), AwsError> {
        let clash = || {
            AwsError::new(
                "MalformedQueryString",
                format!("The parameter {name} is given twice or in two shapes"),
            )
        };
        let mut node = self;
        let (parents, last) = name.rsplit_once('.').unwrap_or(("", name));
        for part in parents.split('.').filter(|part| !part.is_empty()) {
            let Self::Tree(children) = node else { return Err(clash()) };
            node = children.entry(part.to_owned()).or_default();
        }
        let Self::Tree(children) = node else { return Err(clash()) };
        match children.insert(last.to_owned(), Self::Text(value)) {
            None => Ok(()),
            Some(_) => Err(clash()),
        }
    }

    /// The value of a parameter at the top, if it is there and is a value.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self {
            Self::Tree(children) => match children.get(name) {
                Some(Self::Text(text)) => Some(text),
                _ => None,
            },
            Self::Text(_) => None,
        }
    }

    /// Whether there is a parameter of that name at the top.
    pub fn has(&self, name: &str) -> bool {
        matches!(self, Self::Tree(children) if children.contains_key(name))
    }

    /// How many items the list of that name at the top has.
    pub(crate) fn count(&self, name: &str) -> u32 {
        match self {
            Self::Tree(children) => children
                .get(name)
                .map_or(0, |list| u32::try_from(list.children().len()).unwrap_or(u32::MAX)),
            Self::Text(_) => 0,
        }
    }

    /// Takes a parameter out.
    pub(crate) fn remove(&mut self, name: &str) -> Option<Params> {
        match self {
            Self::Tree(children) => children.remove(name),
            Self::Text(_) => None,
        }
    }

    /// Takes the parameters with these names out.
    pub(crate) fn split(&mut self, names: &[&str]) -> Params {
        let taken = names.iter().filter_map(|name| Some(((*name).to_owned(), self.remove(name)?)));
        Self::Tree(taken.collect())
    }

    /// Gives a parameter another name.
    pub(crate) fn rename(&mut self, from: &str, to: &str) {
        if let Self::Tree(children) = self
            && let Some(node) = children.remove(from)
        {
            children.insert(to.to_owned(), node);
        }
    }

    /// The children in reading order: numbers by size, then names.
    pub(crate) fn children(&self) -> Vec<(&str, &Params)> {
        let Self::Tree(children) = self else { return Vec::new() };
        let mut children: Vec<_> = children.iter().map(|(k, node)| (k.as_str(), node)).collect();
        children.sort_by_key(|(name, _)| name.parse().unwrap_or(u32::MAX));
        children
    }

    /// The parameters as `name = value` pairs again, in reading order.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        self.collect("", &mut pairs);
        pairs
    }

    fn collect(&self, name: &str, pairs: &mut Vec<(String, String)>) {
        match self {
            Self::Text(text) => pairs.push((name.to_owned(), text.clone())),
            Self::Tree(_) => {
                for (part, node) in self.children() {
                    let name =
                        if name.is_empty() { part.to_owned() } else { format!("{name}.{part}") };
                    node.collect(&name, pairs);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may")]
    use super::*;

    #[test]
    fn pairs_come_back_in_reading_order() {
        let given = [("B.10.Name", "x"), ("B.2.Name", "y"), ("A", "1")];
        let names: Vec<_> =
            Params::from_pairs(given).unwrap().pairs().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["A", "B.2.Name", "B.10.Name"]);
    }

    #[test]
    fn a_name_in_two_shapes_is_refused() {
        for given in [[("A", "1"), ("A.1", "2")], [("A.1", "2"), ("A", "1")]] {
            assert_eq!(Params::from_pairs(given).unwrap_err().code, "MalformedQueryString");
        }
    }
}

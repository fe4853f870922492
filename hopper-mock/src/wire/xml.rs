//! [`Xml`]: an answer as a tree, written in the protocol of the service.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use quick_xml::escape::escape;

use super::Protocol;
use super::request::SECRET;

/// The children of an XML element, in order.
///
/// ```
/// use hopper_mock::Xml;
/// let vpc = Xml::new().text("vpcId", "vpc-1").text("isDefault", false).opt("name", None::<&str>);
/// let answer = Xml::new().list("vpcSet", [vpc]);
/// assert_eq!(answer.get("vpcSet/0/vpcId"), Some("vpc-1"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Xml {
    children: Vec<(Cow<'static, str>, Content)>,
}

#[derive(Clone, PartialEq, Eq)]
pub(super) enum Content {
    Text(String),
    /// A number or a truth value, which JSON writes without quotes.
    Bare(String),
    /// What only the wire may show.
    Secret(String),
    Node(Xml),
    List(Vec<Item>),
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => text.fmt(f),
            Self::Bare(text) => f.write_str(text),
            Self::Secret(_) => f.write_str(SECRET),
            Self::Node(node) => node.fmt(f),
            Self::List(items) => items.fmt(f),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Item {
    Text(String),
    Node(Xml),
}

impl Xml {
    /// No children yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// What operations without a result answer in EC2: `<return>true</return>`.
    pub fn done() -> Self {
        Self::new().text("return", true)
    }

    /// Adds a value.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "callers pass literals, numbers, references")]
    pub fn text(self, name: impl Into<Cow<'static, str>>, value: impl ToString) -> Self {
        self.with(name.into(), Content::Text(value.to_string()))
    }

    /// Adds a value that may be absent: the element is left out then.
    #[must_use]
    pub fn opt(self, name: impl Into<Cow<'static, str>>, value: Option<impl ToString>) -> Self {
        match value {
            None => self,
            Some(value) => self.text(name, value),
        }
    }

    /// Adds a number or a truth value, which JSON writes without quotes. In XML it is as any other
    /// value.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "callers pass numbers")]
    pub(crate) fn bare(self, name: &'static str, value: impl ToString) -> Self {
        self.with(name.into(), Content::Bare(value.to_string()))
    }

    /// Adds a value that goes over the wire and is shown nowhere else.
    #[must_use]
    pub(crate) fn secret(self, name: &'static str, value: &str) -> Self {
        self.with(name.into(), Content::Secret(value.to_owned()))
    }

    /// The children, in order.
    pub(super) fn children(&self) -> impl Iterator<Item = (&str, &Content)> {
        self.children.iter().map(|(name, content)| (name.as_ref(), content))
    }

    /// Adds a structure.
    #[must_use]
    pub fn node(self, name: impl Into<Cow<'static, str>>, node: Xml) -> Self {
        self.with(name.into(), Content::Node(node))
    }

    /// Adds a structure that may be absent.
    #[must_use]
    pub fn opt_node(self, name: impl Into<Cow<'static, str>>, node: Option<Xml>) -> Self {
        match node {
            None => self,
            Some(node) => self.node(name, node),
        }
    }

    /// Adds a list of structures.
    #[must_use]
    pub fn list(
        self,
        name: impl Into<Cow<'static, str>>,
        items: impl IntoIterator<Item = Xml>,
    ) -> Self {
        let items = items.into_iter().map(Item::Node).collect();
        self.with(name.into(), Content::List(items))
    }

    /// Adds a list of values.
    #[must_use]
    pub fn texts(
        self,
        name: impl Into<Cow<'static, str>>,
        items: impl IntoIterator<Item = impl ToString>,
    ) -> Self {
        let items = items.into_iter().map(|item| Item::Text(item.to_string())).collect();
        self.with(name.into(), Content::List(items))
    }

    /// Adds the children of another tree after these.
    #[must_use]
    pub fn and(mut self, more: Xml) -> Self {
        self.children.extend(more.children);
        self
    }

    fn with(mut self, name: Cow<'static, str>, content: Content) -> Self {
        self.children.push((name, content));
        self
    }

    /// The value at a path such as `vpcSet/0/vpcId`, numbers being places in a list.
    pub fn get(&self, path: &str) -> Option<&str> {
        self.all(path).into_iter().next()
    }

    /// Every value at a path, where `*` stands for each item of a list.
    pub fn all(&self, path: &str) -> Vec<&str> {
        let mut found = Vec::new();
        let mut parts = path.split('/');
        let first = parts.next().unwrap_or_default();
        for (name, content) in &self.children {
            if name == first {
                content.collect(&parts.clone().collect::<Vec<_>>(), &mut found);
            }
        }
        found
    }

    /// How many items the list at the path has; 0 where there is none.
    pub fn count(&self, path: &str) -> usize {
        let (parent, name) = path.rsplit_once('/').map_or((None, path), |(p, n)| (Some(p), n));
        let node = match parent {
            None => Some(self),
            Some(parent) => self.descend(parent),
        };
        node.and_then(|node| node.children.iter().find(|(child, _)| child == name)).map_or(
            0,
            |(_, content)| match content {
                Content::List(items) => items.len(),
                _ => 0,
            },
        )
    }

    fn descend(&self, path: &str) -> Option<&Xml> {
        let mut node = self;
        let mut parts = path.split('/');
        while let Some(part) = parts.next() {
            let (_, content) = node.children.iter().find(|(name, _)| name == part)?;
            node = match content {
                Content::Node(child) => child,
                Content::List(items) => match items.get(parts.next()?.parse::<usize>().ok()?)? {
                    Item::Node(child) => child,
                    Item::Text(_) => return None,
                },
                _ => return None,
            };
        }
        Some(node)
    }

    /// Writes the elements as XML, in the protocol's way of writing lists.
    pub(crate) fn write(&self, protocol: Protocol, out: &mut String) {
        for (name, content) in &self.children {
            let tag = match protocol {
                Protocol::Ec2 => "item",
                Protocol::Query | Protocol::Json => "member",
                Protocol::Rest => name,
            };
            match content {
                Content::Text(text) | Content::Bare(text) | Content::Secret(text) => {
                    element(out, name, |out| out.push_str(&escape(text.as_str())));
                }
                Content::Node(node) => element(out, name, |out| node.write(protocol, out)),
                // The items stand in no element of their own.
                Content::List(items) if protocol == Protocol::Rest => {
                    items.iter().for_each(|item| item.write(protocol, tag, out));
                }
                Content::List(items) => element(out, name, |out| {
                    items.iter().for_each(|item| item.write(protocol, tag, out));
                }),
            }
        }
    }
}

impl Item {
    fn write(&self, protocol: Protocol, tag: &str, out: &mut String) {
        element(out, tag, |out| match self {
            Self::Text(text) => out.push_str(&escape(text.as_str())),
            Self::Node(node) => node.write(protocol, out),
        });
    }
}

impl Content {
    fn collect<'a>(&'a self, path: &[&str], found: &mut Vec<&'a str>) {
        match (self, path) {
            (Self::Text(text) | Self::Bare(text) | Self::Secret(text), []) => found.push(text),
            (Self::Node(node), [_, ..]) => found.extend(node.all(&path.join("/"))),
            (Self::List(items), [place, rest @ ..]) => {
                for (at, item) in items.iter().enumerate() {
                    if *place == "*" || place.parse() == Ok(at) {
                        match (item, rest) {
                            (Item::Text(text), []) => found.push(text),
                            (Item::Node(node), [_, ..]) => found.extend(node.all(&rest.join("/"))),
                            _ => {}
                        }
                    }
                }
            }
            _ => {}
        }
    }
}

/// Writes `<name>..</name>` around what `inner` writes.
fn element(out: &mut String, name: &str, inner: impl FnOnce(&mut String)) {
    // Writing to a String cannot fail.
    let _ = write!(out, "<{name}>");
    inner(out);
    let _ = write!(out, "</{name}>");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Xml {
        let tags = Xml::new().text("key", "a<b").opt("value", None::<&str>);
        Xml::new()
            .node("vpc", Xml::new().list("tagSet", [tags.clone(), tags]))
            .texts("zones", ["x", "y"])
    }

    #[test]
    fn lists_are_written_as_the_protocol_wants() {
        let mut ec2 = String::new();
        sample().write(Protocol::Ec2, &mut ec2);
        let tag = "<item><key>a&lt;b</key></item>";
        assert_eq!(
            ec2,
            format!(
                "<vpc><tagSet>{tag}{tag}</tagSet></vpc><zones><item>x</item><item>y</item></zones>"
            )
        );
        let mut query = String::new();
        Xml::new().texts("zones", ["x"]).write(Protocol::Query, &mut query);
        assert_eq!(query, "<zones><member>x</member></zones>");
    }

    #[test]
    fn values_are_found_by_path() {
        let xml = sample();
        assert_eq!(xml.get("vpc/tagSet/1/key"), Some("a<b"));
        assert_eq!(xml.get("vpc/tagSet/2/key"), None);
        assert_eq!(xml.all("zones/*"), ["x", "y"]);
        assert_eq!((xml.count("vpc/tagSet"), xml.count("zones"), xml.count("no")), (2, 2, 0));
    }
}

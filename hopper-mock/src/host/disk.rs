//! [`Disk`]: what stays on a machine when it is off, and goes into an image made of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::disk_form::DiskForm;
use super::path;

/// Files and directories, by their absolute paths.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "DiskForm", from = "DiskForm")]
pub(crate) struct Disk {
    pub(super) nodes: BTreeMap<String, Node>,
}

/// A file, a directory, or a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Node {
    pub(super) what: What,
    /// The permissions, as `chmod` takes them.
    pub(super) mode: u32,
    /// The user it belongs to.
    pub(super) owner: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum What {
    Directory,
    File(#[serde(with = "super::disk_form")] Vec<u8>),
    Link(String),
}

/// Why nothing came of an access, in the words of the C library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum DiskError {
    #[error("No such file or directory")]
    Missing,
    #[error("Permission denied")]
    Denied,
    #[error("Is a directory")]
    IsDirectory,
    #[error("Not a directory")]
    NotDirectory,
    #[error("File exists")]
    Exists,
}

impl Disk {
    /// What is at a path, links followed.
    pub(super) fn get(&self, path: &str) -> Option<&Node> {
        self.nodes.get(&self.resolve(path))
    }

    /// What is at a path itself, be it a link.
    pub(super) fn get_link(&self, path: &str) -> Option<&Node> {
        self.nodes.get(&self.resolve_parent(path))
    }

    pub(super) fn get_mut(&mut self, path: &str) -> Option<&mut Node> {
        let path = self.resolve(path);
        self.nodes.get_mut(&path)
    }

    /// The path something really has: every link on the way followed.
    pub(super) fn resolve(&self, path: &str) -> String {
        let mut path = self.resolve_parent(path);
        // As many links in a row as Linux follows.
        for _ in 0..40 {
            let Some(Node { what: What::Link(target), .. }) = self.nodes.get(&path) else { break };
            path = self.resolve_parent(&path::absolute(path::parent(&path), target));
        }
        path
    }

    fn resolve_parent(&self, path: &str) -> String {
        if path == "/" {
            return path.to_owned();
        }
        path::join(&self.resolve(path::parent(path)), path::name(path))
    }

    pub(super) fn is_directory(&self, path: &str) -> bool {
        path == "/" || self.get(path).is_some_and(|node| node.what == What::Directory)
    }

    /// The content of a file.
    pub(super) fn read(&self, user: &str, path: &str) -> Result<&[u8], DiskError> {
        match self.get(path) {
            _ if path == "/" => Err(DiskError::IsDirectory),
            None => Err(DiskError::Missing),
            Some(Node { what: What::File(data), mode, owner }) => {
                let may =
                    user == "root" || mode & 0o004 != 0 || (owner == user && mode & 0o400 != 0);
                if may { Ok(data) } else { Err(DiskError::Denied) }
            }
            Some(_) => Err(DiskError::IsDirectory),
        }
    }

    /// The content of a file as text, empty if there is none: what the system itself looks up.
    pub(super) fn text(&self, path: &str) -> String {
        self.read("root", path)
            .map(|data| String::from_utf8_lossy(data).into_owned())
            .unwrap_or_default()
    }

    /// Writes a file, anew or at its end.
    pub(super) fn write(
        &mut self,
        user: &str,
        path: &str,
        data: &[u8],
        is_append: bool,
    ) -> Result<(), DiskError> {
        if self.is_directory(path) {
            return Err(DiskError::IsDirectory);
        }
        let path = self.resolve(path);
        match self.nodes.get_mut(&path) {
            Some(Node { what: What::File(old), mode, owner }) => {
                let may = user == "root" || owner == user || *mode & 0o002 != 0;
                if !may {
                    return Err(DiskError::Denied);
                }
                if !is_append {
                    old.clear();
                }
                old.extend_from_slice(data);
            }
            Some(_) => return Err(DiskError::Missing),
            None => {
                self.check_enter(user, &path)?;
                let what = What::File(data.to_vec());
                self.nodes.insert(path, Node { what, mode: 0o644, owner: user.to_owned() });
            }
        }
        Ok(())
    }

    /// Puts a file or directory there as the system itself does, with every directory on the way.
    pub(super) fn put(&mut self, path: &str, data: impl Into<Vec<u8>>) {
        self.put_for("root", path, data, 0o644);
    }

    /// The same for a user, with permissions.
    pub(super) fn put_for(&mut self, owner: &str, path: &str, data: impl Into<Vec<u8>>, mode: u32) {
        self.make_directories("root", path::parent(path)).ok();
        let node = Node { what: What::File(data.into()), mode, owner: owner.to_owned() };
        self.nodes.insert(path.to_owned(), node);
    }

    pub(super) fn insert(&mut self, user: &str, path: &str, node: Node) -> Result<(), DiskError> {
        let path = self.resolve_parent(path);
        self.check_enter(user, &path)?;
        self.nodes.insert(path, node);
        Ok(())
    }

    pub(super) fn make_directory(&mut self, user: &str, path: &str) -> Result<(), DiskError> {
        if path == "/" || self.get_link(path).is_some() {
            return Err(DiskError::Exists);
        }
        let node = Node { what: What::Directory, mode: 0o755, owner: user.to_owned() };
        self.insert(user, path, node)
    }

    /// Makes a directory with all on the way to it.
    pub(super) fn make_directories(&mut self, user: &str, path: &str) -> Result<(), DiskError> {
        if self.is_directory(path) {
            return Ok(());
        }
        if self.get(path).is_some() {
            return Err(DiskError::Exists);
        }
        self.make_directories(user, path::parent(path))?;
        self.make_directory(user, path)
    }

    /// Takes something away with all that is below it.
    pub(super) fn remove(&mut self, user: &str, path: &str) -> Result<(), DiskError> {
        let path = self.resolve_parent(path);
        if !self.nodes.contains_key(&path) {
            return Err(DiskError::Missing);
        }
        self.check_enter(user, &path)?;
        let below = format!("{path}/");
        self.nodes.retain(|other, _| *other != path && !other.starts_with(&below));
        Ok(())
    }

    /// The names in a directory.
    pub(super) fn list(&self, path: &str) -> Vec<String> {
        let directory = self.resolve(path);
        let below = if directory == "/" { directory } else { format!("{directory}/") };
        let inside =
            self.nodes.range(below.clone()..).map_while(|(path, _)| path.strip_prefix(&below));
        inside.filter(|name| !name.contains('/')).map(str::to_owned).collect()
    }

    /// Everything below a directory, with its path.
    pub(super) fn below(&self, path: &str) -> Vec<(String, Node)> {
        let directory = self.resolve(path);
        let below = if directory == "/" { directory } else { format!("{directory}/") };
        let inside = self.nodes.range(below.clone()..);
        inside
            .take_while(|(path, _)| path.starts_with(&below))
            .map(|(path, node)| (path.clone(), node.clone()))
            .collect()
    }

    /// Whether a user may make or remove what is at a path.
    fn check_enter(&self, user: &str, path: &str) -> Result<(), DiskError> {
        let parent = path::parent(path);
        if parent == "/" {
            return if user == "root" { Ok(()) } else { Err(DiskError::Denied) };
        }
        let directory = self.nodes.get(parent).ok_or(DiskError::Missing)?;
        if directory.what != What::Directory {
            return Err(DiskError::NotDirectory);
        }
        let may = user == "root" || directory.owner == user || directory.mode & 0o002 != 0;
        if may { Ok(()) } else { Err(DiskError::Denied) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_writes_only_what_is_theirs() {
        let mut disk = Disk::default();
        disk.put("/etc/hosts", "127.0.0.1 localhost\n");
        assert_eq!(disk.write("ubuntu", "/etc/hosts", b"x", false), Err(DiskError::Denied));
        assert_eq!(disk.write("ubuntu", "/etc/new", b"x", false), Err(DiskError::Denied));
        assert_eq!(disk.write("root", "/none/new", b"x", false), Err(DiskError::Missing));
        disk.write("root", "/etc/hosts", b"more\n", true).unwrap();
        assert_eq!(disk.text("/etc/hosts"), "127.0.0.1 localhost\nmore\n");
        disk.put_for("ubuntu", "/home/ubuntu/key", "secret", 0o600);
        assert_eq!(disk.read("nobody", "/home/ubuntu/key"), Err(DiskError::Denied));
        assert!(disk.read("ubuntu", "/home/ubuntu/key").is_ok());
    }

    #[test]
    fn links_lead_elsewhere() {
        let mut disk = Disk::default();
        disk.put("/opt/tool-1/bin/tool", "x");
        let node =
            Node { what: What::Link("tool-1".to_owned()), mode: 0o777, owner: "root".to_owned() };
        disk.insert("root", "/opt/tool", node).unwrap();
        assert_eq!(disk.text("/opt/tool/bin/tool"), "x");
        assert_eq!(disk.list("/opt"), ["tool", "tool-1"]);
        disk.remove("root", "/opt/tool").unwrap();
        assert_eq!(disk.text("/opt/tool-1/bin/tool"), "x");
    }
}

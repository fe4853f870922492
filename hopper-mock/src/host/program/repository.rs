//! The repositories a host is told of, in `/etc/apt`.

use super::catalogue;
use crate::host::disk::Disk;

/// A repository in a host's lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Repository {
    pub(super) address: String,
    pub(super) suite: String,
    /// The file with the key it is signed with.
    pub(super) signed_by: Option<String>,
}

/// Where keys are that every repository may be signed with: those of `apt-key`, and packages'.
pub(super) const KEYRING: &str = "/etc/apt/trusted.gpg";
const KEYRINGS: &str = "/etc/apt/trusted.gpg.d";

const DIRECTORY: &str = "/etc/apt/sources.list.d";

/// Every repository of the lists.
pub(super) fn all(disk: &Disk) -> Vec<Repository> {
    let mut all = lines(&disk.text("/etc/apt/sources.list"));
    for file in disk.list(DIRECTORY) {
        let text = disk.text(&format!("{DIRECTORY}/{file}"));
        match file.rsplit('.').next() {
            Some("list") => all.extend(lines(&text)),
            Some("sources") => all.extend(text.split("\n\n").filter_map(stanza)),
            _ => {}
        }
    }
    all
}

/// The one-line form: `deb [signed-by=KEY] ADDRESS SUITE COMPONENT...`.
fn lines(text: &str) -> Vec<Repository> {
    let lines = text.lines().map(str::trim).filter_map(|line| line.strip_prefix("deb "));
    lines
        .filter_map(|line| {
            let line = line.trim();
            let (options, rest) = match line.strip_prefix('[') {
                Some(rest) => rest.split_once(']')?,
                None => ("", line),
            };
            let mut words = rest.split_whitespace();
            let key =
                options.split_whitespace().find_map(|option| option.strip_prefix("signed-by="));
            Some(Repository {
                address: words.next()?.to_owned(),
                suite: words.next()?.to_owned(),
                signed_by: key.map(str::to_owned),
            })
        })
        .collect()
}

/// The form with a field to a line.
fn stanza(text: &str) -> Option<Repository> {
    let field = |name: &str| {
        let mut lines = text.lines();
        lines.find_map(|line| Some(line.strip_prefix(name)?.strip_prefix(':')?.trim().to_owned()))
    };
    Some(Repository {
        address: field("URIs")?,
        suite: field("Suites")?.split_whitespace().next()?.to_owned(),
        signed_by: field("Signed-By"),
    })
}

impl Repository {
    /// Whether a host has the key it is signed with. apt takes a key in ASCII from a file with the
    /// ending `.asc` only (apt-key(8), "Supported keyring files"). A repository that names no file
    /// is trusted if its key is among those that `apt-key` has been given.
    pub(super) fn is_trusted(&self, disk: &Disk) -> bool {
        if let Some(file) = &self.signed_by {
            let key = disk.text(file);
            let is_ascii = key.starts_with("-----BEGIN PGP PUBLIC KEY BLOCK-----");
            return !key.is_empty() && is_ascii == file.ends_with(".asc");
        }
        let key = match self.address.trim_end_matches('/').ends_with("ubuntu.com/ubuntu") {
            true => "ubuntu archive key",
            false => catalogue::key_of(&self.address).unwrap_or("no such key"),
        };
        let more = disk.list(KEYRINGS).into_iter().map(|file| format!("{KEYRINGS}/{file}"));
        more.chain([KEYRING.to_owned()]).any(|file| disk.text(&file).contains(key))
    }

    /// The file that says what is in it, once it was fetched.
    pub(super) fn list(&self) -> String {
        let bare = self.address.split("//").nth(1).unwrap_or(&self.address);
        format!("/var/lib/apt/lists/{}", bare.trim_end_matches('/').replace(['/', ':'], "_"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read() {
        let mut disk = Disk::default();
        let line =
            "deb [arch=amd64 signed-by=/etc/apt/keyrings/k.gpg] https://pkgs.k8s.io/x/deb/ /\n";
        disk.put("/etc/apt/sources.list.d/k.list", line);
        disk.put("/etc/apt/sources.list.d/u.sources", "Types: deb\nURIs: http://a/\nSuites: b c\n");
        let all = all(&disk);
        assert_eq!(all[0].address, "https://pkgs.k8s.io/x/deb/");
        assert_eq!(all[0].signed_by.as_deref(), Some("/etc/apt/keyrings/k.gpg"));
        assert_eq!((all[1].suite.as_str(), all[1].signed_by.as_ref()), ("b", None));
        assert!(!all[0].is_trusted(&disk));
        disk.put("/etc/apt/keyrings/k.gpg", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n");
        assert!(!all[0].is_trusted(&disk));
        disk.put("/etc/apt/keyrings/k.gpg", "binary");
        assert!(all[0].is_trusted(&disk));
    }
}

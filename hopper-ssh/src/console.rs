//! Host keys in what a machine says on its console while it boots.
//!
//! cloud-init prints them between marks (`cc_keys_to_console` and `cc_ssh` of cloud-init, on
//! unless `no_ssh_fingerprints` or `emit_keys_to_console` say otherwise).

use russh::keys::PublicKey;

/// The host keys that cloud-init printed, the latest time it did.
#[must_use]
pub fn host_keys_in(console: &str) -> Vec<PublicKey> {
    let lines =
        block(console, "-----BEGIN SSH HOST KEY KEYS-----", "-----END SSH HOST KEY KEYS-----");
    lines.filter_map(key_in).collect()
}

/// The fingerprints of host keys, `SHA256:…`, that cloud-init printed, the latest time it did.
#[must_use]
pub fn fingerprints_in(console: &str) -> Vec<String> {
    let (begin, end) =
        ("-----BEGIN SSH HOST KEY FINGERPRINTS-----", "-----END SSH HOST KEY FINGERPRINTS-----");
    let words = block(console, begin, end).flat_map(str::split_whitespace);
    words.filter(|word| word.starts_with("SHA256:")).map(ToOwned::to_owned).collect()
}

/// The lines of the last whole block between two marks.
fn block<'c>(console: &'c str, begin: &str, end: &str) -> impl Iterator<Item = &'c str> {
    let whole = console.rfind(end).and_then(|to| {
        let from = console[..to].rfind(begin)? + begin.len();
        Some(&console[from..to])
    });
    whole.unwrap_or_default().lines()
}

/// The key in a line, behind whatever the console puts in front of it.
fn key_in(line: &str) -> Option<PublicKey> {
    let words: Vec<&str> = line.split_whitespace().collect();
    words.windows(2).find_map(|two| two.join(" ").parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONSOLE: &str = "\
[   20.1] cloud-init[512]: Generating public/private ed25519 key pair.
ci-info: no authorized SSH keys fingerprints found for user ubuntu.
<14>Jan  1 00:00:20 cloud-init: #############################################################
<14>Jan  1 00:00:20 cloud-init: -----BEGIN SSH HOST KEY FINGERPRINTS-----
<14>Jan  1 00:00:20 cloud-init: 256 SHA256:Z7tV1gSGzhqHqe8NQo0Jm1yWf0UZx3m8mHn0gB2ZJ5s root@ip-10-0-0-9 (ED25519)
<14>Jan  1 00:00:20 cloud-init: -----END SSH HOST KEY FINGERPRINTS-----
-----BEGIN SSH HOST KEY KEYS-----
ecdsa-sha2-nistp256 not-a-key root@ip-10-0-0-9
[   21.0] ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti root@ip-10-0-0-9
-----END SSH HOST KEY KEYS-----
";

    #[test]
    fn keys_and_fingerprints_are_found_and_rubbish_is_not() {
        let [key] = &host_keys_in(CONSOLE)[..] else { panic!("{:?}", host_keys_in(CONSOLE)) };
        assert!(key.to_openssh().unwrap().starts_with("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM"));
        assert_eq!(
            fingerprints_in(CONSOLE),
            ["SHA256:Z7tV1gSGzhqHqe8NQo0Jm1yWf0UZx3m8mHn0gB2ZJ5s"]
        );
        // Cut off in the middle of a second boot: the first one counts.
        let cut = format!("{CONSOLE}\n-----BEGIN SSH HOST KEY KEYS-----\nssh-ed25519 AAAA");
        assert_eq!(host_keys_in(&cut), host_keys_in(CONSOLE));
        assert!(host_keys_in("").is_empty() && fingerprints_in("nothing").is_empty());
    }
}

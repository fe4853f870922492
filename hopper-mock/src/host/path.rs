//! Paths as text.

/// An absolute path without `.`, `..` and double slashes.
pub(super) fn absolute(directory: &str, path: &str) -> String {
    let whole = match path.starts_with('/') {
        true => path.to_owned(),
        false => format!("{directory}/{path}"),
    };
    let mut parts = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// The directory something is in.
pub(super) fn parent(path: &str) -> &str {
    match path.rfind('/') {
        Some(0) | None => "/",
        Some(end) => &path[..end],
    }
}

/// The last part of a path.
pub(super) fn name(path: &str) -> &str {
    path.trim_end_matches('/').rsplit('/').next().unwrap_or_default()
}

/// A path below a directory.
pub(super) fn join(directory: &str, name: &str) -> String {
    absolute(directory, name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_taken_apart_and_put_together() {
        assert_eq!(absolute("/home/ubuntu", "../x/./y//z"), "/home/x/y/z");
        assert_eq!(absolute("/", ".."), "/");
        assert_eq!((parent("/etc/hosts"), parent("/etc")), ("/etc", "/"));
        assert_eq!((name("/etc/hosts"), name("/etc/")), ("hosts", "etc"));
    }
}

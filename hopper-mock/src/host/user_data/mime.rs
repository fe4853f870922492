//! MIME multipart: several parts in one.

/// The parts of user data: those of a multipart document, or all of it.
pub(super) fn parts(data: &[u8]) -> Vec<Vec<u8>> {
    let text = String::from_utf8_lossy(data).replace("\r\n", "\n");
    match read(&text) {
        Some(parts) => parts,
        None => vec![data.to_vec()],
    }
}

fn read(text: &str) -> Option<Vec<Vec<u8>>> {
    let (head, body) = text.split_once("\n\n")?;
    let kind = header(head, "content-type")?;
    if !kind.starts_with("multipart/") {
        return None;
    }
    let boundary = kind.split_once("boundary=")?.1.split(';').next()?.trim().trim_matches('"');
    let body = format!("\n{body}");
    let whole = body.split(&format!("\n--{boundary}--")).next()?;
    let between = format!("\n--{boundary}\n");
    let parts = whole.split(&between).skip(1);
    Some(parts.map(content).collect())
}

fn content(part: &str) -> Vec<u8> {
    use base64::Engine as _;
    let Some((head, body)) = part.split_once("\n\n") else { return Vec::new() };
    let encoding = header(head, "content-transfer-encoding");
    if encoding.is_some_and(|encoding| encoding.eq_ignore_ascii_case("base64")) {
        let packed: String = body.split_whitespace().collect();
        return base64::prelude::BASE64_STANDARD.decode(packed).unwrap_or_default();
    }
    body.as_bytes().to_vec()
}

/// A header's value; it may go on in lines that are indented.
fn header(head: &str, name: &str) -> Option<String> {
    let head = head.replace("\n ", " ").replace("\n\t", " ");
    let mut lines = head.lines().filter_map(|line| line.split_once(':'));
    lines.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_has_parts() {
        let text = "Content-Type: multipart/mixed; boundary=\"==B==\"\nMIME-Version: 1.0\n\n\
                    --==B==\nContent-Type: text/cloud-config\n\n#cloud-config\nfqdn: a.b\n\
                    --==B==\nContent-Type: text/x-shellscript\n\
                    Content-Transfer-Encoding: base64\n\nIyEvYmluL3NoCg==\n--==B==--\n";
        let found = parts(text.as_bytes());
        assert_eq!(found, [b"#cloud-config\nfqdn: a.b".to_vec(), b"#!/bin/sh\n".to_vec()]);
        assert_eq!(parts(b"#!/bin/sh\n\necho"), [b"#!/bin/sh\n\necho".to_vec()]);
    }
}

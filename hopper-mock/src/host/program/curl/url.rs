//! [`Url`]: the parts of an address.

use super::failure::Failure;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Url {
    pub(super) is_tls: bool,
    pub(super) host: String,
    pub(super) port: u16,
    /// With its slash.
    pub(super) path: String,
    pub(super) query: Option<String>,
    /// All of it.
    pub(super) text: String,
}

impl Url {
    pub(super) fn read(text: &str) -> Result<Self, Failure> {
        let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
        let is_tls = match scheme {
            "http" => false,
            "https" => true,
            _ => return Err(Failure::Url("Unsupported protocol")),
        };
        let rest = rest.split('#').next().unwrap_or_default();
        let (place, query) = match rest.split_once('?') {
            Some((place, query)) => (place, Some(query.to_owned())),
            None => (rest, None),
        };
        let (host, path) = place.split_at(place.find('/').unwrap_or(place.len()));
        let default = if is_tls { 443 } else { 80 };
        let (host, port) = match host.rsplit_once(':') {
            Some((host, port)) => (
                host,
                port.parse().map_err(|_| {
                    Failure::Url("Port number was not a decimal number between 0 and 65535")
                })?,
            ),
            None => (host, default),
        };
        if host.is_empty() {
            return Err(Failure::Url("No host part in the URL"));
        }
        if host.contains([' ', '\n']) || path.contains([' ', '\n']) {
            return Err(Failure::Url("Malformed input to a URL function"));
        }
        let path = if path.is_empty() { "/" } else { path }.to_owned();
        let text = match text.contains("://") {
            true => text.to_owned(),
            false => format!("http://{text}"),
        };
        Ok(Self { is_tls, host: host.to_owned(), port, path, query, text })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_parts() {
        let url = Url::read("https://ssm.eu-west-1.amazonaws.com/?a=b").unwrap();
        assert_eq!(
            (url.host.as_str(), url.port, url.path.as_str()),
            ("ssm.eu-west-1.amazonaws.com", 443, "/")
        );
        assert_eq!(url.query.as_deref(), Some("a=b"));
        assert_eq!(Url::read("10.0.0.1:6443/healthz").unwrap().port, 6443);
        assert_eq!(Url::read("ftp://x").unwrap_err().status(), 3);
        assert!(Url::read("https:///x").is_err());
    }
}

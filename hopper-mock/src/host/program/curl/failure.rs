//! [`Failure`]: why nothing came, by curl's numbers.

/// Why a transfer came to nothing.
///
/// Source: "EXIT CODES" in curl(1), and the messages of curl 8.5.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Failure {
    #[error("URL rejected: {0}")]
    Url(&'static str),
    #[error("Could not resolve host: {0}")]
    Resolve(String),
    #[error("Failed to connect to {0} port {1} after {2} ms: Couldn't connect to server")]
    Refused(String, u16, u128),
    #[error("Failed to connect to {0} port {1} after {2} ms: {3}")]
    Connect(String, u16, u128, &'static str),
    #[error("Operation timed out after {0} milliseconds with 0 bytes received")]
    Slow(u128),
    #[error("The requested URL returned error: {0}")]
    Status(u16),
    #[error("OpenSSL SSL_connect: Connection reset by peer in connection to {0}:443")]
    Tls(String),
    #[error("aws-sigv4: {0} missing in parameters and hostname")]
    Signature(&'static str),
    #[error("Recv failure: Connection reset by peer")]
    Cut,
    #[error("SSL certificate problem: unable to get local issuer certificate")]
    Certificate,
}

impl Failure {
    /// The status of the program.
    pub(super) fn status(&self) -> i32 {
        match self {
            Self::Url(_) => 3,
            Self::Resolve(_) => 6,
            Self::Refused(..) => 7,
            Self::Status(_) => 22,
            Self::Connect(..) | Self::Slow(_) => 28,
            Self::Tls(_) => 35,
            Self::Signature(_) => 43,
            Self::Cut => 56,
            Self::Certificate => 60,
        }
    }

    /// Whether curl tries again by itself when it is told to (`--retry`).
    pub(super) fn is_transient(&self) -> bool {
        match self {
            Self::Resolve(_) | Self::Connect(..) | Self::Slow(_) => true,
            Self::Status(status) => is_transient(*status),
            _ => false,
        }
    }
}

/// The answers after which curl tries again.
pub(super) fn is_transient(status: u16) -> bool {
    matches!(status, 408 | 429 | 500 | 502 | 503 | 504)
}

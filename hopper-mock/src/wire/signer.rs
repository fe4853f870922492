//! [`Signer`]: in whose name a request was signed.

use super::HttpParts;

/// What a signature says of who made it.
///
/// A signature itself is not computed: whoever has the secret signs rightly. So a client inside the
/// simulator shows it instead, and for all others it is taken as right.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Signer {
    pub(crate) access_key_id: String,
    /// The token that goes with temporary credentials.
    pub(crate) session_token: Option<String>,
    /// Region and service of the credential scope.
    pub(crate) scope: (String, String),
    /// The secret that was signed with, as far as it is known.
    pub(crate) secret: Option<String>,
}

impl HttpParts<'_> {
    /// Who signed, by `Credential=KEY/20260101/eu-west-1/ec2/aws4_request`.
    pub(super) fn signer(&self) -> Option<Signer> {
        let (_, credential) = self.header("authorization")?.split_once("Credential=")?;
        let mut parts = credential.split([',', ' ']).next()?.split('/').map(str::to_owned);
        let access_key_id = parts.next()?;
        let (region, service) = (parts.nth(1)?, parts.next()?);
        Some(Signer {
            access_key_id,
            session_token: self.header("x-amz-security-token").map(str::to_owned),
            scope: (region, service),
            secret: None,
        })
    }
}

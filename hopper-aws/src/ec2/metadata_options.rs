//! [`MetadataOptions`]: how programs on an instance reach its metadata service.

use aws_sdk_ec2::types::{HttpTokensState, InstanceMetadataOptionsRequest};
use serde::{Deserialize, Serialize};

/// How programs on an instance reach its metadata service, where its credentials are.
///
/// By default with a token only, and not from a container with a network of its own: what AWS
/// recommends ("Configure the instance metadata options", EC2 user guide).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetadataOptions {
    /// Whether a token has to be asked for first.
    pub tokens: MetadataTokens,
    /// How many hops an answer with a token may make, 1 to 64: 1 stays on the instance, 2 reaches
    /// its containers.
    pub hop_limit: u8,
}

/// Whether the metadata service answers without a token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MetadataTokens {
    /// It does not: version 2 only.
    #[default]
    Required,
    /// It does: versions 1 and 2.
    Optional,
}

impl MetadataTokens {
    /// As AWS writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Optional => "optional",
        }
    }
}

impl Default for MetadataOptions {
    fn default() -> Self {
        Self { tokens: MetadataTokens::default(), hop_limit: 1 }
    }
}

impl MetadataOptions {
    /// As a launch takes it.
    pub(crate) fn request(self) -> InstanceMetadataOptionsRequest {
        InstanceMetadataOptionsRequest::builder()
            .http_tokens(HttpTokensState::from(self.tokens.as_str()))
            .http_put_response_hop_limit(self.hop_limit.into())
            .build()
    }
}

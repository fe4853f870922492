//! [`HttpParts`]: what of an HTTP request says which call it is.

use super::{AwsError, Service};

/// The parts of an HTTP request that are looked at. The signature is not checked.
#[derive(Clone, Copy, Debug, Default)]
pub struct HttpParts<'a> {
    /// The method, such as `POST`.
    pub method: &'a str,
    /// The path of the address, as it was encoded.
    pub path: &'a str,
    /// The query of the address.
    pub query: Option<&'a str>,
    /// The headers, their names in lower case.
    pub headers: &'a [(&'a str, &'a str)],
    /// The body.
    pub body: &'a [u8],
}

impl<'a> HttpParts<'a> {
    /// The value of a header.
    pub(super) fn header(&self, name: &str) -> Option<&'a str> {
        self.headers.iter().find(|(found, _)| *found == name).map(|(_, value)| *value)
    }

    /// The service and the operation that JSON is for.
    pub(super) fn target(&self) -> Option<&'a str> {
        self.header("x-amz-target")
    }

    /// The service in `Credential=KEY/20260101/eu-west-1/ec2/aws4_request`.
    pub(super) fn scope(&self) -> Option<&'a str> {
        let (_, credential) = self.header("authorization")?.split_once("Credential=")?;
        credential.split([',', ' ']).next()?.split('/').nth(3)
    }

    /// The refusal of such a request, in the words of the service it seems to be for.
    pub(super) fn refused(&self, error: AwsError) -> Unreadable {
        let targeted = self.target().and_then(Service::targeted).map(|(service, _)| service);
        let service = targeted.or_else(|| Service::scoped(self.scope()?));
        Unreadable { service: service.unwrap_or(Service::Ec2), error }
    }
}

/// The refusal of what is not even a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable {
    /// Whose protocol the answer is written in.
    pub(crate) service: Service,
    /// The refusal.
    pub(crate) error: AwsError,
}

impl From<AwsError> for Unreadable {
    fn from(error: AwsError) -> Self {
        Self { service: Service::Ec2, error }
    }
}

//! [`Request`]: one call to AWS, read from HTTP or made by hand.

use super::{AwsError, Params, Service};

/// A call: a service, an operation, and its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The service called.
    pub service: Service,
    /// The operation, such as `CreateVpc`.
    pub operation: String,
    /// The parameters, without `Action` and `Version`.
    pub params: Params,
}

impl Request {
    /// A request from its parameters, named as on the wire.
    ///
    /// # Errors
    /// Parameters that contradict each other in shape.
    pub fn new(
        service: Service,
        operation: &str,
        params: &[(&str, &str)],
    ) -> Result<Self, AwsError> {
        let params = Params::from_pairs(params.iter().copied())?;
        Ok(Self { service, operation: operation.to_owned(), params })
    }

    /// A request for an operation of EC2, or of the service before a colon as in a policy:
    /// `sts:GetCallerIdentity`.
    ///
    /// # Errors
    /// A service that is not simulated, or parameters that contradict each other in shape.
    pub fn named(operation: &str, params: &[(&str, &str)]) -> Result<Self, AwsError> {
        let (service, operation) = operation.split_once(':').unwrap_or(("ec2", operation));
        let service = Service::named(service).ok_or_else(|| {
            AwsError::new("InvalidAction", format!("The service {service} is not simulated"))
        })?;
        Self::new(service, operation, params)
    }

    /// Reads a form, sent as the body of a POST or as the query of a GET.
    ///
    /// The service is the one whose version the form names, in the credential scope of the
    /// `Authorization` header. The signature is not checked.
    ///
    /// # Errors
    /// What AWS refuses before it looks at an operation.
    pub fn from_http(
        authorization: Option<&str>,
        query: Option<&str>,
        body: &[u8],
    ) -> Result<Self, AwsError> {
        let form = form_urlencoded::parse(query.unwrap_or_default().as_bytes())
            .chain(form_urlencoded::parse(body))
            .filter(|(name, _)| !name.starts_with("X-Amz-"));
        let mut params = Params::from_pairs(form)?;
        let version = params.remove("Version");
        let version = match &version {
            Some(Params::Text(version)) => Some(version.as_str()),
            _ => None,
        };
        let Some(Params::Text(operation)) = params.remove("Action") else {
            return Err(AwsError::new(
                "MissingAction",
                "The request is missing an action or a required parameter",
            ));
        };
        let scope = authorization.and_then(scope);
        match Service::find(version, scope) {
            Some(service) => Ok(Self { service, operation, params }),
            None => Err(AwsError::new(
                "InvalidAction",
                format!(
                    "The action {operation} is not simulated: no service with version {} and \
                     credential scope {}",
                    version.unwrap_or("(none)"),
                    scope.unwrap_or("(none)"),
                ),
            )),
        }
    }

    /// Whether the operation only reads: its name begins with `Describe`, `Get` or `List`.
    pub fn is_read(&self) -> bool {
        ["Describe", "Get", "List"].iter().any(|verb| self.operation.starts_with(verb))
    }
}

/// The service in `Credential=KEY/20260101/eu-west-1/ec2/aws4_request`.
fn scope(authorization: &str) -> Option<&str> {
    let (_, credential) = authorization.split_once("Credential=")?;
    credential.split([',', ' ']).next()?.split('/').nth(3)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may")]
    use super::*;

    const SIGNED: &str = "AWS4-HMAC-SHA256 Credential=AKIA/20260101/eu-west-1/ec2/aws4_request, \
                          SignedHeaders=host, Signature=00";

    #[test]
    fn a_form_is_read_with_its_service() {
        let body = b"Action=CreateVpc&Version=2016-11-15&CidrBlock=10.0.0.0%2F16";
        let request = Request::from_http(Some(SIGNED), None, body).unwrap();
        assert_eq!(request.service, Service::Ec2);
        assert_eq!(request.operation, "CreateVpc");
        assert_eq!(request.params.pairs(), [("CidrBlock".to_owned(), "10.0.0.0/16".to_owned())]);
    }

    #[test]
    fn version_and_scope_must_agree() {
        let body = b"Action=GetCallerIdentity&Version=2011-06-15";
        assert_eq!(Request::from_http(Some(SIGNED), None, body).unwrap_err().code, "InvalidAction");
        let unsigned =
            Request::from_http(None, Some("Action=GetCallerIdentity&Version=2011-06-15"), b"");
        assert_eq!(unsigned.unwrap().service, Service::Sts);
    }

    #[test]
    fn no_action_is_refused() {
        let error = Request::from_http(Some(SIGNED), None, b"Version=2016-11-15").unwrap_err();
        assert_eq!(error.code, "MissingAction");
    }
}

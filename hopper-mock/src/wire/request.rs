//! [`Request`]: one call to AWS, read from HTTP or made by hand.

use std::fmt;

use super::{AwsError, HttpParts, Params, Service, Signer, Unreadable, json, rest};

/// What is shown of a secret.
pub(super) const SECRET: &str = "<secret>";

/// A call: a service, an operation, and its parameters.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// The service called.
    pub service: Service,
    /// The operation, such as `CreateVpc`.
    pub operation: String,
    /// The parameters, without `Action` and `Version`.
    pub params: Params,
    /// Who signed it; none for one made by hand, which is the account's user's.
    pub(crate) signer: Option<Signer>,
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
        Ok(Self { service, operation: operation.to_owned(), params, signer: None })
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

    /// Reads a call: a form, sent as the body of a POST or as the query of a GET, JSON, or REST.
    ///
    /// The service of a form is the one whose version it names, in the credential scope of the
    /// `Authorization` header; that of JSON is in the `X-Amz-Target` header. REST is spoken by S3
    /// alone, which is in the credential scope too.
    ///
    /// # Errors
    /// What AWS refuses before it looks at an operation.
    pub(crate) fn from_http(parts: &HttpParts<'_>) -> Result<Self, Unreadable> {
        let read = match (parts.target(), parts.scope()) {
            (Some(target), _) => Self::from_json(target, parts.body),
            (None, Some("s3")) => rest::read(parts),
            (None, _) => Self::from_form(parts),
        };
        match read {
            Ok(request) => Ok(Self { signer: parts.signer(), ..request }),
            Err(error) => Err(parts.refused(error)),
        }
    }

    pub(super) fn with(
        service: Service,
        operation: &str,
        params: Params,
    ) -> Result<Self, AwsError> {
        Ok(Self { service, operation: operation.to_owned(), params, signer: None })
    }

    fn from_json(target: &str, body: &[u8]) -> Result<Self, AwsError> {
        let Some((service, operation)) = Service::targeted(target) else {
            let why = format!("The target {target} is not simulated");
            return Err(AwsError::new("UnknownOperationException", why));
        };
        Self::with(service, operation, json::read(body)?)
    }

    fn from_form(parts: &HttpParts<'_>) -> Result<Self, AwsError> {
        let form = form_urlencoded::parse(parts.query.unwrap_or_default().as_bytes())
            .chain(form_urlencoded::parse(parts.body))
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
        let scope = parts.scope();
        match Service::find(version, scope) {
            Some(service) => Self::with(service, &operation, params),
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

    /// The parameters as they may be shown: [`SECRET`] stands for what is for the service alone.
    pub(crate) fn shown_params(&self) -> Vec<(String, String)> {
        let hidden = self.service.sensitive(&self.operation);
        let mut pairs = self.params.pairs();
        for (name, value) in &mut pairs {
            if hidden.contains(&name.as_str()) {
                SECRET.clone_into(value);
            }
        }
        pairs
    }

    /// Whether the operation only reads: its name begins with `Describe`, `Get`, `Head` or `List`.
    pub fn is_read(&self) -> bool {
        ["Describe", "Get", "Head", "List", "Simulate"]
            .iter()
            .any(|verb| self.operation.starts_with(verb))
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("service", &self.service)
            .field("operation", &self.operation)
            .field("params", &self.shown_params())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may")]
    use super::*;

    const SIGNED: &str = "AWS4-HMAC-SHA256 Credential=AKIA/20260101/eu-west-1/ec2/aws4_request, \
                          SignedHeaders=host, Signature=00";

    fn form<'a>(headers: &'a [(&'a str, &'a str)], body: &'a str) -> HttpParts<'a> {
        HttpParts { headers, body: body.as_bytes(), ..HttpParts::default() }
    }

    #[test]
    fn a_form_is_read_with_its_service() {
        let parts = form(
            &[("authorization", SIGNED)],
            "Action=CreateVpc&Version=2016-11-15&CidrBlock=10.0.0.0%2F16",
        );
        let request = Request::from_http(&parts).unwrap();
        assert_eq!(request.service, Service::Ec2);
        assert_eq!(request.operation, "CreateVpc");
        assert_eq!(request.params.pairs(), [("CidrBlock".to_owned(), "10.0.0.0/16".to_owned())]);
    }

    #[test]
    fn version_and_scope_must_agree() {
        let text = "Action=GetCallerIdentity&Version=2011-06-15";
        let refused = Request::from_http(&form(&[("authorization", SIGNED)], text)).unwrap_err();
        assert_eq!(refused.error.code, "InvalidAction");
        let unsigned = HttpParts { query: Some(text), ..HttpParts::default() };
        assert_eq!(Request::from_http(&unsigned).unwrap().service, Service::Sts);
    }

    #[test]
    fn the_version_tells_the_two_of_one_scope_apart() {
        let scope = SIGNED.replace("/ec2/", "/elasticloadbalancing/");
        for (version, service) in [("2012-06-01", Service::Elb), ("2015-12-01", Service::Elbv2)] {
            let text = format!("Action=DescribeLoadBalancers&Version={version}");
            let request = Request::from_http(&form(&[("authorization", &scope)], &text)).unwrap();
            assert_eq!(request.service, service);
        }
    }

    #[test]
    fn no_action_is_refused() {
        let refused = Request::from_http(&form(&[("authorization", SIGNED)], "Version=2016-11-15"))
            .unwrap_err();
        assert_eq!(refused.error.code, "MissingAction");
    }

    #[test]
    fn json_is_read_with_its_target() {
        let body = br#"{"Name": "/a", "Value": "hush"}"#;
        let json = |headers| HttpParts { headers, body, ..HttpParts::default() };
        let request =
            Request::from_http(&json(&[("x-amz-target", "AmazonSSM.PutParameter")])).unwrap();
        assert_eq!((request.service, request.params.text("Name")), (Service::Ssm, Some("/a")));
        assert_eq!(request.params.text("Value"), Some("hush"));
        let shown = format!("{request:?}");
        assert!(shown.contains("<secret>") && !shown.contains("hush"), "{shown}");
        let refused =
            Request::from_http(&json(&[("x-amz-target", "Braket.CancelJob")])).unwrap_err();
        assert_eq!(refused.error.code, "UnknownOperationException");
        let broken =
            HttpParts { body: b"{", ..json(&[("x-amz-target", "AmazonSSM.GetParameter")]) };
        let refused = Request::from_http(&broken).unwrap_err();
        assert_eq!(
            (refused.service, &*refused.error.code),
            (Service::Ssm, "SerializationException")
        );
    }
}

//! [`Reply`]: an answer as it goes back over HTTP.

use std::fmt;

use super::{Answer, AwsError, Protocol, Service, Xml, json, rest};

/// An answer, written out, with the tree it was written from at hand for tests.
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The document, XML or JSON.
    pub body: String,
    /// The id AWS gives every request.
    pub request_id: String,
    protocol: Protocol,
    answer: Answer,
}

/// The body is left out: it is the answer once more, and may hold what is not to be shown.
impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("request_id", &self.request_id)
            .field("answer", &self.answer)
            .finish_non_exhaustive()
    }
}

impl Reply {
    /// Writes an answer in the protocol of the service.
    pub(crate) fn new(
        service: Service,
        operation: &str,
        request_id: String,
        answer: Answer,
    ) -> Self {
        let (status, body) = match &answer {
            Ok(xml) => (status(operation), success(service, operation, &request_id, xml)),
            // There is no body in an answer to the method HEAD.
            Err(error) if operation.starts_with("Head") => (error.status, String::new()),
            Err(error) => (error.status, refusal(service.protocol(), &request_id, error)),
        };
        Self { status, body, request_id, protocol: service.protocol(), answer }
    }

    /// The headers that go with it.
    pub(crate) fn headers(&self) -> Vec<(&str, &str)> {
        let mut headers = match self.protocol {
            Protocol::Rest => vec![("x-amz-request-id", self.request_id.as_str())],
            _ => vec![("x-amzn-requestid", self.request_id.as_str())],
        };
        match self.protocol {
            Protocol::Rest => match &self.answer {
                Ok(xml) => headers.extend(rest::headers(xml)),
                Err(_) => headers.push(("content-type", "application/xml")),
            },
            Protocol::Ec2 | Protocol::Query => {
                headers.push(("content-type", "text/xml;charset=UTF-8"));
            }
            Protocol::Json => {
                headers.push(("content-type", "application/x-amz-json-1.1"));
                headers.extend(self.code().map(|code| ("x-amzn-errortype", code)));
            }
        }
        headers
    }

    /// The error code, or `None` for a success.
    pub fn code(&self) -> Option<&str> {
        self.error().map(|error| error.code.as_str())
    }

    /// The refusal, with what stood in the way.
    pub fn error(&self) -> Option<&AwsError> {
        self.answer.as_ref().err()
    }

    /// The answer as a value.
    ///
    /// # Errors
    /// The refusal, if it was one.
    pub fn ok(self) -> Answer {
        self.answer
    }

    /// The value at a path of the answer, such as `vpcSet/0/vpcId`.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.answer.as_ref().ok()?.get(path)
    }

    /// Every value at a path, where `*` stands for each item of a list.
    pub fn texts(&self, path: &str) -> Vec<&str> {
        self.answer.as_ref().map(|xml| xml.all(path)).unwrap_or_default()
    }

    /// How many items the list at a path has.
    pub fn count(&self, path: &str) -> usize {
        self.answer.as_ref().map(|xml| xml.count(path)).unwrap_or_default()
    }
}

/// The status of a success: 200, or 204 where S3 has nothing to say.
fn status(operation: &str) -> u16 {
    match operation {
        "DeleteBucket" | "DeleteObject" => 204,
        _ => 200,
    }
}

fn success(service: Service, operation: &str, request_id: &str, xml: &Xml) -> String {
    let (protocol, namespace) = (service.protocol(), service.namespace());
    let mut inner = String::new();
    xml.write(protocol, &mut inner);
    let content = match protocol {
        Protocol::Ec2 => format!("<requestId>{request_id}</requestId>{inner}"),
        Protocol::Query => format!(
            "<{operation}Result>{inner}</{operation}Result>\
             <ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>"
        ),
        Protocol::Json => return json::write(xml),
        Protocol::Rest => return rest::body(operation, namespace, xml),
    };
    format!("<{operation}Response xmlns=\"{namespace}\">{content}</{operation}Response>")
}

fn refusal(protocol: Protocol, request_id: &str, error: &AwsError) -> String {
    let mut detail = String::new();
    let xml = Xml::new().text("Code", &error.code).text("Message", &error.message);
    match protocol {
        Protocol::Ec2 => {
            xml.write(protocol, &mut detail);
            format!(
                "<Response><Errors><Error>{detail}</Error></Errors>\
                 <RequestID>{request_id}</RequestID></Response>"
            )
        }
        Protocol::Query => {
            let fault = if error.status < 500 { "Sender" } else { "Receiver" };
            Xml::new().text("Type", fault).and(xml).write(protocol, &mut detail);
            format!(
                "<ErrorResponse><Error>{detail}</Error>\
                 <RequestId>{request_id}</RequestId></ErrorResponse>"
            )
        }
        Protocol::Json => {
            json::write(&Xml::new().text("__type", &error.code).text("message", &error.message))
        }
        Protocol::Rest => {
            xml.text("RequestId", request_id).write(protocol, &mut detail);
            format!("<Error>{detail}</Error>")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_protocol_has_its_envelope() {
        let xml = || Xml::new().text("a", 1);
        let ec2 = Reply::new(Service::Ec2, "Do", "id-1".into(), Ok(xml()));
        assert_eq!(
            ec2.body,
            "<DoResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\
             <requestId>id-1</requestId><a>1</a></DoResponse>"
        );
        let sts = Reply::new(Service::Sts, "Do", "id-1".into(), Ok(xml()));
        assert_eq!(
            sts.body,
            "<DoResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><DoResult><a>1</a>\
             </DoResult><ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></DoResponse>"
        );
    }

    #[test]
    fn each_protocol_has_its_errors() {
        let error = || AwsError::new("RequestLimitExceeded", "slow & steady");
        let ec2 = Reply::new(Service::Ec2, "Do", "id-1".into(), Err(error()));
        assert_eq!((ec2.status, ec2.code()), (503, Some("RequestLimitExceeded")));
        assert_eq!(
            ec2.body,
            "<Response><Errors><Error><Code>RequestLimitExceeded</Code>\
             <Message>slow &amp; steady</Message></Error></Errors>\
             <RequestID>id-1</RequestID></Response>"
        );
        let sts = Reply::new(Service::Sts, "Do", "id-1".into(), Err(error()));
        assert!(sts.body.starts_with("<ErrorResponse><Error><Type>Receiver</Type><Code>"));
        assert_eq!(sts.headers()[1], ("content-type", "text/xml;charset=UTF-8"));
        let ssm = Reply::new(Service::Ssm, "Do", "id-1".into(), Err(error()));
        assert_eq!(ssm.body, r#"{"__type":"RequestLimitExceeded","message":"slow & steady"}"#);
        assert_eq!(
            ssm.headers(),
            [
                ("x-amzn-requestid", "id-1"),
                ("content-type", "application/x-amz-json-1.1"),
                ("x-amzn-errortype", "RequestLimitExceeded"),
            ]
        );
    }

    #[test]
    fn a_secret_goes_over_the_wire_alone() {
        let xml = Xml::new().secret("Value", "hush");
        let reply = Reply::new(Service::Ssm, "Do", "id-1".into(), Ok(xml));
        assert_eq!(reply.body, r#"{"Value":"hush"}"#);
        assert_eq!(reply.text("Value"), Some("hush"));
        assert!(!format!("{reply:?}").contains("hush"));
    }
}

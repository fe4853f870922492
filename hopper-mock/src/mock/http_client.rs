//! The mock as the HTTP client of the SDK.

use std::io;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::DateTime;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::date_time::Format;

use super::Mock;
use super::exchange::Broken;
use crate::Time;
use crate::wire::{HttpParts, Reply, Request};

/// Connects the SDK to the world.
#[derive(Clone, Debug)]
pub(super) struct MockHttpClient(pub(super) Mock);

impl HttpClient for MockHttpClient {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        _components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let mock = self.0.clone();
        SharedHttpConnector::new(Connector { mock, read_timeout: settings.read_timeout() })
    }
}

/// A connection. It is there at once, so the connect timeout never ends a call; the read timeout
/// does.
#[derive(Debug)]
struct Connector {
    mock: Mock,
    read_timeout: Option<Duration>,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (mock, read_timeout) = (self.mock.clone(), self.read_timeout);
        let (host, path, query) = place(request.uri());
        let headers = request.headers().iter().filter(|(name, _)| *name != "host");
        let headers: Vec<_> = headers.chain([("host", host)]).collect();
        let read = Request::from_http(&HttpParts {
            method: request.method(),
            path,
            query,
            headers: &headers,
            body: request.body().bytes().unwrap_or_default(),
        });
        HttpConnectorFuture::new(async move {
            let exchange = mock.exchange(read);
            let reply = match read_timeout {
                None => exchange.await,
                Some(limit) => tokio::time::timeout(limit, exchange).await.map_err(|_| {
                    let text = format!("no reply within the read timeout of {limit:?}");
                    ConnectorError::timeout(io::Error::new(io::ErrorKind::TimedOut, text).into())
                })?,
            };
            respond(&reply.map_err(broken)?, mock.now())
        })
    }
}

/// Host, path and query of an address.
fn place(uri: &str) -> (&str, &str, Option<&str>) {
    let rest = uri.split_once("://").map_or(uri, |(_, rest)| rest);
    let (rest, query) = match rest.split_once('?') {
        Some((rest, query)) => (rest, Some(query)),
        None => (rest, None),
    };
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    (host, path, query)
}

/// Both count as transient: the SDK, or whoever retries, cannot tell them apart.
fn broken(broken: Broken) -> ConnectorError {
    let kind = match broken {
        Broken::Reset => io::ErrorKind::ConnectionReset,
        Broken::ReplyLost => io::ErrorKind::UnexpectedEof,
    };
    ConnectorError::io(io::Error::new(kind, broken).into())
}

/// The date is the world's: over a port it is the machine's, which is that of its clients.
fn respond(reply: &Reply, now: Time) -> Result<HttpResponse, ConnectorError> {
    let status = reply.status.try_into().map_err(|error| ConnectorError::user(Box::new(error)))?;
    let mut response = HttpResponse::new(status, SdkBody::from(reply.body.as_str()));
    for (name, value) in reply.headers() {
        response.headers_mut().insert(name.to_owned(), value.to_owned());
    }
    let date = DateTime::from_secs(now.as_millis().div_euclid(1000)).fmt(Format::HttpDate);
    if let Ok(date) = date {
        response.headers_mut().insert("date", date);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connector(mock: &Mock, read_timeout: Option<Duration>) -> Connector {
        Connector { mock: mock.clone(), read_timeout }
    }

    fn create_vpc() -> HttpRequest {
        let form = "Action=CreateVpc&Version=2016-11-15&CidrBlock=10.0.0.0%2F16";
        let mut request = HttpRequest::new(SdkBody::from(form));
        request.set_uri("https://ec2.eu-west-1.amazonaws.com/").unwrap();
        request.headers_mut().insert(
            "authorization",
            "AWS4-HMAC-SHA256 Credential=AKIA/20260101/eu-west-1/ec2/aws4_request, Signature=0",
        );
        request
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_of_the_sdk_is_answered_after_the_latency() {
        let mock = Mock::builder().build();
        let response = connector(&mock, None).call(create_vpc()).await.unwrap();
        assert_eq!(response.status().as_u16(), 200);
        let body = String::from_utf8(response.body().bytes().unwrap().to_vec()).unwrap();
        assert!(body.contains("<cidrBlock>10.0.0.0/16</cidrBlock>"), "{body}");
        assert!(response.headers().get("x-amzn-requestid").is_some());
        assert_eq!(response.headers().get("date"), Some("Thu, 01 Jan 2026 00:00:00 GMT"));
        assert_eq!(mock.now().since(Time::START), Duration::from_millis(400));
    }

    #[tokio::test(start_paused = true)]
    async fn the_read_timeout_ends_a_call_that_may_have_acted() {
        let mock = Mock::builder().build();
        mock.fail("CreateVpc").slow(Duration::from_secs(60));
        let connector = connector(&mock, Some(Duration::from_secs(5)));
        let error = connector.call(create_vpc()).await.unwrap_err();
        assert!(error.is_timeout());
        assert_eq!(mock.now().since(Time::START), Duration::from_secs(5));
        assert_eq!(mock.world().ec2.vpcs.len(), 1);
        mock.fail("CreateVpc").hang();
        assert!(connector.call(create_vpc()).await.unwrap_err().is_timeout());
        assert_eq!(mock.world().ec2.vpcs.len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_broken_connection_is_an_io_error() {
        let mock = Mock::builder().build();
        mock.fail("CreateVpc").reset();
        mock.fail("CreateVpc").lose_reply();
        for n_made in [0, 1] {
            let error = connector(&mock, None).call(create_vpc()).await.unwrap_err();
            assert!(error.is_io());
            assert_eq!(mock.world().ec2.vpcs.len(), n_made);
        }
    }
}

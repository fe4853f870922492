//! The mock as the HTTP client of the SDK.

use std::io;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;

use super::Mock;
use super::exchange::Broken;
use crate::wire::{Reply, Request};

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
        let read = Request::from_http(
            request.headers().get("authorization"),
            request.uri().split_once('?').map(|(_, query)| query),
            request.body().bytes().unwrap_or_default(),
        );
        HttpConnectorFuture::new(async move {
            let exchange = mock.exchange(read);
            let reply = match read_timeout {
                None => exchange.await,
                Some(limit) => tokio::time::timeout(limit, exchange).await.map_err(|_| {
                    let text = format!("no reply within the read timeout of {limit:?}");
                    ConnectorError::timeout(io::Error::new(io::ErrorKind::TimedOut, text).into())
                })?,
            };
            respond(reply.map_err(broken)?)
        })
    }
}

/// Both count as transient: the SDK, or whoever retries, cannot tell them apart.
fn broken(broken: Broken) -> ConnectorError {
    let kind = match broken {
        Broken::Reset => io::ErrorKind::ConnectionReset,
        Broken::ReplyLost => io::ErrorKind::UnexpectedEof,
    };
    ConnectorError::io(io::Error::new(kind, broken).into())
}

fn respond(reply: Reply) -> Result<HttpResponse, ConnectorError> {
    let status = reply.status.try_into().map_err(|error| ConnectorError::user(Box::new(error)))?;
    let mut response = HttpResponse::new(status, SdkBody::from(reply.body));
    response.headers_mut().insert("content-type", "text/xml;charset=UTF-8");
    response.headers_mut().insert("x-amzn-requestid", reply.request_id);
    Ok(response)
}

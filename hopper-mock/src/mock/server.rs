//! [`Server`]: the mock on a port, for any AWS client.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::HeaderName;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream, ToSocketAddrs};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::Mock;
use super::exchange::Broken;
use crate::wire::{HttpParts, Request};

/// How long a stopped server waits for calls that are being answered.
const GRACE: Duration = Duration::from_secs(5);

/// A running server. It stops when told to, or when it is dropped.
#[derive(Debug)]
pub struct Server {
    addr: SocketAddr,
    stop: oneshot::Sender<Infallible>,
    task: JoinHandle<()>,
}

impl Server {
    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Stops it: no more connections are taken, and calls being answered may finish.
    pub async fn stop(self) {
        drop(self.stop);
        if let Err(error) = self.task.await {
            tracing::warn!(%error, "the server did not stop as it should");
        }
    }
}

impl Mock {
    /// Serves this world over HTTP. The `aws` CLI talks to it with
    /// `--endpoint-url http://ADDR`, whatever its credentials are.
    ///
    /// Time passes as tokio's clock does; a server is best given a [`speed`].
    ///
    /// [`speed`]: super::Builder::speed
    ///
    /// # Errors
    /// An address that cannot be listened on.
    pub async fn serve(&self, addr: impl ToSocketAddrs) -> io::Result<Server> {
        let listener = TcpListener::bind(addr).await?;
        let addr = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(accept(self.clone(), listener, stopped));
        Ok(Server { addr, stop, task })
    }
}

async fn accept(mock: Mock, listener: TcpListener, mut stopped: oneshot::Receiver<Infallible>) {
    let connections = GracefulShutdown::new();
    loop {
        tokio::select! {
            _ = &mut stopped => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => connect(&mock, &connections, stream),
                Err(error) => tracing::warn!(%error, "a connection could not be taken"),
            },
        }
    }
    drop(listener);
    if tokio::time::timeout(GRACE, connections.shutdown()).await.is_err() {
        tracing::warn!("a call was still being answered when the server stopped");
    }
}

fn connect(mock: &Mock, connections: &GracefulShutdown, stream: TcpStream) {
    let mock = mock.clone();
    let service = service_fn(move |request| handle(mock.clone(), request));
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let connection = connections.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection broke");
        }
    });
}

/// Why a connection is broken off.
#[derive(Debug, thiserror::Error)]
enum BrokenOff {
    #[error(transparent)]
    Fault(#[from] Broken),
    #[error(transparent)]
    Http(#[from] hyper::Error),
}

async fn handle(
    mock: Mock,
    request: hyper::Request<Incoming>,
) -> Result<hyper::Response<Full<Bytes>>, BrokenOff> {
    let (head, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let headers = head.headers.iter();
    let headers: Vec<_> =
        headers.filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?))).collect();
    let request = Request::from_http(&HttpParts {
        method: head.method.as_str(),
        path: head.uri.path(),
        query: head.uri.query(),
        headers: &headers,
        body: &body,
    });
    let reply = mock.exchange(request).await?;
    let mut response = hyper::Response::new(Full::from(reply.body.clone()));
    *response.status_mut() = hyper::StatusCode::from_u16(reply.status).unwrap_or_default();
    for (name, value) in reply.headers() {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse()) {
            response.headers_mut().insert(name, value);
        }
    }
    Ok(response)
}
